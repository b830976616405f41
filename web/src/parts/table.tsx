import type { ReactNode } from 'react';

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
  return (
    <div className="scroll" role="region" aria-label={props.caption} tabIndex={0}>
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
