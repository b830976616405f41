import { expect, test } from 'vitest';

import type { Options } from '../api/schema.ts';
import { planBody, planSteps } from './plan_fields.ts';

const kOptions: Options = {
  dataset: 'd',
  categories: { Channel_Used: ['Email'], Company: ['A'], Location: ['Rome'], Hidden: ['x'] },
  ranges: {
    Duration: { min: 15, max: 60 },
    Acquisition_Cost: { min: 500, max: 70000 },
    Impressions: { min: 1, max: 10 },
  },
  dates: { first: '2021-01-01', last: '2022-01-01' },
  currency: 'USD',
};
const kFeatures = ['Channel_Used', 'Company', 'Location', 'Duration', 'Acquisition_Cost'];

test('steps hold what the history has and the model looks at', () => {
  const steps = planSteps(kOptions, kFeatures);
  expect(steps.map((step) => step.title)).toEqual([
    'Channel',
    'Place and language',
    'Duration',
    'Budget',
    'More',
  ]);
  const columns = steps.flatMap((step) => step.fields.map((field) => field.column));
  expect(columns).toContain('Impressions'); // planned reach, though no feature
  expect(columns).not.toContain('Hidden');
  expect(columns).not.toContain('Date');
});

test('numbers go as numbers, the rest as text for the service to judge', () => {
  const fields = planSteps(kOptions, kFeatures).flatMap((step) => step.fields);
  expect(
    planBody({ Channel_Used: '7', Duration: ' 30 ', Acquisition_Cost: '$12,000', Location: '' }, fields),
  ).toEqual({ Channel_Used: '7', Duration: 30, Acquisition_Cost: '$12,000' });
});
