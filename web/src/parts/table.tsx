import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

export type Cell = ReactNode;

interface TableProps {
  caption: string;
  columns: string[];
  rows: Cell[][];
  /** Which columns hold numbers; else every column but the first, where a row's cell says so. */
  numbers?: number[];
  showCaption?: boolean;
  oneLine?: boolean; // cells do not wrap
}

/** Scrolls inside itself where it is too wide, also by keyboard. */
export function Table(props: TableProps): ReactNode {
  const isNumber = (column: number): boolean =>
    props.numbers ? props.numbers.includes(column) : column > 0;
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setScrolls(element.scrollWidth > element.clientWidth);
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [props.rows]);
  return (
    <div
      ref={box}
      className="scroll"
      {...(scrolls ? { role: 'region', 'aria-label': props.caption, tabIndex: 0 } : {})}
    >
      <table className={props.oneLine ? 'one-line' : ''}>
        <caption className={props.showCaption ? '' : 'unseen'}>{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column, i) => (
              <th key={i} scope="col" className={isNumber(i) ? 'number' : ''}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={k} className={isNumber(k) ? 'number' : ''}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
