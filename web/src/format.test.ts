import { expect, test } from 'vitest';

import {
  bytesText,
  countText,
  dayText,
  moneyText,
  numberText,
  percentEnds,
  percentText,
  shareWords,
  shortened,
  signedText,
} from './format.ts';

test('what is missing is a dash, not a zero', () => {
  expect(countText(null)).toBe('–');
  expect(numberText(undefined)).toBe('–');
  expect(percentText(NaN)).toBe('–');
  expect(moneyText(null, 'USD')).toBe('–');
  expect(dayText(null)).toBe('–');
});

test('money is in the currency of the data, and in none where that is unknown', () => {
  expect(moneyText(1234.5, 'USD')).toBe('$1,235');
  expect(moneyText(0.5, 'EUR')).toBe('€0.50');
  expect(moneyText(1234.5, null)).toBe('1,235');
  expect(moneyText(5, 'no currency')).toBe('5 no currency');
});

test('percentages have the digits that tell them apart', () => {
  expect(percentText(0.5)).toBe('50%');
  expect(percentText(0.0374)).toBe('3.7%');
  expect(percentText(0.0085)).toBe('0.85%');
});

test('the ends of an interval can be told apart', () => {
  expect(percentEnds(0.0198, 0.0202)).toEqual(['1.98%', '2.02%']);
  expect(percentEnds(0.1, 0.5)).toEqual(['10%', '50%']);
  expect(percentEnds(0.02, 0.02)).toEqual(['2.0%', '2.0%']);
});

test('differences carry their sign', () => {
  expect(signedText(3, countText)).toBe('+3');
  expect(signedText(-3, countText)).toBe('−3');
  expect(signedText(0, countText)).toBe('±0');
});

test('a day has no time zone', () => {
  expect(dayText('2021-01-01')).toBe('Jan 1, 2021');
  expect(dayText('2021-12-31T23:59:59Z')).toBe('Dec 31, 2021');
});

test('levels are said in words', () => {
  expect(shareWords(0.9)).toBe('9 of 10');
  expect(shareWords(0.95)).toBe('95 of 100');
});

test('names are cut between letters, also where a letter is two units', () => {
  expect(shortened('abc', 3)).toBe('abc');
  expect(shortened('abcd', 3)).toBe('ab…');
  expect(shortened('😀😀😀😀', 3)).toBe('😀😀…');
});

test('sizes of files', () => {
  expect(bytesText(512)).toBe('512 byte');
  expect(bytesText(2_500_000)).toBe('2.5 MB');
});
