import { useEffect, useRef, useState, type ReactNode } from 'react';

import { ApiProblem, file, get, post, remove, waitFor, withQuery } from '../api/client.ts';
import type {
  ExplanationSummary,
  Job,
  Model,
  ModelCard,
  ModelReport,
  TargetSummary,
} from '../api/schema.ts';
import { useLoaded } from '../api/use.ts';
import { Bars } from '../charts/bars.tsx';
import { Beeswarm } from '../charts/beeswarm.tsx';
import { CalibrationPlot } from '../charts/calibration.tsx';
import { saveBlob } from '../charts/save.ts';
import { Ranges } from '../charts/ranges.tsx';
import {
  countText,
  dayText,
  momentText,
  numberText,
  percentText,
  shareWords,
  shortened,
} from '../format.ts';
import { SelectField, TextField } from '../parts/fields.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, ProblemNote, Progress, Waiting, Warnings } from '../parts/notes.tsx';
import { Table } from '../parts/table.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { VerdictNote } from '../parts/verdict.tsx';
import { replace } from '../route.ts';
import { columnWords, kMetrics, kModels, thresholdWords, type MetricWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';
import { NoData } from './no_data.tsx';

const kRowsOfSwarm = 180;

function metricText(words: MetricWords, value: number | null): string {
  return words.percent ? percentText(value, 1) : numberText(value, 4);
}

function Train(): ReactNode {
  const { dataset, changed, models } = useWorkspace();
  const [threshold, setThreshold] = useState('auto');
  const [stated, setStated] = useState('');
  const [planned, setPlanned] = useState(false);
  const [job, setJob] = useState<Job>();
  const [error, setError] = useState<Error>();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  if (!dataset) return null;
  const train = async (more: Record<string, unknown> = {}): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setError(undefined);
    try {
      const body = {
        dataset: dataset.name,
        planned_spend: planned,
        roi_threshold: threshold === 'stated' ? Number(stated.replace(',', '.')) : threshold,
        ...more,
      };
      const begun = await post<Job>('/api/train', body, control.signal);
      await waitFor(begun, setJob, control.signal);
      changed();
    } catch (problem) {
      if (!control.signal.aborted) setError(problem as Error);
    }
    setJob(undefined);
  };
  const first = models?.length === 0;
  const suspect = suspectIn(error);
  const wrong =
    threshold === 'stated' && !Number.isFinite(Number(stated.replace(',', '.') || 'none'));
  return (
    <section className="card">
      <h2>{first ? 'Learn from this history' : 'Learn again'}</h2>
      {first && (
        <p>
          {countText(dataset.rows)} campaigns. It is judged on campaigns that it has not seen, and
          says so where there is nothing to learn.
        </p>
      )}
      <details>
        <summary>Choices</summary>
        <div className="row fields">
          <SelectField
            label="A good ROI is one above"
            value={threshold}
            onChange={setThreshold}
            options={[
              ['auto', 'break-even, or the median where that says little'],
              ['median', 'the median of the history'],
              ['stated', 'a figure of mine'],
            ]}
          />
          {threshold === 'stated' && (
            <TextField
              label="ROI above"
              value={stated}
              onChange={setStated}
              placeholder="0.5 is 50 %"
              problem={wrong && stated !== '' ? 'takes a number, as 0.5' : undefined}
            />
          )}
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={planned}
            onChange={(event) => setPlanned(event.target.checked)}
          />
          The spend in this history was set before launch
        </label>
      </details>
      <div className="row">
        <button
          type="button"
          className="main"
          disabled={job !== undefined || wrong}
          onClick={() => void train()}
        >
          {first ? 'Train a model' : 'Train another model'}
        </button>
        {job && (
          <>
            <Progress
              what={job.state === 'queued' ? 'Waiting for a job before it' : (job.stage ?? 'Learning')}
              share={job.total > 0 ? job.done / job.total : undefined}
            />
            <button type="button" onClick={() => void remove(`/api/jobs/${job.id}`)}>
              Cancel
            </button>
          </>
        )}
      </div>
      {suspect ? (
        <div className="note-box warn" role="alert">
          <strong className="wrap">{error!.message}</strong>
          <p>
            If {columnWords(suspect)} is only known afterwards, a forecast cannot use it: leave it
            out. If it is truly known before launch, say so.
          </p>
          <div className="row">
            <button
              type="button"
              onClick={() =>
                void train({
                  features: dataset.schema
                    .filter((column) => column.role === 'plan' && column.name !== suspect)
                    .map((column) => column.name),
                })
              }
            >
              Train without {columnWords(suspect)}
            </button>
            <button type="button" onClick={() => void train({ allow_features: [suspect] })}>
              It is known before launch
            </button>
          </div>
        </div>
      ) : (
        <ProblemNote error={error} />
      )}
    </section>
  );
}

