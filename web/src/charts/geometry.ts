// The arithmetic of the charts, apart from their drawing.

export interface Contribution {
  player: string;
  value: number;
}

export interface Step {
  label: string;
  players: number; // that share this step
  from: number;
  to: number;
  value: number;
}

/**
 * From the base to the prediction, largest steps first; beyond `most` the small ones share one, so
 * that the steps always sum to the whole.
 */
export function waterfallSteps(
  base: number,
  values: Record<string, number | null>,
  most = 9,
): Step[] {
  const ordered: Contribution[] = Object.entries(values)
    .map(([player, value]) => ({ player, value: value ?? 0 }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const own = ordered.length > most ? ordered.slice(0, most - 1) : ordered;
  const others = ordered.slice(own.length);
  const steps: Step[] = [];
  let at = base;
  const push = (label: string, value: number, players: number): void => {
    steps.push({ label, players, from: at, to: at + value, value });
    at += value;
  };
  for (const one of own) push(one.player, one.value, 1);
  if (others.length > 0) {
    push(
      `${others.length} others`,
      others.reduce((sum, one) => sum + one.value, 0),
      others.length,
    );
  }
  return steps;
}

/** Offsets that keep dots of one row from covering each other: the nearer the middle the better. */
export function swarmOffsets(xs: number[], radius: number, room: number): number[] {
  const placed: Array<{ x: number; y: number }> = [];
  const order = xs.map((_, i) => i).sort((a, b) => xs[a]! - xs[b]!);
  const offsets = new Array<number>(xs.length).fill(0);
  const gap = 2 * radius;
  for (const i of order) {
    const x = xs[i]!;
    const near = placed.filter((dot) => x - dot.x < gap);
    let best = 0;
    for (let step = 0; step * radius * 0.9 <= room; ++step) {
      const candidates = step === 0 ? [0] : [step * radius * 0.9, -step * radius * 0.9];
      const free = candidates.find((y) =>
        near.every((dot) => (dot.x - x) ** 2 + (dot.y - y) ** 2 >= gap * gap * 0.8),
      );
      if (free !== undefined) {
        best = free;
        break;
      }
      best = 0;
    }
    offsets[i] = best;
    placed.push({ x, y: best });
  }
  return offsets;
}

/** Shares of rank among the numbers, 0 to 1; missing ones and equal ones share theirs. */
export function rankShares(values: Array<number | null>): Array<number | null> {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  if (known.length < 2 || known[0] === known[known.length - 1]) {
    return values.map((value) => (value === null ? null : 0.5));
  }
  const share = (value: number): number => {
    const first = known.findIndex((one) => one >= value);
    return first / (known.length - 1);
  };
  return values.map((value) => (value === null ? null : Math.min(1, share(value))));
}

export function extent(values: number[]): [number, number] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** How many letters fit, at about seven units a letter. */
export function fitted(text: string, width: number): string {
  const most = Math.max(4, Math.floor(width / 7.1));
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
