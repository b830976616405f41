import { fireEvent, render, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';

import { Waterfall } from './waterfall.tsx';

const kExplanation = {
  scale: 'response' as const,
  unit: 'clicks',
  base: 5000,
  prediction: 3900,
  values: { Channel_Used: 1000, Impressions: -2100 },
};

function show(given: string): HTMLElement {
  render(
    <Waterfall
      title="Why"
      explanation={kExplanation}
      given={(player) => (player === 'Channel_Used' ? given : undefined)}
      file="why"
    />,
  );
  return screen.getByRole('figure', { name: 'Why' });
}

test('the bars begin where the ones before them end', () => {
  const bars = [...show('Email').querySelectorAll('rect')].map((bar) => ({
    left: Number(bar.getAttribute('x')),
    right: Number(bar.getAttribute('x')) + Number(bar.getAttribute('width')),
  }));
  expect(bars).toHaveLength(2);
  expect(bars[0]!.left).toBeCloseTo(bars[1]!.left, 6); // down to, then up from the same place
  expect(bars[1]!.right).toBeLessThan(bars[0]!.right);
});

test('the table holds the same numbers', () => {
  const chart = show('Email');
  fireEvent.click(within(chart).getByRole('button', { name: 'Table' }));
  expect(within(chart).getByRole('cell', { name: 'Channel = Email' })).toBeTruthy();
  expect(within(chart).getByRole('cell', { name: '+1,000 clicks' })).toBeTruthy();
  expect(within(chart).getAllByRole('cell', { name: '3,900' })).toHaveLength(2);
});

test('arrow keys go through the values and read them out', () => {
  const chart = show('Email');
  const plot = within(chart).getByRole('group');
  fireEvent.keyDown(plot, { key: 'ArrowRight' });
  expect(within(chart).getByRole('status').textContent).toContain('Average campaign: 5,000');
  fireEvent.keyDown(plot, { key: 'ArrowRight' });
  expect(within(chart).getByRole('status').textContent).toContain('Impressions: −2,100 clicks');
  fireEvent.keyDown(plot, { key: 'End' });
  expect(within(chart).getByRole('status').textContent).toContain('3,900');
  fireEvent.keyDown(plot, { key: 'Escape' });
  expect(within(chart).getByRole('status').textContent).toBe('');
});

test('text of the data stays text', () => {
  const chart = show('<script>alert(1)</script>');
  expect(chart.querySelector('script')).toBeNull();
  expect(chart.textContent).toContain('<script>');
});
