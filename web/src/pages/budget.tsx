import { useEffect, useMemo, useState, type ReactNode } from 'react';

import { ApiProblem, get, withQuery } from '../api/client.ts';
import type { Interval, Options, Recommendation } from '../api/schema.ts';
import { useLoaded } from '../api/use.ts';
import { Curve, type CurvePoint } from '../charts/curve.tsx';
import { Ranges } from '../charts/ranges.tsx';
import { Waterfall } from '../charts/waterfall.tsx';
import { countText, moneyText, numberText, percentEnds, percentText, shortText, signedText } from '../format.ts';
import { Choice, NumberField, SelectField } from '../parts/fields.tsx';
import { ProblemNote, Waiting, Warnings } from '../parts/notes.tsx';
import { Table } from '../parts/table.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { hashOf, replace } from '../route.ts';
import { columnWords, thresholdWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';
import { NoData, NoModel } from './no_data.tsx';

type Objective = Recommendation['Objective'];
const kObjectives: Array<[Objective, string]> = [
  ['roi', 'ROI'],
  ['clicks', 'clicks'],
  ['ctr', 'click-through rate'],
];
const kFixable = ['Channel_Used', 'Campaign_Type'];
const kBeyond = 1.5; // the slider goes so far beyond the history, which then says so
const kSettle = 120;

function valueText(objective: Objective, value: number | null): string {
  if (value === null) return '–';
  if (objective === 'clicks') return countText(value);
  return objective === 'roi' ? numberText(value, 3) : percentText(value);
}

function unitOf(objective: Objective): string {
  return kObjectives.find(([key]) => key === objective)![1];
}

/** The value as it is once it has rested for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), kSettle);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function BudgetPage(): ReactNode {
  const { dataset, models, active, epoch } = useWorkspace();
  const name = dataset?.name;
  const options = useLoaded<Options>(name && active ? `${epoch} ${name}` : null, (signal) =>
    get(withQuery('/api/dataset/options', { dataset: name }), signal),
  );
  if (!dataset) return <NoData title="Budget" what="What a budget is best spent on is read off a history." />;
  if (!models) return <Waiting what={`Reading the models of ${dataset.name}`} />;
  if (!active) {
    return <NoModel title="Budget" dataset={dataset.name} what="Recommendations need a model." />;
  }
  if (!options.data) {
    return options.error ? (
      <ProblemNote error={options.error} />
    ) : (
      <Waiting what="Reading what the history holds" />
    );
  }
  const spend = options.data.ranges.Acquisition_Cost;
  if (!spend || spend.min === null || spend.max === null) {
    return (
      <>
        <h1>Budget</h1>
        <p className="verdict none">
          <b>No spend</b> This history does not say what campaigns cost, so nothing can be said about
          a budget. Bring a file with a column for spend.
        </p>
      </>
    );
  }
  return <Advice key={dataset.name} options={options.data} min={spend.min} max={spend.max} />;
}

function Advice(props: { options: Options; min: number; max: number }): ReactNode {
  const { dataset, route, epoch, active } = useWorkspace();
  const { options } = props;
  const low = Math.max(1, props.min);
  const high = Math.max(low * 2, props.max * kBeyond);
  const usual = String(Math.round(Math.sqrt(low * props.max) / 100) * 100 || Math.round(low));
  const budget = route.params.get('budget') ?? usual;
  const objective = route.params.get('objective') ?? '';
  const fixed = useMemo(
    () => Object.fromEntries(kFixable.map((column) => [column, route.params.get(column) ?? ''])),
    [route.params],
  );
  const set = (name: string, value: string): void => {
    const params = new URLSearchParams(route.params);
    params.set('dataset', dataset!.name);
    if (value) params.set(name, value);
    else params.delete(name);
    replace('budget', params);
  };
  const path = useSettled(
    withQuery('/recommend', { budget: budget.trim() || '0', dataset: dataset!.name, objective, log: 'false', ...fixed }),
  );
  const answer = useLoaded<Recommendation>(`${epoch} ${active?.version} ${path}`, (signal) =>
    get(path, signal),
  );
  const problem = answer.error instanceof ApiProblem ? answer.error : undefined;
  const { currency } = options;
  return (
    <>
      <h1>What is a budget best spent on?</h1>
      <div className="planner">
        <form className="card controls" aria-label="The budget" onSubmit={(event) => event.preventDefault()}>
          <NumberField
            label="Budget"
            unit={currency ?? ''}
            value={budget}
            min={low}
            max={high}
            log
            none="how much?"
            problem={problem?.ofField('budget')}
            hint={`${moneyText(props.min, currency)} to ${moneyText(props.max, currency)} in the history`}
            onChange={(value) => set('budget', value)}
          />
          <SelectField
            label="What is to be large"
            value={objective}
            onChange={(value) => set('objective', value)}
            problem={problem?.ofField('objective')}
            options={[['', 'ROI where the history has one'], ...kObjectives]}
          />
          {kFixable
            .filter((column) => options.categories[column])
            .map((column) => (
              <Choice
                key={column}
                label={columnWords(column)}
                none="to be chosen"
                options={options.categories[column]!}
                value={fixed[column]!}
                problem={problem?.ofField(column)}
                onChange={(value) => set(column, value)}
              />
            ))}
        </form>
        <div className="results">
          <ProblemNote error={answer.error} />
          {answer.data ? (
            <Recommended answer={answer.data} fixed={fixed} path={path} />
          ) : (
            !answer.error && <Waiting what="Weighing the campaigns near this budget" />
          )}
        </div>
      </div>
    </>
  );
}

function Verdict(props: { answer: Recommendation }): ReactNode {
  const { answer } = props;
  const words = answer.Verdict_Words.charAt(0).toUpperCase() + answer.Verdict_Words.slice(1);
  return answer.Verdict === 'better' ? (
    <p className="verdict signal">
      <b>Better than your average</b> {words}.
    </p>
  ) : (
    <p className="verdict none">
      <b>Nothing better than your average</b> {words}. The plan below is what the history leans to;
      there is no reason in it to prefer this plan.
    </p>
  );
}

function rangeWords(interval: Interval | null, text: (value: number) => string): string {
  if (!interval) return 'no interval';
  const { lower, upper } = interval;
  const ends = text(lower) === text(upper) && text(lower).includes('%') ? percentEnds(lower, upper) : [text(lower), text(upper)];
  return ends.join(' to ');
}

function Figures(props: { answer: Recommendation }): ReactNode {
  const { answer } = props;
  const rows: Array<[string, number | null, Interval | null, number | null, (value: number) => string]> = [
    ['Clicks', answer.Expected_Clicks, answer.Expected_Clicks_Interval, answer.Baseline.Expected_Clicks, countText],
    ['Click-through rate', answer.CTR, answer.CTR_Interval, answer.Baseline.CTR, (v) => percentText(v)],
    ['ROI', answer.Estimated_ROI, answer.Estimated_ROI_Interval, answer.Baseline.Estimated_ROI, (v) => numberText(v, 3)],
    [
      `Chance of ${thresholdWords(answer.ROI_Threshold_Rule, answer.ROI_Threshold, numberText)}`,
      answer.ROI_Probability,
      answer.ROI_Probability_Interval,
      null,
      (v) => percentText(v, 0),
    ],
  ];
  return (
    <Table
      caption="What to expect"
      showCaption
      columns={['', 'This plan', 'Interval', 'Your average near this budget']}
      rows={rows
        .filter(([, value]) => value !== null)
        .map(([name, value, interval, baseline, text]) => [
          name,
          <b>{text(value!)}</b>,
          <span>
            {rangeWords(interval, text)}{' '}
            {interval && <small className="muted">({percentText(interval.level)})</small>}
          </span>,
          baseline === null ? '–' : text(baseline),
        ])}
    />
  );
}

function Uplift(props: { answer: Recommendation }): ReactNode {
  const { Uplift: uplift, Objective: objective } = props.answer;
  if (uplift.Value === null) return null;
  const text = (value: number): string =>
    objective === 'clicks'
      ? signedText(value, countText)
      : objective === 'ctr'
        ? `${signedText(value * 100, (v) => numberText(v, 2))} points`
        : signedText(value, (v) => numberText(v, 2));
  return (
    <Ranges
      title={`Uplift in ${unitOf(objective)} over your average`}
      file="uplift"
      reference={0}
      text={text}
      rows={[
        {
          label: 'This plan',
          value: uplift.Value,
          lower: uplift.Interval?.lower ?? null,
          upper: uplift.Interval?.upper ?? null,
          strong: true,
        },
      ]}
      note={
        uplift.Interval
          ? `${percentText(uplift.Interval.level)} interval. It counts as better only where the whole of it is right of zero.`
          : 'Without an interval nothing counts as better.'
      }
    />
  );
}

function pointsOf(answer: Recommendation, what: 'clicks' | 'roi'): CurvePoint[] {
  return answer.Curve.flatMap((point) => {
    const value = what === 'clicks' ? point.Expected_Clicks : point.ROI_Probability;
    const interval = what === 'clicks' ? point.Expected_Clicks_Interval : point.ROI_Probability_Interval;
    if (point.Budget === null || value === null) return [];
    return [
      {
        budget: point.Budget,
        value,
        lower: interval?.lower ?? null,
        upper: interval?.upper ?? null,
        campaigns: point.Campaigns,
      },
    ];
  });
}

function Curves(props: { answer: Recommendation }): ReactNode {
  const { answer } = props;
  const money = (value: number): string => moneyText(value, answer.Currency);
  const curve = (what: 'clicks' | 'roi'): ReactNode => (
    <Curve
      title={what === 'clicks' ? 'Clicks by budget' : 'Chance of the ROI by budget'}
      points={pointsOf(answer, what)}
      budget={answer.Budget ?? 1}
      money={money}
      axisMoney={shortText}
      text={what === 'clicks' ? countText : (value) => percentText(value, 0)}
      axisText={what === 'clicks' ? shortText : (value) => percentText(value, 0)}
      valueName={what === 'clicks' ? 'Clicks' : 'Chance'}
      file={`budget_${what}`}
    />
  );
  const tabs = (['clicks', 'roi'] as const)
    .filter((what) => pointsOf(answer, what).length > 1)
    .map((what) => ({ key: what, title: what === 'clicks' ? 'Clicks' : 'Chance of the ROI', body: curve(what) }));
  if (tabs.length === 0) return null;
  return (
    <section className="card">
      <h2>More or less money</h2>
      <Tabs label="What the curve shows" tabs={tabs} />
    </section>
  );
}

function planWords(plan: Record<string, string | number>): string {
  return ['Channel_Used', 'Campaign_Type', 'Duration']
    .filter((column) => plan[column] !== undefined)
    .map((column) => (column === 'Duration' ? `${numberText(Number(plan[column]))} days` : String(plan[column])))
    .join(', ');
}

function Alternatives(props: { answer: Recommendation }): ReactNode {
  const { answer } = props;
  if (answer.Alternatives.length === 0) return null;
  return (
    <section className="card">
      <h2>Next best</h2>
      <Ranges
        title={`Expected ${unitOf(answer.Objective)}`}
        file="alternatives"
        text={(value) => valueText(answer.Objective, value)}
        rows={[
          {
            label: planWords(answer.Plan),
            value: chosenValue(answer) ?? 0,
            lower: chosenInterval(answer)?.lower ?? null,
            upper: chosenInterval(answer)?.upper ?? null,
            strong: true,
          },
          ...answer.Alternatives.map((one) => ({
            label: `${planWords(one.Plan)} (${one.Campaigns})`,
            value: one.Value ?? 0,
            lower: one.Interval?.lower ?? null,
            upper: one.Interval?.upper ?? null,
          })),
        ]}
        note="In brackets: how many campaigns near this budget were like it. Intervals that overlap mean that the history cannot tell the plans apart."
      />
    </section>
  );
}

function chosenValue(answer: Recommendation): number | null {
  return { roi: answer.Estimated_ROI, clicks: answer.Expected_Clicks, ctr: answer.CTR }[answer.Objective];
}

function chosenInterval(answer: Recommendation): Interval | null {
  return {
    roi: answer.Estimated_ROI_Interval,
    clicks: answer.Expected_Clicks_Interval,
    ctr: answer.CTR_Interval,
  }[answer.Objective];
}

function Evidence(props: { answer: Recommendation }): ReactNode {
  const { Evidence: evidence, Currency } = props.answer;
  return (
    <p className="muted">
      The evidence: {countText(evidence.Campaigns_Near_Budget)} campaigns spent between{' '}
      {moneyText(evidence.Spend_From, Currency)} and {moneyText(evidence.Spend_To, Currency)};{' '}
      {countText(evidence.Campaigns_Like_It)} of them were like this plan,{' '}
      {countText(evidence.Campaigns_Held_Out)} of which were held back to value it. It was chosen out of{' '}
      {countText(evidence.Candidates)} plans.
    </p>
  );
}

/** Asks once more, now to be logged. */
function Keep(props: { path: string }): ReactNode {
  const [said, setSaid] = useState('');
  const [error, setError] = useState<Error>();
  useEffect(() => setSaid(''), [props.path]);
  const keep = async (): Promise<void> => {
    setError(undefined);
    try {
      await get<Recommendation>(props.path.replace('log=false', 'log=true'));
      setSaid('Kept: it is in the history.');
    } catch (problem) {
      setError(problem as Error);
    }
  };
  return (
    <>
      <button type="button" onClick={() => void keep()}>
        Keep in the history
      </button>
      <span role="status" className="muted">
        {said}
      </span>
      <ProblemNote error={error} />
    </>
  );
}

function Recommended(props: {
  answer: Recommendation;
  fixed: Record<string, string>;
  path: string;
}): ReactNode {
  const { answer } = props;
  const { dataset } = useWorkspace();
  const plan = Object.fromEntries(Object.entries(answer.Plan).map(([name, value]) => [name, String(value)]));
  const link = new URLSearchParams({ dataset: dataset!.name, all: '1', ...plan });
  const explanation = answer.SHAP_Explanation;
  const given = (player: string): string | undefined => {
    const value = answer.Plan[player];
    if (value === undefined) return undefined;
    return player === 'Acquisition_Cost' ? moneyText(Number(value), answer.Currency) : String(value);
  };
  return (
    <>
      <Verdict answer={answer} />
      <Warnings warnings={answer.Warnings} />
      <section className="card">
        <h2>{answer.Verdict === 'better' ? 'Recommended' : 'What the history leans to'}</h2>
        <dl className="figures">
          {answer.Recommended_Duration !== null && (
            <div>
              <dt>Duration</dt>
              <dd>
                {numberText(answer.Recommended_Duration)} <small>days</small>
              </dd>
            </div>
          )}
          {Object.entries(plan)
            .filter(([column]) => column !== 'Duration' && column !== 'Acquisition_Cost')
            .map(([column, value]) => (
              <div key={column}>
                <dt>
                  {columnWords(column)}
                  {props.fixed[column] ? ' (yours)' : ''}
                </dt>
                <dd dir="auto" className="wrap">{value}</dd>
              </div>
            ))}
          <div>
            <dt>Spend</dt>
            <dd>{moneyText(answer.Used_Budget, answer.Currency)}</dd>
          </div>
        </dl>
        <Figures answer={answer} />
        <Uplift answer={answer} />
        <Evidence answer={answer} />
        <div className="row">
          <a className="button" href={hashOf('plan', link)}>
            Take it as a plan
          </a>
          <Keep path={props.path} />
        </div>
      </section>
      <Curves answer={answer} />
      <Alternatives answer={answer} />
      {explanation && (
        <section className="card">
          <h2>Why</h2>
          <Tabs
            label="What is explained"
            tabs={(['Clicks', 'ROI'] as const)
              .filter((key) => explanation[key])
              .map((key) => ({
                key,
                title: key,
                body: (
                  <Waterfall
                    title={key === 'Clicks' ? 'Why so many clicks' : 'Why this chance'}
                    explanation={explanation[key]!}
                    given={given}
                    file={`recommendation_${key.toLowerCase()}`}
                  />
                ),
              }))}
          />
        </section>
      )}
    </>
  );
}
