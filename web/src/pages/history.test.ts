import { expect, test } from 'vitest';

import { passes } from './history.tsx';

test('finds by every word', () => {
  expect(passes('Channel Email, Location Rome', 'rome EMAIL')).toBe(true);
  expect(passes('Channel Email', 'rome')).toBe(false);
  expect(passes('', '')).toBe(true);
});
