import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { ReactNode } from 'react';

import type { Calibration } from '../api/schema.ts';
import { countText, percentText } from '../format.ts';
import { Chart } from './frame.tsx';

const kLeft = 46;
const kBottom = 40;

export function CalibrationPlot(props: { calibration: Calibration; file: string }): ReactNode {
  const bins = props.calibration.bins.filter((bin) => bin.rows > 0);
  const most = Math.max(...bins.map((bin) => bin.rows), 1);
  const words = (bin: (typeof bins)[number]): string =>
    `predicted ${percentText(bin.probability)}, happened ${percentText(bin.rate)}, ${countText(bin.rows)} campaigns`;
  return (
    <Chart
      title="Calibration"
      file={props.file}
      note="Where a chance of 60 % is stated, 60 of 100 should come true: dots on the line. A larger dot stands for more held-out campaigns."
      summary={bins.map(words).join('; ')}
      columns={['Predicted', 'Happened', 'Campaigns']}
      rows={bins.map((bin) => [
        percentText(bin.probability, 1),
        percentText(bin.rate, 1),
        countText(bin.rows),
      ])}
      height={(width) => Math.min(width, 380)}
    >
      {(width) => {
        const side = Math.min(width, 380);
        const x = scaleLinear([0, 1], [kLeft, side - 14]);
        const y = scaleLinear([0, 1], [side - kBottom, 8]);
        const path = line<(typeof bins)[number]>(
          (bin) => x(bin.probability),
          (bin) => y(bin.rate),
        )(bins);
        return (
          <>
            {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
              <g key={tick}>
                <line className="grid" x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
                <text className="tick" x={kLeft - 6} y={y(tick) + 4} textAnchor="end">
                  {percentText(tick)}
                </text>
                <text className="tick" x={x(tick)} y={side - kBottom + 16} textAnchor="middle">
                  {percentText(tick)}
                </text>
              </g>
            ))}
            <text className="tick" x={(x(0) + x(1)) / 2} y={side - 6} textAnchor="middle">
              predicted chance
            </text>
            <line className="axis dashed" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
            {path && <path className="curve" d={path} />}
            {bins.map((bin, i) => (
              <circle
                key={i}
                className="dot"
                cx={x(bin.probability)}
                cy={y(bin.rate)}
                r={3 + 7 * Math.sqrt(bin.rows / most)}
                data-tip={words(bin)}
              />
            ))}
          </>
        );
      }}
    </Chart>
  );
}
