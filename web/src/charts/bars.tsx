import { scaleLinear } from 'd3-scale';
import type { ReactNode } from 'react';

import { Chart } from './frame.tsx';
import { fitted } from './geometry.ts';

export interface Bar {
  label: string;
  value: number;
  text: string;
}

interface BarsProps {
  title: string;
  bars: Bar[];
  file: string;
  columns: [string, string];
  note?: ReactNode;
}

const kRow = 26;
const kBar = 16;

export function Bars({ title, bars, file, columns, note }: BarsProps): ReactNode {
  const most = Math.max(...bars.map((bar) => bar.value), 0) || 1;
  return (
    <Chart
      title={title}
      file={file}
      note={note}
      summary={bars.map((bar) => `${bar.label}: ${bar.text}`).join('; ')}
      columns={columns}
      rows={bars.map((bar) => [bar.label, bar.text])}
      height={() => bars.length * kRow + 8}
    >
      {(width) => {
        const gutter = Math.min(180, width * 0.38);
        const x = scaleLinear([0, most], [gutter + 10, width - 70]);
        return bars.map((bar, i) => (
          <g key={bar.label}>
            <text className="label" x={gutter} y={i * kRow + 21} textAnchor="end">
              <title>{bar.label}</title>
              {fitted(bar.label, gutter)}
            </text>
            <rect
              className="bar"
              x={x(0)}
              y={i * kRow + 4 + (kRow - kBar) / 2}
              width={Math.max(1.5, x(bar.value) - x(0))}
              height={kBar}
              rx={2}
              data-tip={`${bar.label}: ${bar.text}`}
            />
            <text className="value" x={x(bar.value) + 6} y={i * kRow + 21}>
              {bar.text}
            </text>
          </g>
        ));
      }}
    </Chart>
  );
}
