// The words that people read for the keys that machines use.

const kColumns: Record<string, string> = {
  Channel_Used: 'Channel',
  Campaign_Type: 'Type',
  Target_Audience: 'Audience',
  Customer_Segment: 'Segment',
  Acquisition_Cost: 'Spend',
  Conversion_Rate: 'Conversion rate',
  Engagement_Score: 'Engagement',
  Campaign_ID: 'Campaign id',
};

export function columnWords(column: string): string {
  return kColumns[column] ?? column.replaceAll('_', ' ');
}

const kReasons: Record<string, string> = {
  duplicate: 'repeated campaign',
  bad_date: 'no such date',
  bad_number: 'text where a number belongs',
  too_many_fields: 'too many fields',
  too_few_fields: 'too few fields',
  totals_row: 'a totals row',
  missing_spend: 'no spend',
  missing_clicks: 'no clicks',
  missing_impressions: 'no impressions',
  clicks_above_impressions: 'more clicks than impressions (not learned from)',
};

export function reasonWords(reason: string): string {
  return kReasons[reason] ?? reason.replaceAll('_', ' ');
}

export interface MetricWords {
  key: string;
  label: string;
  better: 'higher' | 'lower';
  percent: boolean;
}

/** In reading order; what is not here is not for people. */
export const kMetrics: MetricWords[] = [
  { key: 'd2', label: 'D² (share of deviance explained)', better: 'higher', percent: false },
  { key: 'r2', label: 'R²', better: 'higher', percent: false },
  { key: 'mae', label: 'mean absolute error', better: 'lower', percent: false },
  { key: 'deviance', label: 'mean Poisson deviance', better: 'lower', percent: false },
  { key: 'auc', label: 'AUC', better: 'higher', percent: false },
  { key: 'accuracy', label: 'accuracy', better: 'higher', percent: true },
  { key: 'log_loss', label: 'log loss', better: 'lower', percent: false },
  { key: 'brier', label: 'Brier score', better: 'lower', percent: false },
];

export const kModels: Array<{ key: string; title: string; asks: string }> = [
  { key: 'clicks', title: 'Clicks', asks: 'Clicks of a plan with its impressions' },
  {
    key: 'clicks_without_impressions',
    title: 'Clicks, no impressions planned',
    asks: 'Clicks of a plan whose impressions are estimated, too',
  },
  { key: 'reach', title: 'Reach', asks: 'Impressions of a plan' },
  { key: 'roi', title: 'ROI', asks: 'Whether the ROI ends above the threshold' },
];

export function thresholdWords(
  rule: string | null,
  value: number | null,
  number: (value: number) => string,
): string {
  if (value === null) return 'ROI';
  if (rule === 'median') return `ROI above your own median (${number(value)})`;
  if (rule === 'break_even') return 'ROI above break-even';
  return `ROI above ${number(value)}`;
}

/** What is said where a model is no better than `serves`, the baseline that predicts instead. */
export function noSignalWords(what: string, serves: string): string {
  const group = / by ([A-Za-z_]+)$/.exec(serves)?.[1];
  const numbers = `The numbers are the baseline (${serves}), not a forecast of this plan`;
  return group
    ? `Beyond ${columnWords(group)}, your history holds no signal for ${what}: nothing else in a plan ` +
        `tells better campaigns from worse ones, on campaigns that were held back. ${numbers}'s details.`
    : `Your history holds no signal for ${what}: nothing in a plan tells better campaigns from worse ` +
        `ones, on campaigns that were held back. ${numbers}.`;
}

/** A model in the middle of a sentence. */
export function targetWords(key: string): string {
  if (key === 'roi') return 'ROI';
  return key === 'reach' ? 'reach' : 'clicks';
}

/** A model at the head of a line. */
export function targetTitle(key: string): string {
  const words = targetWords(key);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
