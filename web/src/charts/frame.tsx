// What every chart has: a title, a table of the same numbers, downloads, and a tooltip that pointer
// and keyboard reach. Marks inside are elements with data-tip.
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { Table, type Cell } from '../parts/table.tsx';
import { savePng, saveSvg } from './save.ts';

export interface ChartProps {
  title: string;
  /** What one sees, in a sentence: read out instead of the picture. */
  summary: string;
  /** Of downloads, without ending. */
  file: string;
  columns: string[];
  rows: Cell[][];
  height: (width: number) => number;
  children: (width: number) => ReactNode;
  note?: ReactNode;
}

const kFirstWidth = 640;

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(kFirstWidth);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    measure(); // before it is painted, so that nothing jumps
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

interface Tip {
  text: string;
  x: number;
  y: number;
  flip: boolean;
}

export function Chart(props: ChartProps): ReactNode {
  const [box, width] = useWidth();
  const svg = useRef<SVGSVGElement>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [asTable, setAsTable] = useState(false);
  const active = useRef<Element | null>(null);
  const title = useId();

  const show = (mark: Element | null): void => {
    active.current?.removeAttribute('data-active');
    active.current = mark;
    const text = mark?.getAttribute('data-tip');
    const frame = box.current?.getBoundingClientRect();
    if (!mark || !text || !frame) {
      setTip(null);
      return;
    }
    mark.setAttribute('data-active', '');
    const at = mark.getBoundingClientRect();
    const x = at.left + at.width / 2 - frame.left;
    setTip({ text, x, y: at.top - frame.top, flip: x > frame.width / 2 });
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const marks = [...(svg.current?.querySelectorAll('[data-tip]') ?? [])];
    if (event.key === 'Escape') return show(null);
    const at = active.current ? marks.indexOf(active.current) : -1;
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: marks.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined || marks.length === 0) return;
    event.preventDefault();
    show(marks[Math.max(0, Math.min(marks.length - 1, next))] ?? null);
  };

  const height = props.height(width);
  return (
    <figure className="chart" aria-labelledby={title}>
      <figcaption>
        <h3 id={title}>{props.title}</h3>
        <span className="tools">
          <button
            type="button"
            className="small"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            Table
          </button>
          <button
            type="button"
            className="small"
            aria-label={`Save ${props.title} as SVG`}
            onClick={() => svg.current && saveSvg(svg.current, props.file)}
          >
            SVG
          </button>
          <button
            type="button"
            className="small"
            aria-label={`Save ${props.title} as PNG`}
            onClick={() => svg.current && void savePng(svg.current, props.file)}
          >
            PNG
          </button>
        </span>
      </figcaption>
      {props.note && <p className="muted note">{props.note}</p>}
      <div
        ref={box}
        className="plot"
        role="group"
        tabIndex={0}
        aria-label={`${props.title}: arrow keys go through the values`}
        onKeyDown={onKeyDown}
        onBlur={() => show(null)}
        onPointerOver={(event) => show((event.target as Element).closest('[data-tip]'))}
        onPointerLeave={() => show(null)}
      >
        <svg
          ref={svg}
          role="img"
          aria-label={props.summary}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
        >
          {props.children(width)}
        </svg>
        {tip && (
          <div
            className={tip.flip ? 'tip flip' : 'tip'}
            style={{ left: tip.x, top: tip.y }}
            aria-hidden="true"
          >
            {tip.text}
          </div>
        )}
        <span className="unseen" role="status">
          {tip?.text}
        </span>
      </div>
      {asTable && <Table caption={props.title} columns={props.columns} rows={props.rows} />}
    </figure>
  );
}
