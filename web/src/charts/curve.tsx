import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { ReactNode } from 'react';

import { Chart } from './frame.tsx';

export interface CurvePoint {
  budget: number;
  value: number;
  lower: number | null;
  upper: number | null;
  campaigns: number;
}

interface CurveProps {
  title: string;
  points: CurvePoint[];
  /** The budget that is asked about. */
  budget: number;
  money: (value: number) => string;
  text: (value: number) => string;
  axisText: (value: number) => string;
  axisMoney: (value: number) => string;
  valueName: string;
  file: string;
}

const kHeight = 300;
const kLeft = 54;
const kBottom = 44;
const kRoom = 1.7; // shown beyond the supported range, as a factor

export function Curve(props: CurveProps): ReactNode {
  const { points, text, money } = props;
  const first = points[0]!.budget;
  const last = points.at(-1)!.budget;
  const low = Math.min(first, props.budget) / kRoom;
  const high = Math.max(last, props.budget) * kRoom;
  const top = Math.max(...points.map((point) => point.upper ?? point.value)) * 1.05 || 1;
  const words = (point: CurvePoint): string =>
    `${money(point.budget)}: ${text(point.value)}` +
    (point.lower === null || point.upper === null
      ? ''
      : ` (${text(point.lower)} to ${text(point.upper)})`) +
    `, ${point.campaigns} campaigns near it`;
  return (
    <Chart
      title={props.title}
      file={props.file}
      note={`Hatched: outside what your history supports (${money(first)} to ${money(last)}); nothing is claimed there.`}
      summary={[0, Math.floor(points.length / 2), points.length - 1]
        .map((i) => words(points[i]!))
        .join('; ')}
      columns={['Budget', props.valueName, 'From', 'To', 'Campaigns near it']}
      rows={points.map((point) => [
        money(point.budget),
        text(point.value),
        point.lower === null ? '–' : text(point.lower),
        point.upper === null ? '–' : text(point.upper),
        String(point.campaigns),
      ])}
      height={() => kHeight}
    >
      {(width) => {
        const x = scaleLog([low, high], [kLeft, width - 10]);
        const y = scaleLinear([0, top], [kHeight - kBottom, 10]).nice();
        const floor = y(0);
        const ceiling = y.range()[1]!;
        const known = points.filter((point) => point.lower !== null && point.upper !== null);
        const band = area<CurvePoint>()
          .x((point) => x(point.budget))
          .y0((point) => y(Math.max(0, point.lower ?? point.value)))
          .y1((point) => y(point.upper ?? point.value))(known);
        const middle = line<CurvePoint>(
          (point) => x(point.budget),
          (point) => y(point.value),
        )(points);
        const ticks = x.ticks(4).filter((tick) => /^[125]/.test(tick.toExponential()));
        const every = Math.ceil(ticks.length / (width < 500 ? 4 : 9));
        const outside = [
          { from: kLeft, to: x(first) },
          { from: x(last), to: width - 10 },
        ];
        return (
          <>
            <defs>
              <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line className="hatch" x1="0" y1="0" x2="0" y2="7" />
              </pattern>
            </defs>
            {y.ticks(5).map((tick) => (
              <g key={tick}>
                <line className="grid" x1={kLeft} x2={width - 10} y1={y(tick)} y2={y(tick)} />
                <text className="tick" x={kLeft - 6} y={y(tick) + 4} textAnchor="end">
                  {props.axisText(tick)}
                </text>
              </g>
            ))}
            {ticks
              .filter((_, i) => i % every === 0)
              .map((tick) => (
                <text key={tick} className="tick" x={x(tick)} y={floor + 17} textAnchor="middle">
                  {props.axisMoney(tick)}
                </text>
              ))}
            <text className="tick" x={(kLeft + width - 10) / 2} y={kHeight - 6} textAnchor="middle">
              budget
            </text>
            {outside.map((part, i) => (
              <rect
                key={i}
                className="outside"
                x={part.from}
                y={ceiling}
                width={Math.max(0, part.to - part.from)}
                height={floor - ceiling}
                fill="url(#hatch)"
                data-tip="outside what your history supports"
              />
            ))}
            {band && <path className="area" d={band} />}
            {middle && <path className="curve" d={middle} />}
            <line className="now" x1={x(props.budget)} x2={x(props.budget)} y1={ceiling} y2={floor} />
            {points.map((point) => (
              <circle
                key={point.budget}
                className="point"
                cx={x(point.budget)}
                cy={y(point.value)}
                r={5}
                data-tip={words(point)}
              />
            ))}
          </>
        );
      }}
    </Chart>
  );
}
