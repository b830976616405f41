// What a plan can hold, step by step, from /api/dataset/options; and plans in links.
import type { Options } from '../api/schema.ts';
import { columnWords } from '../words.ts';

export type PlanValues = Record<string, string>;

export interface PlanField {
  column: string;
  kind: 'category' | 'number' | 'date';
  options: string[];
  min: number;
  max: number;
  log: boolean;
  unit: string;
}

export interface PlanStep {
  key: string;
  title: string;
  fields: PlanField[];
}

const kSteps: Array<[string, string, string[]]> = [
  ['channel', 'Channel', ['Channel_Used']],
  ['type', 'Type', ['Campaign_Type']],
  ['audience', 'Audience', ['Target_Audience']],
  ['segment', 'Segment', ['Customer_Segment']],
  ['place', 'Place and language', ['Location', 'Language']],
  ['duration', 'Duration', ['Duration', 'Date']],
  ['budget', 'Budget', ['Acquisition_Cost', 'Impressions']],
];
const kSpread = ['Acquisition_Cost', 'Impressions'];

/** `features`: what the model looks at; other columns are not asked for. */
export function planSteps(options: Options, features: string[]): PlanStep[] {
  const known = new Set([...features, 'Impressions']);
  const field = (column: string): PlanField | undefined => {
    if (!known.has(column)) return undefined;
    const plain = { options: [], min: 0, max: 0, log: false, unit: '' };
    const levels = options.categories[column];
    if (levels) return { ...plain, column, kind: 'category', options: levels };
    const range = options.ranges[column];
    if (range && range.min !== null && range.max !== null) {
      const unit =
        column === 'Duration' ? 'days' : column === 'Acquisition_Cost' ? (options.currency ?? '') : '';
      return {
        ...plain,
        column,
        kind: 'number',
        min: range.min,
        max: range.max,
        log: kSpread.includes(column),
        unit,
      };
    }
    if (column === 'Date' && options.dates) return { ...plain, column, kind: 'date' };
    return undefined;
  };
  const asked = new Set(kSteps.flatMap(([, , columns]) => columns));
  const rest = [...Object.keys(options.categories), ...Object.keys(options.ranges)].filter(
    (column) => !asked.has(column),
  );
  return [...kSteps, ['more', 'More', rest] as [string, string, string[]]]
    .map(([key, title, columns]) => ({
      key,
      title: columns.length === 1 && key === 'more' ? columnWords(columns[0]!) : title,
      fields: columns.map(field).filter((one): one is PlanField => one !== undefined),
    }))
    .filter((step) => step.fields.length > 0);
}

/** The body of POST /predict: numbers as numbers, else the text for the service to judge. */
export function planBody(values: PlanValues, fields: PlanField[]): Record<string, string | number> {
  const body: Record<string, string | number> = {};
  for (const field of fields) {
    const text = values[field.column]?.trim();
    if (!text) continue;
    const number = Number(text);
    body[field.column] = field.kind === 'number' && Number.isFinite(number) ? number : text;
  }
  return body;
}

/** Second plans carry "b." before their columns. */
export function plansOf(params: URLSearchParams): { a: PlanValues; b: PlanValues | null } {
  const a: PlanValues = {};
  const b: PlanValues = {};
  for (const [name, value] of params) {
    if (name.startsWith('b.')) b[name.slice(2)] = value;
    else if (/^[A-Z]/.test(name)) a[name] = value;
  }
  return { a, b: params.get('compare') === '1' ? b : null };
}

export function withPlans(
  params: URLSearchParams,
  a: PlanValues,
  b: PlanValues | null,
): URLSearchParams {
  const next = new URLSearchParams();
  for (const [name, value] of params) {
    if (!name.startsWith('b.') && !/^[A-Z]/.test(name) && name !== 'compare') next.set(name, value);
  }
  for (const [name, value] of Object.entries(a)) if (value) next.set(name, value);
  if (b) {
    next.set('compare', '1');
    for (const [name, value] of Object.entries(b)) if (value) next.set(`b.${name}`, value);
  }
  return next;
}
