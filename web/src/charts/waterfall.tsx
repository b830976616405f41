import { scaleLinear } from 'd3-scale';
import type { ReactNode } from 'react';

import type { TargetExplanation } from '../api/schema.ts';
import { countText, percentText, signedText } from '../format.ts';
import { columnWords } from '../words.ts';
import { Chart } from './frame.tsx';
import { extent, fitted, waterfallSteps } from './geometry.ts';

interface WaterfallProps {
  title: string;
  explanation: TargetExplanation;
  /** What the plan says of an input, as text. */
  given: (player: string) => string | undefined;
  file: string;
  name?: string; // of what is explained
}

const kRow = 26;
const kTop = 6;
const kBar = 16;

export function Waterfall({
  title,
  explanation,
  given,
  file,
  name: plan = 'This plan',
}: WaterfallProps): ReactNode {
  const base = explanation.base ?? 0;
  const steps = waterfallSteps(base, explanation.values);
  const end = steps.at(-1)?.to ?? base;
  const isShare = explanation.unit === 'probability';
  const text = (value: number): string => (isShare ? percentText(value, 1) : countText(value));
  const points = (value: number): string =>
    isShare ? `${(value * 100).toFixed(1)} points` : `${countText(value)} ${explanation.unit}`;
  const name = (label: string): string => {
    const said = given(label);
    return said === undefined ? columnWords(label) : `${columnWords(label)} = ${said}`;
  };
  const span = extent([base, end, ...steps.map((step) => step.to)]);
  const rows = [
    ['Average campaign', text(base), ''],
    ...steps.map((step) => [name(step.label), text(step.to), signedText(step.value, points)]),
    [plan, text(end), ''],
  ];
  return (
    <Chart
      title={title}
      file={file}
      summary={
        `From ${text(base)} for an average campaign to ${text(end)} for ${plan}. ` +
        steps
          .slice(0, 3)
          .map((step) => `${name(step.label)}: ${signedText(step.value, points)}`)
          .join('; ')
      }
      columns={['Input', 'Comes to', 'Adds']}
      rows={rows}
      height={() => kTop * 2 + (steps.length + 2) * kRow}
      note="What each input adds to the figure of an average campaign of your history. Associations, not causes."
    >
      {(width) => {
        const gutter = Math.min(220, width * 0.4);
        const x = scaleLinear(span, [gutter + 12, width - 64]);
        const y = (i: number): number => kTop + i * kRow;
        const middle = kRow / 2 + 4;
        return (
          <>
            <line className="axis" x1={x(base)} x2={x(base)} y1={kTop} y2={y(steps.length + 2)} />
            <text className="label" x={gutter} y={y(0) + middle} textAnchor="end">
              Average campaign
            </text>
            <circle
              className="dot"
              cx={x(base)}
              cy={y(0) + kRow / 2}
              r={4}
              data-tip={`Average campaign: ${text(base)}`}
            />
            <text className="value" x={x(base) + 9} y={y(0) + middle}>
              {text(base)}
            </text>
            {steps.map((step, i) => {
              const left = Math.min(x(step.from), x(step.to));
              const wide = Math.max(1.5, Math.abs(x(step.to) - x(step.from)));
              const up = step.value >= 0;
              return (
                <g key={step.label}>
                  <text className="label" x={gutter} y={y(i + 1) + middle} textAnchor="end">
                    <title>{name(step.label)}</title>
                    {fitted(name(step.label), gutter)}
                  </text>
                  <rect
                    className={up ? 'up' : 'down'}
                    x={left}
                    y={y(i + 1) + (kRow - kBar) / 2}
                    width={wide}
                    height={kBar}
                    rx={2}
                    data-tip={`${name(step.label)}: ${signedText(step.value, points)}`}
                  />
                  <text className="value" x={left + wide + 5} y={y(i + 1) + middle}>
                    {isShare ? signedText(step.value * 100, (v) => v.toFixed(1)) : signedText(step.value, countText)}
                  </text>
                  <line className="link" x1={x(step.to)} x2={x(step.to)} y1={y(i + 1) + 21} y2={y(i + 2) + 5} />
                </g>
              );
            })}
            <text className="label strong" x={gutter} y={y(steps.length + 1) + middle} textAnchor="end">
              {plan}
            </text>
            <circle
              className="dot strong"
              cx={x(end)}
              cy={y(steps.length + 1) + kRow / 2}
              r={5}
              data-tip={`${plan}: ${text(end)}`}
            />
            <text className="value strong" x={x(end) + 10} y={y(steps.length + 1) + middle}>
              {text(end)}
            </text>
          </>
        );
      }}
    </Chart>
  );
}
