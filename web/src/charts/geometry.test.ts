import { expect, test } from 'vitest';

import { rankShares, swarmOffsets, waterfallSteps } from './geometry.ts';

test('steps are ordered by size and end at the prediction', () => {
  const steps = waterfallSteps(100, { a: 5, b: -40, c: 10 });
  expect(steps.map((step) => step.label)).toEqual(['b', 'c', 'a']);
  expect(steps[0]).toMatchObject({ from: 100, to: 60 });
  expect(steps.at(-1)!.to).toBeCloseTo(75, 12);
});

test('small steps share one, and the sum stays exact', () => {
  const values = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, i - 9.5]));
  const sum = Object.values(values).reduce((a, b) => a + b, 0);
  const steps = waterfallSteps(7, values, 9);
  expect(steps).toHaveLength(9);
  expect(steps.at(-1)!.label).toBe('12 others');
  expect(steps.at(-1)!.to).toBeCloseTo(7 + sum, 9);
  steps.slice(1).forEach((step, i) => expect(step.from).toBe(steps[i]!.to));
});

test('a missing value adds nothing', () => {
  expect(waterfallSteps(1, { a: null, b: 2 }).at(-1)!.to).toBe(3);
});

test('dots of a swarm do not cover each other, and stay in their row', () => {
  const xs = [10, 10, 10.5, 11, 40];
  const offsets = swarmOffsets(xs, 2.5, 15);
  for (let i = 0; i < xs.length; ++i) {
    expect(Math.abs(offsets[i]!)).toBeLessThanOrEqual(15);
    for (let k = 0; k < i; ++k) {
      const apart = Math.hypot(xs[i]! - xs[k]!, offsets[i]! - offsets[k]!);
      expect(apart).toBeGreaterThan(2.5);
    }
  }
});

test('a crowd stays in its row', () => {
  const offsets = swarmOffsets(new Array<number>(500).fill(3), 2.5, 15);
  expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(15);
});

test('ranks, with what is missing left out', () => {
  expect(rankShares([30, 10, null, 20])).toEqual([1, 0, null, 0.5]);
  expect(rankShares([5, 5, 5])).toEqual([0.5, 0.5, 0.5]);
});
