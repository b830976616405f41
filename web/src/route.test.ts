import { expect, test } from 'vitest';

import { plansOf, withPlans } from './pages/plan_fields.ts';
import { hashOf, parseHash } from './route.ts';

test('a hash says where one is', () => {
  expect(parseHash('#/plan?dataset=a&Duration=30').page).toBe('plan');
  expect(parseHash('#/plan?dataset=a').params.get('dataset')).toBe('a');
  expect(parseHash('').page).toBe('data');
  expect(parseHash('#/nowhere?x=1').page).toBe('data');
});

test('there and back, whatever the values hold', () => {
  const params = new URLSearchParams({ Channel_Used: 'A&B=C? #😀', dataset: 'x' });
  expect(parseHash(hashOf('plan', params)).params.get('Channel_Used')).toBe('A&B=C? #😀');
});

test('two plans live in one link', () => {
  const params = withPlans(
    new URLSearchParams('dataset=x&all=1&Old=1&b.Old=2'),
    { Channel_Used: 'Email', Duration: '' },
    { Channel_Used: 'Web' },
  );
  expect(params.toString()).toBe('dataset=x&all=1&Channel_Used=Email&compare=1&b.Channel_Used=Web');
  expect(plansOf(params)).toEqual({ a: { Channel_Used: 'Email' }, b: { Channel_Used: 'Web' } });
  expect(plansOf(withPlans(params, { Duration: '30' }, null)).b).toBeNull();
});
