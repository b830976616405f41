import { render } from '@testing-library/react';
import { expect, test } from 'vitest';

import type { ModelReport } from '../api/schema.ts';
import { VerdictNote } from './verdict.tsx';

function report(verdict: 'signal' | 'no_signal', serves: string): ModelReport {
  return {
    verdict: { verdict, words: 'closer', serves, gain: 0, gain_error: 0, gain_share: 0, against: '' },
  } as unknown as ModelReport;
}

test('no signal is said in plain words, with what the numbers then are', () => {
  const { container } = render(<VerdictNote name="clicks" report={report('no_signal', 'overall rate')} />);
  expect(container.textContent).toContain('Your history holds no signal for clicks');
  expect(container.textContent).toContain('The numbers are the baseline (overall rate)');
});

test('what could not be judged is not passed off as good', () => {
  const { container } = render(<VerdictNote name="roi" report={undefined} />);
  expect(container.textContent).toContain('not judged');
});

test('a figure per channel is told apart from no difference at all', () => {
  const { container } = render(
    <VerdictNote name="clicks" report={report('no_signal', 'clicks per impression by Channel_Used')} />,
  );
  expect(container.textContent).toContain('Beyond Channel, your history holds no signal');
  expect(container.textContent).not.toContain('nothing in a plan');
});