/** The input that the leakage guard stopped at, if that is what stopped the training. */
export function suspectIn(error: Error | undefined): string | undefined {
  const hint = error instanceof ApiProblem ? error.hint : undefined;
  return /--allow-feature (.+?)$/m.exec(hint ?? '')?.[1]?.replace(/^["']|["']$/g, '');
}

function Quality(props: { name: string; report: ModelReport }): ReactNode {
  const { report } = props;
  const known = kMetrics.filter((words) => report.metrics[words.key]);
  const random = known.some((words) => report.metrics[words.key]!.random_split !== null);
  return (
    <>
      <h4>Quality on campaigns that it has not seen</h4>
      <Table
        caption={`Quality: ${props.name}`}
        columns={['', 'Model', 'Baseline', ...(random ? ['Random split'] : []), 'The baseline is']}
        numbers={random ? [1, 2, 3] : [1, 2]}
        rows={known.map((words) => {
          const metric = report.metrics[words.key]!;
          return [
            `${words.label}, ${words.better} is better`,
            <b>{metricText(words, metric.value)}</b>,
            metricText(words, metric.baseline),
            ...(random ? [metricText(words, metric.random_split)] : []),
            <span className="muted">{metric.baseline_name}</span>,
          ];
        })}
      />
      <p className="muted small-print">
        {countText(report.split.test_rows)} campaigns held back; {report.split.rule}.
      </p>
    </>
  );
}

function Intervals(props: { report: ModelReport }): ReactNode {
  const items = Object.entries(props.report.intervals);
  if (items.length === 0) return null;
  return (
    <ul className="plain">
      {items.map(([name, interval]) => (
        <li key={name}>
          {interval.method === 'none'
            ? `No interval for ${name}: ${interval.note}.`
            : `Stated for ${name}: where ${shareWords(interval.level)} end. `}
          {interval.coverage !== null && (
            <>
              Of the latest {countText(interval.coverage_rows)} campaigns{' '}
              <b>{percentText(interval.coverage)}</b> ended inside, judged by earlier ones alone.{' '}
            </>
          )}
          {interval.method !== 'none' && interval.note && (
            <span className="muted">{interval.note}.</span>
          )}
        </li>
      ))}
    </ul>
  );
}

const kMostCoefficients = 30;

function Coefficients(props: { name: string; report: ModelReport }): ReactNode {
  const rows = props.report.coefficients
    .filter((one) => one.effect !== null && one.effect.value !== null)
    .sort((a, b) => Math.abs(b.effect!.value!) - Math.abs(a.effect!.value!))
    .slice(0, kMostCoefficients);
  if (rows.length === 0) return null;
  return (
    <Ranges
      title={`Coefficients: ${props.name}`}
      file={`coefficients_${props.name.toLowerCase().replace(/\W+/g, '_')}`}
      reference={0}
      text={(value) => numberText(value, 2)}
      rows={rows.map((one) => ({
        label: one.term.replace(/^([A-Za-z_]+)=/, (_, column: string) => `${columnWords(column)} = `),
        value: one.effect!.value!,
        lower: one.effect!.lower,
        upper: one.effect!.upper,
      }))}
      columns={['Term', 'Effect', 'From', 'To']}
      note={
        `On the link scale with 95 % intervals: a category against the mean of its column, a number per standard deviation.` +
        (props.report.coefficients.length > rows.length
          ? ` The ${rows.length} largest of ${props.report.coefficients.length}.`
          : '')
      }
    />
  );
}

function ModelPart(props: { name: string; title: string; asks: string; report: ModelReport }): ReactNode {
  const { report } = props;
  return (
    <div className="model-part">
      <p className="muted">
        {props.asks}; learned from {countText(report.rows)} campaigns.
      </p>
      {props.name === 'clicks_without_impressions' && (
        <VerdictNote name={props.name} report={report} />
      )}
      <Warnings warnings={report.warnings} />
      <Quality name={props.title} report={report} />
      <Intervals report={report} />
      <div className="charts">
        {report.calibration && (
          <CalibrationPlot calibration={report.calibration} file="calibration_roi" />
        )}
        <Coefficients name={props.title} report={report} />
      </div>
    </div>
  );
}

function Influence(props: { title: string; target: TargetSummary }): ReactNode {
  const { target, title } = props;
  const isShare = target.unit === 'probability';
  const key = title.toLowerCase();
  return (
    <div className="charts">
      <Bars
        title={`What matters for ${title}`}
        file={`shap_bar_${key}`}
        columns={['Input', isShare ? 'Mean size, points' : `Mean size, ${target.unit}`]}
        note={`Mean size of what each input adds, over ${countText(target.campaigns)} campaigns (SHAP values).`}
        bars={target.players.map((player) => ({
          label: columnWords(player.player),
          value: player.mean_absolute ?? 0,
          text: isShare
            ? `${numberText((player.mean_absolute ?? 0) * 100, 2)} pts`
            : numberText(player.mean_absolute, 3),
        }))}
      />
      <Beeswarm title={`How it matters for ${title}`} target={target} file={`shap_beeswarm_${key}`} />
    </div>
  );
}

function GlobalShap(props: { model: Model }): ReactNode {
  const { dataset } = useWorkspace();
  const { model } = props;
  const summary = useLoaded<ExplanationSummary>(
    `${model.version} ${dataset?.generation}`,
    (signal) => get(`/api/models/${model.version}/explanation?rows=${kRowsOfSwarm}`, signal),
  );
  if (!summary.data) {
    return summary.error ? (
      <ProblemNote error={summary.error} />
    ) : (
      <Waiting what="Explaining the campaigns of the history" />
    );
  }
  const { Clicks, ROI } = summary.data.targets;
  return (
    <Tabs
      label="What is explained"
      tabs={[
        ...(Clicks ? [{ key: 'clicks', title: 'Clicks', body: <Influence title="clicks" target={Clicks} /> }] : []),
        ...(ROI ? [{ key: 'roi', title: 'ROI', body: <Influence title="ROI" target={ROI} /> }] : []),
      ]}
    />
  );
}

function Versions(props: {
  models: Model[];
  shown: Model;
  other: string;
  show: (version: string) => void;
  compare: (version: string) => void;
}): ReactNode {
  const { changed } = useWorkspace();
  const [error, setError] = useState<Error>();
  const activate = async (version: string): Promise<void> => {
    setError(undefined);
    try {
      await post(`/api/models/${version}/activate`);
      changed();
    } catch (problem) {
      setError(problem as Error);
    }
  };
  const signal = (model: Model, key: string): string => {
    const verdict = model.report.models[key]?.verdict?.verdict;
    return verdict === 'signal' ? 'signal' : verdict === 'no_signal' ? 'no signal' : '–';
  };
  return (
    <section className="card">
      <h2>Versions</h2>
      <Table
        caption="Versions"
        columns={['Version', 'Trained', 'Campaigns', 'Clicks', 'ROI', 'Compare', 'Serves']}
        numbers={[2]}
        rows={props.models.map((model) => [
          <button
            type="button"
            className="link"
            aria-pressed={model.version === props.shown.version}
            onClick={() => props.show(model.version)}
          >
            {shortened(model.version, 36)}
          </button>,
          <Moment at={model.created_at} />,
          countText(model.report.rows),
          signal(model, 'clicks'),
          signal(model, 'roi'),
          model.version === props.shown.version ? (
            <span className="muted">shown</span>
          ) : (
            <button
              type="button"
              className="small"
              aria-pressed={model.version === props.other}
              onClick={() => props.compare(model.version === props.other ? '' : model.version)}
            >
              beside it
            </button>
          ),
          model.active ? (
            <b>serves</b>
          ) : (
            <button type="button" className="small" onClick={() => void activate(model.version)}>
              let it serve
            </button>
          ),
        ])}
      />
      <ProblemNote error={error} />
    </section>
  );
}

function Comparison(props: { one: Model; other: Model }): ReactNode {
  const { one, other } = props;
  const rows = kModels.flatMap(({ key, title }) => {
    const a = one.report.models[key];
    const b = other.report.models[key];
    if (!a || !b) return [];
    return [
      [`${title}: verdict`, a.verdict?.verdict.replace('_', ' ') ?? '–', b.verdict?.verdict.replace('_', ' ') ?? '–'],
      ...kMetrics
        .filter((words) => a.metrics[words.key] && b.metrics[words.key])
        .map((words) => [
          `${title}: ${words.label}`,
          metricText(words, a.metrics[words.key]!.value),
          metricText(words, b.metrics[words.key]!.value),
        ]),
    ];
  });
  const about: Array<[string, (model: Model) => string]> = [
    ['Trained', (model) => momentText(model.created_at)],
    ['Generation', (model) => countText(model.report.generation)],
    ['Campaigns', (model) => countText(model.report.rows)],
    ['Inputs', (model) => model.report.features.map(columnWords).join(', ')],
    [
      'Threshold',
      (model) =>
        thresholdWords(model.report.roi_threshold?.rule ?? null, model.report.roi_threshold?.value ?? null, numberText),
    ],
  ];
  return (
    <section className="card">
      <h2>Two versions side by side</h2>
      {one.report.generation !== other.report.generation && (
        <Warnings
          warnings={[
            'They learned from different generations of the history, so their figures are of different campaigns.',
          ]}
        />
      )}
      <Table
        caption="Two versions side by side"
        columns={['', shortened(one.version, 32), shortened(other.version, 32)]}
        numbers={[]}
        rows={[...about.map(([name, of]) => [name, of(one), of(other)]), ...rows]}
      />
    </section>
  );
}

function Provenance(props: { card: ModelCard }): ReactNode {
  const { card } = props;
  return (
    <details className="card">
      <summary>Where it comes from</summary>
      <Table
        caption="Where it comes from"
        columns={['', '']}
        numbers={[]}
        rows={[
          ['Dataset', `${card.dataset}, generation ${card.data.generation}`],
          ['Campaigns', countText(card.data.campaigns)],
          ['Dates', card.data.dates ? `${dayText(card.data.dates.first)} to ${dayText(card.data.dates.last)}` : '–'],
          ['Files', <span className="wrap">{card.data.loads.map((load) => load.source).join(', ')}</span>],
          ['Inputs', card.report.features.map(columnWords).join(', ')],
          ['Seed', String(card.report.seed)],
          ['Program', card.provenance.program ?? '–'],
          ['Data', <code className="wrap">{card.data.sha256}</code>],
          ['Model file', <code className="wrap">{card.provenance.file_sha256}</code>],
        ]}
      />
    </details>
  );
}

function SaveReport(props: { dataset: string }): ReactNode {
  const [error, setError] = useState<Error>();
  const [under, setUnder] = useState(false);
  const save = async (): Promise<void> => {
    setError(undefined);
    setUnder(true);
    try {
      const path = withQuery('/api/report.html', { dataset: props.dataset });
      saveBlob(await file(path), `${props.dataset}_report.html`);
    } catch (problem) {
      setError(problem as Error);
    }
    setUnder(false);
  };
  return (
    <div className="row">
      <button type="button" disabled={under} onClick={() => void save()}>
        Save the report as one page
      </button>
      {under && <Progress what="Drawing the report" />}
      <ProblemNote error={error} />
    </div>
  );
}

function Card(props: { model: Model }): ReactNode {
  const { model } = props;
  const { epoch } = useWorkspace();
  const card = useLoaded<ModelCard>(`${epoch} ${model.version}`, (signal) =>
    get(`/api/models/${model.version}`, signal),
  );
  const { report } = model;
  const parts = kModels.filter(({ key }) => report.models[key]);
  const threshold = report.roi_threshold;
  return (
    <>
      <section className="card">
        <h2>
          What it can say <small className="muted wrap">{model.version}</small>
        </h2>
        {parts
          .filter(({ key }) => key === 'clicks' || key === 'roi' || key === 'reach')
          .map(({ key }) => (
            <VerdictNote key={key} name={key} report={report.models[key]} />
          ))}
        {!report.models.roi && (
          <p className="verdict none">
            <b>No ROI</b> This history has neither ROI nor revenue, so nothing is said about ROI.
          </p>
        )}
        {report.models.roi && threshold && (
          <p className="muted small-print">
            ROI is judged as a yes or no: {thresholdWords(threshold.rule, threshold.value, numberText)}.
          </p>
        )}
        <Warnings warnings={report.warnings} />
      </section>
      <section className="card">
        <h2>How good it is</h2>
        <Tabs
          label="Models"
          tabs={parts.map(({ key, title, asks }) => ({
            key,
            title,
            body: <ModelPart name={key} title={title} asks={asks} report={report.models[key]!} />,
          }))}
        />
      </section>
      <section className="card">
        <h2>What matters</h2>
        <GlobalShap key={model.version} model={model} />
      </section>
      <ProblemNote error={card.error} />
      {card.data && <Provenance card={card.data} />}
      {model.active && <SaveReport dataset={model.dataset} />}
    </>
  );
}

export function ModelPage(): ReactNode {
  const { dataset, models, active, route } = useWorkspace();
  if (!dataset) return <NoData title="Model" what="A model learns from a history." />;
  if (!models) return <Waiting what={`Reading the models of ${dataset.name}`} />;
  const find = (version: string | null): Model | undefined =>
    models.find((model) => model.version === version);
  const shown = find(route.params.get('version')) ?? active ?? models[0];
  const other = find(route.params.get('beside'));
  const set = (name: string, value: string): void => {
    const params = new URLSearchParams(route.params);
    if (value) params.set(name, value);
    else params.delete(name);
    if (name === 'version' && params.get('beside') === value) params.delete('beside');
    params.set('dataset', dataset.name);
    replace('model', params);
  };
  return (
    <>
      <h1>Model</h1>
      {!shown && (
        <Empty title="Nothing is learned yet">
          <p>Train a model of {dataset.name}: it takes seconds, and this page then shows what it can say.</p>
        </Empty>
      )}
      {shown && !shown.active && (
        <p className="muted">This version does not serve: predictions come from {active?.version ?? 'no model'}.</p>
      )}
      {shown && <Card key={shown.version} model={shown} />}
      {shown && (
        <Versions
          models={models}
          shown={shown}
          other={other?.version ?? ''}
          show={(version) => set('version', version)}
          compare={(version) => set('beside', version)}
        />
      )}
      {shown && other && other.version !== shown.version && <Comparison one={shown} other={other} />}
      <Train key={dataset.name} />
    </>
  );
}
