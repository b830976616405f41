// Made by make_types.mjs out of openapi.json; do not edit.

export type Alive = {
  status: "ok";
};

export type Calibration = {
  bins: Array<{
    probability: number;
    rate: number;
    rows: number;
  }>;
  brier: number | null;
  discrimination: number | null;
  log_loss: number | null;
  miscalibration: number | null;
  normalised_entropy: number | null;
  uncertainty: number | null;
};

export type CleaningReport = {
  columns: {
    left_out: string[];
    missing: string[];
    recognised: Array<{
      column: string;
      header: string;
      how: "name" | "alias" | "map" | "set" | "derived";
    }>;
    unknown: string[];
  };
  currency: string | null;
  dataset: string;
  distributions: Array<{
    distinct?: number;
    largest?: Array<{
      level: string;
      rows: number;
    }>;
    max?: number | string | null;
    mean?: number | null;
    min?: number | string | null;
    missing: number;
    name: string;
    present: number;
    role: string;
    type: string;
  }>;
  dry_run: boolean;
  file: string;
  flagged: Record<string, number>;
  format: string;
  generation: number;
  grain: string;
  notes: string[];
  preview?: {
    header: string[];
    rows: Array<string[]>;
  };
  rejected: Record<string, number>;
  rejected_rows: Array<{
    column: string | null;
    line: number;
    reason: string;
    value: string;
  }>;
  rejects_file: string | null;
  rolled_up: {
    campaigns: number;
    rows: number;
  } | null;
  rows_kept: number;
  rows_read: number;
  rows_rejected: number;
  sha256: string | null;
  unchanged: boolean;
};

export type Coefficient = {
  effect: {
    error: number | null;
    lower: number | null;
    phi_error: number | null;
    upper: number | null;
    value: number | null;
  } | null;
  term: string;
  value: number | null;
};

export type Column = {
  name: string;
  role: string;
  type: string;
  unit: string;
};

export type Dataset = {
  created_at: string;
  currency: string | null;
  current: boolean;
  generation: number;
  grain: string;
  loads: Load[];
  name: string;
  rows: number;
  schema: Column[];
};

export type Datasets = {
  items: Dataset[];
};

export type Estimate = {
  lower: number | null;
  upper: number | null;
  value: number | null;
};

export type Experiment = {
  at: string;
  data_sha256: string | null;
  dataset: string;
  id: number;
  metrics: Record<string, number | null>;
  model_type: string;
  model_version: string | null;
  note: string;
  seed: number | null;
};

export type Experiments = {
  items: Experiment[];
  next: number | null;
};

export type Explanation = {
  Clicks: TargetExplanation | null;
  ROI: TargetExplanation | null;
};

export type ExplanationSummary = {
  dataset: string;
  model_version: string;
  targets: Record<string, TargetSummary>;
};

export type Failure = {
  code: string;
  field?: string | null;
  hint?: string | null;
  line?: number;
  message: string;
  value?: string | null;
};

export type Generations = {
  channels: Array<{
    Channel_Used: string;
    rows: number;
  } & { [name: string]: unknown }>;
  generations: Dataset[];
};

export type Health = {
  log: {
    lost: number;
    waiting: number;
  };
  model: string | null;
  status: "ok" | "degraded" | "draining";
  store: string;
  uptime_seconds: number;
};

export type Interval = {
  level: number;
  lower: number;
  upper: number;
};

export type IntervalReport = {
  c1: number | null;
  c2: number | null;
  coverage: number | null;
  coverage_rows: number;
  groups: number;
  level: number;
  method: string;
  note: string | null;
  scores: number;
};

export type Job = {
  created_at: string;
  done: number;
  error: string | null;
  finished_at: string | null;
  id: string;
  kind: "train" | "clean";
  problem: Failure | null;
  result: unknown;
  stage: string | null;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  total: number;
};

export type Jobs = {
  items: Job[];
};

export type Load = {
  loaded_at: string;
  options: string;
  rows: number;
  sha256: string;
  source: string;
};

export type Metric = {
  baseline: number | null;
  baseline_name: string | null;
  random_split: number | null;
  value: number | null;
};

export type Model = {
  active: boolean;
  created_at: string;
  dataset: string;
  file: string;
  report: TrainingReport;
  sha256: string;
  threads: number;
  version: string;
};

export type ModelCard = {
  active: boolean;
  created_at: string;
  data: {
    campaigns: number;
    dataset: string;
    dates: {
      first: string;
      last: string;
    } | null;
    generation: number;
    loads: Array<{
      campaigns: number;
      loaded_at: string;
      realised_spend: string | null;
      rejected: Record<string, number> | null;
      rows_kept: number | null;
      rows_rejected: number | null;
      sha256: string;
      source: string;
    }>;
    sha256: string;
  };
  dataset: string;
  file: string;
  provenance: {
    data_sha256: string;
    file_sha256: string;
    program: string | null;
    seed: number;
    threads: number;
  };
  report: TrainingReport;
  sha256: string;
  threads: number;
  version: string;
};

export type ModelReport = {
  alpha: number | null;
  calibration: Calibration | null;
  coefficients: Coefficient[];
  confusion: {
    false_negative: number;
    false_positive: number;
    true_negative: number;
    true_positive: number;
  } | null;
  converged: boolean;
  deviance: number | null;
  free_exposure: Estimate | null;
  gradient: number | null;
  intercept: number | null;
  intervals: Record<string, IntervalReport>;
  iterations: number;
  lambda: number | null;
  metrics: Record<string, Metric>;
  null_deviance: number | null;
  path: Array<{
    deviance: number | null;
    lambda: number | null;
  }>;
  phi: number | null;
  rows: number;
  shuffled_gain_share: number | null;
  split: {
    folds: number;
    gap_days: number;
    rule: string;
    test_rows: number;
    train_rows: number;
  };
  target: string;
  verdict: ModelVerdict | null;
  warnings: string[];
};

