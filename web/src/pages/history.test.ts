import { expect, test } from 'vitest';

import { passes } from './history.tsx';

test('filters by every word and by day', () => {
  const at = '2024-05-02T10:00:00Z';
  expect(passes(at, 'Channel Email, Location Rome', 'rome EMAIL', '', '')).toBe(true);
  expect(passes(at, 'Channel Email', 'rome', '', '')).toBe(false);
  expect(passes(at, '', '', '2024-05-02', '2024-05-02')).toBe(true);
  expect(passes(at, '', '', '2024-05-03', '')).toBe(false);
  expect(passes(at, '', '', '', '2024-05-01')).toBe(false);
});
