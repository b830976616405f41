import { scaleLinear } from 'd3-scale';
import { useMemo, type ReactNode } from 'react';

import type { TargetSummary } from '../api/schema.ts';
import { numberText, percentText, shortText, signedText } from '../format.ts';
import { columnWords } from '../words.ts';
import { Chart } from './frame.tsx';
import { extent, fitted, rankShares, swarmOffsets } from './geometry.ts';

const kRow = 38;
const kRadius = 2.6;
const kMostRows = 10;
const kAxis = 30;

export function Beeswarm(props: { title: string; target: TargetSummary; file: string }): ReactNode {
  const { target } = props;
  const isShare = target.unit === 'probability';
  const text = (value: number): string =>
    isShare ? `${numberText(value * 100)} points` : numberText(value);
  const players = useMemo(
    () =>
      target.players.slice(0, kMostRows).map((player) => ({
        name: columnWords(player.player),
        values: (player.values ?? []).map((value) => value ?? 0),
        shares: player.inputs ? rankShares(player.inputs) : null,
        given: (i: number): string =>
          player.inputs ? numberText(player.inputs[i]) : player.labels?.[i] || 'missing',
      })),
    [target],
  );
  const span = extent(players.flatMap((player) => player.values).concat(0));
  return (
    <Chart
      title={props.title}
      file={props.file}
      note="A dot is a campaign of your history: right of the line this input raised its figure, left it lowered it. Colour: the input's own value, from low to high; grey where it is no number."
      summary={players
        .map((one) => {
          const [low, high] = extent(one.values);
          return `${one.name}: from ${signedText(low, text)} to ${signedText(high, text)}`;
        })
        .join('; ')}
      columns={['Input', 'Lowest', 'Middle', 'Highest']}
      rows={players.map((one) => {
        const sorted = [...one.values].sort((a, b) => a - b);
        return [
          one.name,
          signedText(sorted[0], text),
          signedText(sorted[Math.floor(sorted.length / 2)], text),
          signedText(sorted.at(-1), text),
        ];
      })}
      height={() => players.length * kRow + kAxis}
    >
      {(width) => {
        const gutter = Math.min(150, width * 0.34);
        const x = scaleLinear(span, [gutter + 14, width - 12]).nice();
        const ticks = x.ticks(width < 500 ? 3 : 6);
        const bottom = players.length * kRow;
        return (
          <>
            {ticks.map((tick) => (
              <g key={tick}>
                <line className="grid" x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} />
                <text className="tick" x={x(tick)} y={bottom + 18} textAnchor="middle">
                  {isShare ? percentText(tick) : shortText(tick)}
                </text>
              </g>
            ))}
            <line className="axis" x1={x(0)} x2={x(0)} y1={0} y2={bottom} />
            {players.map((one, row) => {
              const y = row * kRow + kRow / 2;
              const xs = one.values.map((value) => x(value));
              const offsets = swarmOffsets(xs, kRadius, kRow / 2 - 4);
              return (
                <g key={one.name}>
                  <text className="label" x={gutter} y={y + 4} textAnchor="end">
                    <title>{one.name}</title>
                    {fitted(one.name, gutter)}
                  </text>
                  {xs.map((at, i) => {
                    const share = one.shares?.[i] ?? null;
                    const tone = share === null ? 'none' : `${Math.min(4, Math.floor(share * 5))}`;
                    return (
                      <circle
                        key={i}
                        className={`bee bee-${tone}`}
                        cx={at}
                        cy={y + offsets[i]!}
                        r={kRadius}
                        data-tip={`${one.name} = ${fitted(one.given(i), 300)}: ${signedText(one.values[i], text)}`}
                      />
                    );
                  })}
                </g>
              );
            })}
          </>
        );
      }}
    </Chart>
  );
}
