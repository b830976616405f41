import { expect, test } from 'vitest';

import { datasetName, headersIn, pageHint, queryOf, type ImportOptions } from './import.tsx';

const kPlain: ImportOptions = {
  dataset: 'd',
  mode: 'create',
  map: {},
  set: {},
  date_order: '',
  decimal: '',
  grain: '',
  strict: false,
  keep_personal: false,
};

test('a dataset is called like its file, as far as names go', () => {
  expect(datasetName('Google Ads (2024).csv')).toBe('Google_Ads_2024');
  expect(datasetName('history.csv.gz')).toBe('history');
  expect(datasetName('кампании.csv')).toBe('campaigns');
  expect(datasetName(`${'x'.repeat(300)}.csv`)).toHaveLength(64);
});

test('corrections become parameters', () => {
  const query = queryOf(
    { ...kPlain, map: { 'My cost': 'Acquisition_Cost', other: '' }, set: { Channel_Used: ' Google ' }, date_order: 'dmy', strict: true },
    true,
  );
  expect(query.getAll('map')).toEqual(['My cost=Acquisition_Cost']);
  expect(query.getAll('set')).toEqual(['Channel_Used=Google']);
  expect(query.get('dry_run')).toBe('true');
  expect(query.get('date_order')).toBe('dmy');
  expect(query.get('strict')).toBe('true');
  expect(query.has('decimal')).toBe(false);
});

test('headers that an answer names can be told what they are', () => {
  const hint = 'Found: foo, bar baz.\nLooked for Impressions: Impressions, impr ...';
  expect(headersIn(hint)).toEqual(['foo', 'bar baz']);
  expect(headersIn('Export the table as CSV.')).toEqual([]);
  expect(headersIn(undefined)).toEqual([]);
});

test('hints speak of this page, not of the command line', () => {
  expect(pageHint('Say which mark begins the decimals: --decimal . or --decimal ,')).not.toContain('--');
  expect(pageHint('Found: a.\nIf the file has them under other names, add: --map "x=y"')).not.toContain('--');
});