export type ModelVerdict = {
  against: string;
  gain: number | null;
  gain_error: number | null;
  gain_share: number | null;
  serves: string;
  verdict: "signal" | "no_signal";
  words: string;
};

export type Models = {
  items: Model[];
};

export type NewExperiment = {
  data_sha256?: string;
  dataset?: string;
  metrics: Record<string, number>;
  model_type: string;
  model_version?: string;
  note?: string;
  seed?: number;
};

export type OpenApi = Record<string, unknown>;

export type Options = {
  categories: Record<string, string[]>;
  currency: string | null;
  dataset: string;
  dates: {
    first: string;
    last: string;
  } | null;
  ranges: Record<string, {
    max: number | null;
    min: number | null;
  }>;
};

export type Plan = Record<string, number | string>;

export type PlanOrPlans = Plan | Plan[];

export type PlayerSummary = {
  inputs?: Array<number | null>;
  labels?: string[];
  mean_absolute: number | null;
  player: string;
  values?: Array<number | null>;
};

export type Prediction = {
  CTR: number | null;
  CTR_Interval: Interval | null;
  Clicks_Interval: Interval | null;
  Estimated_Clicks: number | null;
  Model_Version: string;
  ROI_Category: 0 | 1 | null;
  ROI_Label: string | null;
  ROI_Probability: number | null;
  ROI_Probability_Interval: Interval | null;
  ROI_Threshold: number | null;
  ROI_Threshold_Rule: string | null;
  SHAP_Explanation: Explanation | null;
  Verdict: Record<string, "signal" | "no_signal">;
  Warnings: string[];
};

export type PredictionLogEntry = {
  at: string;
  dataset: string;
  id: number;
  plan: Plan;
  prediction: Prediction;
};

export type PredictionOrPredictions = Prediction | Prediction[];

export type Predictions = {
  items: PredictionLogEntry[];
  next: number | null;
};

export type Problem = {
  code?: string;
  detail?: string;
  errors?: Array<{
    field?: string;
    line?: number;
    message?: string;
    value?: string;
  }>;
  hint?: string;
  status: number;
  title: string;
  type?: string;
  value?: string;
};

export type Recommendation = {
  Alternatives: Array<{
    Campaigns: number;
    Interval: Interval | null;
    Plan: Plan;
    Value: number | null;
  }>;
  Baseline: {
    CTR: number | null;
    CTR_Interval: Interval | null;
    Estimated_ROI: number | null;
    Estimated_ROI_Interval: Interval | null;
    Expected_Clicks: number | null;
    Expected_Clicks_Interval: Interval | null;
    ROI_Spend_Weighted: number | null;
  };
  Budget: number | null;
  CTR: number | null;
  CTR_Interval: Interval | null;
  Currency: string | null;
  Curve: Array<{
    Budget: number | null;
    Campaigns: number;
    Expected_Clicks: number | null;
    Expected_Clicks_Interval: Interval | null;
    Impressions: number | null;
    Impressions_Interval: Interval | null;
    ROI_Probability: number | null;
    ROI_Probability_Interval: Interval | null;
  }>;
  Decided: string[];
  Estimated_ROI: number | null;
  Estimated_ROI_Interval: Interval | null;
  Evidence: {
    Campaigns_Held_Out: number;
    Campaigns_Like_It: number;
    Campaigns_Near_Budget: number;
    Candidates: number;
    Spend_From: number | null;
    Spend_To: number | null;
  };
  Expected_Clicks: number | null;
  Expected_Clicks_Interval: Interval | null;
  Model_Version: string;
  Objective: "clicks" | "roi" | "ctr";
  Plan: Plan;
  ROI_Probability: number | null;
  ROI_Probability_Interval: Interval | null;
  ROI_Threshold: number | null;
  ROI_Threshold_Rule: string | null;
  Recommended_Duration: number | null;
  SHAP_Explanation: Explanation | null;
  Uplift: {
    Interval: Interval | null;
    Share: number | null;
    Value: number | null;
  };
  Used_Budget: number | null;
  Verdict: "better" | "no_better";
  Verdict_Words: string;
  Warnings: string[];
};

export type RecommendationLogEntry = {
  at: string;
  dataset: string;
  id: number;
  recommendation: Recommendation;
};

export type Recommendations = {
  items: RecommendationLogEntry[];
  next: number | null;
};

export type TargetExplanation = {
  base: number | null;
  prediction: number | null;
  scale: "response" | "link";
  unit: string;
  values: Record<string, number | null>;
};

export type TargetSummary = {
  base: number | null;
  campaigns: number;
  players: PlayerSummary[];
  scale: "response" | "link";
  unit: string;
};

export type TrainRequest = {
  allow_features?: string[];
  alpha?: number;
  dataset?: string;
  features?: string[];
  planned_spend?: boolean;
  roi_threshold?: "auto" | "median" | number;
  seed?: number;
  threads?: number;
};

export type TrainingReport = {
  dataset: string;
  features: string[];
  generation: number;
  models: Record<string, ModelReport>;
  planned_spend: boolean;
  roi_threshold: {
    rule: "stated" | "break_even" | "median";
    value: number;
  } | null;
  rows: number;
  seed: number;
  version: string;
  warnings: string[];
};

export type Upload = {
  file: string;
};
