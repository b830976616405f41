import { render } from '@testing-library/react';
import { expect, test } from 'vitest';

import type { ModelReport } from '../api/schema.ts';
import { VerdictNote } from './verdict.tsx';

function report(verdict: 'signal' | 'no_signal'): ModelReport {
  return {
    verdict: { verdict, words: 'nothing beats the overall figure', serves: '', gain: 0, gain_error: 0, gain_share: 0, against: '' },
  } as unknown as ModelReport;
}

test('no signal is said in plain words, with what the numbers then are', () => {
  const { container } = render(<VerdictNote name="clicks" report={report('no_signal')} />);
  expect(container.textContent).toContain('Your history holds no signal for clicks');
  expect(container.textContent).toContain('The numbers are the baseline');
  expect(container.textContent).toContain('Nothing beats the overall figure.');
});

test('what could not be judged is not passed off as good', () => {
  const { container } = render(<VerdictNote name="roi" report={undefined} />);
  expect(container.textContent).toContain('not judged');
});
