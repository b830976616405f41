import { scaleLinear } from 'd3-scale';
import type { ReactNode } from 'react';

import { Chart } from './frame.tsx';
import { extent, fitted } from './geometry.ts';

export interface RangeRow {
  label: string;
  value: number;
  lower: number | null;
  upper: number | null;
  strong?: boolean;
}

interface RangesProps {
  title: string;
  rows: RangeRow[];
  text: (value: number) => string;
  axisText?: (value: number) => string;
  file: string;
  /** Drawn as a line: zero, or what one compares with. */
  reference?: number;
  columns?: [string, string, string, string];
  note?: ReactNode;
}

const kRow = 26;
const kAxis = 26;

/** A value and its interval per row, on one axis. */
export function Ranges(props: RangesProps): ReactNode {
  const { rows, text } = props;
  const span = extent(
    rows
      .flatMap((row) => [row.value, row.lower ?? row.value, row.upper ?? row.value])
      .concat(props.reference ?? []),
  );
  const words = (row: RangeRow): string =>
    row.lower === null || row.upper === null
      ? `${row.label}: ${text(row.value)}, no interval`
      : `${row.label}: ${text(row.value)}, from ${text(row.lower)} to ${text(row.upper)}`;
  return (
    <Chart
      title={props.title}
      file={props.file}
      note={props.note}
      summary={rows.map(words).join('; ')}
      columns={props.columns ?? ['', 'Value', 'From', 'To']}
      rows={rows.map((row) => [
        row.label,
        text(row.value),
        row.lower === null ? '–' : text(row.lower),
        row.upper === null ? '–' : text(row.upper),
      ])}
      height={() => rows.length * kRow + kAxis + 6}
    >
      {(width) => {
        const gutter = Math.min(240, width * 0.42);
        const x = scaleLinear(span, [gutter + 16, width - 16]).nice();
        const bottom = rows.length * kRow + 4;
        return (
          <>
            {x.ticks(width < 500 ? 3 : 6).map((tick) => (
              <g key={tick}>
                <line className="grid" x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} />
                <text className="tick" x={x(tick)} y={bottom + 17} textAnchor="middle">
                  {(props.axisText ?? text)(tick)}
                </text>
              </g>
            ))}
            {props.reference !== undefined && (
              <line
                className="axis"
                x1={x(props.reference)}
                x2={x(props.reference)}
                y1={0}
                y2={bottom}
              />
            )}
            {rows.map((row, i) => {
              const y = i * kRow + kRow / 2 + 2;
              return (
                <g key={i} data-tip={words(row)} className="range">
                  <rect className="hit" x={gutter} y={y - kRow / 2} width={width - gutter} height={kRow} />
                  <text
                    className={row.strong ? 'label strong' : 'label'}
                    x={gutter}
                    y={y + 4}
                    textAnchor="end"
                  >
                    <title>{row.label}</title>
                    {fitted(row.label, gutter)}
                  </text>
                  {row.lower !== null && row.upper !== null && (
                    <line className="band" x1={x(row.lower)} x2={x(row.upper)} y1={y} y2={y} />
                  )}
                  <circle className={row.strong ? 'dot strong' : 'dot'} cx={x(row.value)} cy={y} r={4.5} />
                </g>
              );
            })}
          </>
        );
      }}
    </Chart>
  );
}
