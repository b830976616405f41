import { useEffect, useState, type ReactNode } from 'react';

import { get, withQuery } from '../api/client.ts';
import type {
  Experiment,
  Interval,
  PredictionLogEntry,
  RecommendationLogEntry,
} from '../api/schema.ts';
import { countText, moneyText, numberText, percentText, shortened } from '../format.ts';
import { Downloads } from '../parts/downloads.tsx';
import { SelectField, TextField } from '../parts/fields.tsx';
import { Moment } from '../parts/moment.tsx';
import { ProblemNote, Waiting } from '../parts/notes.tsx';
import { Table, type Cell } from '../parts/table.tsx';
import { hashOf, replace } from '../route.ts';
import { columnWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';

const kKinds = ['predictions', 'recommendations', 'experiments'] as const;
type Kind = (typeof kKinds)[number];
const kPageSize = 50;

interface Entry {
  id: number;
  at: string;
  dataset: string;
}

interface View<T extends Entry> {
  columns: string[];
  numbers: number[];
  row: (entry: T) => Cell[];
  text: (entry: T) => string; // that is searched in
  empty: ReactNode;
}

/** Newest first, older ones on demand. */
function useHistory<T extends Entry>(
  kind: Kind,
  dataset: string,
  from: string,
  to: string,
): { items: T[]; more: boolean; older: () => void; error: Error | undefined; loading: boolean } {
  const { epoch } = useWorkspace();
  const [items, setItems] = useState<T[]>([]);
  const [before, setBefore] = useState<number | null>(null);
  const [more, setMore] = useState(false);
  const [error, setError] = useState<Error>();
  const [loading, setLoading] = useState(true);
  useEffect(() => {
    setItems([]);
    setBefore(null);
    setLoading(true);
  }, [kind, dataset, from, to, epoch]);
  useEffect(() => {
    const stop = new AbortController();
    const path = withQuery(`/api/${kind}`, {
      newest_first: 'true',
      limit: String(kPageSize),
      dataset,
      from,
      to,
      before: before === null ? undefined : String(before),
    });
    get<{ items: T[] }>(path, stop.signal).then(
      (page) => {
        setItems((known) => (before === null ? page.items : [...known, ...page.items]));
        setMore(page.items.length === kPageSize);
        setError(undefined);
        setLoading(false);
      },
      (problem: Error) => {
        if (stop.signal.aborted) return;
        setError(problem);
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [kind, dataset, from, to, epoch, before]);
  return { items, more, older: () => setBefore(items.at(-1)?.id ?? null), error, loading };
}

function planText(plan: Record<string, string | number>): string {
  return Object.entries(plan)
    .map(([column, value]) => `${columnWords(column)} ${value}`)
    .join(', ');
}

function ranged(value: number | null, interval: Interval | null, text: (value: number) => string): Cell {
  if (value === null) return '–';
  return (
    <>
      {text(value)}
      {interval && (
        <small className="muted">
          {' '}
          {text(interval.lower)}–{text(interval.upper)}
        </small>
      )}
    </>
  );
}

function PlanCell(props: { entry: PredictionLogEntry }): ReactNode {
  const { plan, dataset } = props.entry;
  const params = new URLSearchParams({ dataset, all: '1' });
  for (const [name, value] of Object.entries(plan)) params.set(name, String(value));
  return (
    <a className="wrap plan-text" dir="auto" href={hashOf('plan', params)} title="Open as a plan">
      {shortened(planText(plan) || 'an empty plan', 140)}
    </a>
  );
}

const kPredictions: View<PredictionLogEntry> = {
  columns: ['When', 'Plan', 'Clicks', 'CTR', 'ROI chance', 'Model'],
  numbers: [2, 3, 4],
  row: ({ prediction, ...entry }) => [
    <Moment at={entry.at} />,
    <PlanCell entry={{ prediction, ...entry }} />,
    ranged(prediction.Estimated_Clicks, prediction.Clicks_Interval, countText),
    percentText(prediction.CTR),
    percentText(prediction.ROI_Probability, 0),
    <span className="muted">{shortened(prediction.Model_Version, 28)}</span>,
  ],
  text: (entry) => `${planText(entry.plan)} ${entry.prediction.Model_Version}`,
  empty: (
    <>
      No prediction is kept yet. <a href="#/plan">Plan a campaign</a> and keep it; predictions of the
      command line and of other programs are here, too.
    </>
  ),
};

const kRecommendations: View<RecommendationLogEntry> = {
  columns: ['When', 'Budget', 'Wanted', 'Plan', 'Verdict', 'Clicks', 'ROI'],
  numbers: [1, 5, 6],
  row: ({ recommendation: one, ...entry }) => [
    <Moment at={entry.at} />,
    moneyText(one.Budget, one.Currency),
    one.Objective,
    <span className="wrap plan-text" dir="auto">
      {shortened(planText(one.Plan), 140)}
    </span>,
    one.Verdict === 'better' ? 'better' : 'no better',
    countText(one.Expected_Clicks),
    numberText(one.Estimated_ROI),
  ],
  text: (entry) => `${planText(entry.recommendation.Plan)} ${entry.recommendation.Objective}`,
  empty: (
    <>
      No recommendation is kept yet. <a href="#/budget">Ask about a budget</a>; what{' '}
      <code>pythia recommend</code> and other programs ask is kept here.
    </>
  ),
};

const kExperiments: View<Experiment> = {
  columns: ['When', 'Model', 'Figures', 'Version', 'Note'],
  numbers: [],
  row: (entry) => [
    <Moment at={entry.at} />,
    entry.model_type.replaceAll('_', ' '),
    Object.entries(entry.metrics)
      .map(([name, value]) => `${name} ${numberText(value)}`)
      .join(', '),
    <span className="muted">{shortened(entry.model_version ?? '–', 28)}</span>,
    <span className="wrap" dir="auto">
      {shortened(entry.note, 80)}
    </span>,
  ],
  text: (entry) => `${entry.model_type} ${entry.model_version ?? ''} ${entry.note}`,
  empty: (
    <>
      Nothing is logged yet. <a href="#/model">Train a model</a>: its evaluation is written down here.
    </>
  ),
};

/** By text, among what is on the page. */
export function passes(text: string, find: string): boolean {
  const words = find.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const where = text.toLocaleLowerCase();
  return words.every((word) => where.includes(word));
}

function List<T extends Entry>(props: { kind: Kind; view: View<T>; dataset: string }): ReactNode {
  const { view } = props;
  const [find, setFind] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const { items, more, older, error, loading } = useHistory<T>(
    props.kind,
    props.dataset,
    from,
    to,
  );
  const shown = items.filter((entry) => passes(view.text(entry), find));
  const showDataset = props.dataset === '';
  return (
    <section className="card">
      <div className="row fields filters">
        <TextField label="Find in this list" value={find} onChange={setFind} placeholder="Email, Chicago …" />
        <TextField label="From" type="date" value={from} onChange={setFrom} />
        <TextField label="To" type="date" value={to} onChange={setTo} />
        <Downloads what={props.kind} dataset={props.dataset} />
      </div>
      <ProblemNote error={error} />
      {loading && items.length === 0 && <Waiting what={`Reading ${props.kind}`} />}
      {!loading && items.length === 0 && !error && (
        <p className="empty-line">{from || to ? 'Nothing was logged in these days.' : view.empty}</p>
      )}
      {items.length > 0 && (
        <>
          <Table
            caption={props.kind}
            columns={showDataset ? [...view.columns, 'Dataset'] : view.columns}
            numbers={view.numbers}
            rows={shown.map((entry) =>
              showDataset ? [...view.row(entry), shortened(entry.dataset, 24)] : view.row(entry),
            )}
          />
          <p className="row muted">
            {shown.length < items.length
              ? `${countText(shown.length)} of the newest ${countText(items.length)}`
              : `The newest ${countText(items.length)}`}
            {more && (
              <button type="button" disabled={loading} onClick={older}>
                Older ones
              </button>
            )}
          </p>
        </>
      )}
    </section>
  );
}

export function HistoryPage(): ReactNode {
  const { datasets, route } = useWorkspace();
  const kind = kKinds.find((one) => one === route.params.get('kind')) ?? 'predictions';
  const [dataset, setDataset] = useState('');
  const show = (next: Kind): void => {
    const params = new URLSearchParams(route.params);
    params.set('kind', next);
    replace('history', params);
  };
  return (
    <>
      <h1>History</h1>
      <div className="row spread">
        <div className="row" role="group" aria-label="What is listed">
          {kKinds.map((one) => (
            <button key={one} type="button" aria-pressed={one === kind} onClick={() => show(one)}>
              {one.charAt(0).toUpperCase() + one.slice(1)}
            </button>
          ))}
        </div>
        {datasets && datasets.length > 1 && (
          <SelectField
            label="Of"
            value={dataset}
            onChange={setDataset}
            options={[['', 'all datasets'], ...datasets.map((one): [string, string] => [one.name, one.name])]}
          />
        )}
      </div>
      {kind === 'predictions' && <List key={kind} kind={kind} view={kPredictions} dataset={dataset} />}
      {kind === 'recommendations' && (
        <List key={kind} kind={kind} view={kRecommendations} dataset={dataset} />
      )}
      {kind === 'experiments' && <List key={kind} kind={kind} view={kExperiments} dataset={dataset} />}
    </>
  );
}

