// What a plan comes to: verdict first, then intervals, the reasons, what to mind.
import { scaleLinear } from 'd3-scale';
import type { ReactNode } from 'react';

import type { Interval, Model, Prediction } from '../api/schema.ts';
import { Waterfall } from '../charts/waterfall.tsx';
import { countText, numberText, percentEnds, percentText, shareWords, signedText } from '../format.ts';
import { Warnings } from '../parts/notes.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { VerdictNote } from '../parts/verdict.tsx';
import { thresholdWords } from '../words.ts';

export interface NamedPrediction {
  name: string; // "This plan", "Plan A", "Plan B"
  prediction: Prediction;
  given: (player: string) => string | undefined;
}

interface Figure {
  title: string;
  of: (prediction: Prediction) => { value: number | null; interval: Interval | null };
  text: (value: number) => string;
  words: (interval: Interval) => string;
  none: string;
  signed: (value: number) => string;
}

/** The interval as a bar on the axis that all plans share; the words beside it say the same. */
function Band(props: { value: number; interval: Interval; span: [number, number] }): ReactNode {
  const x = scaleLinear(props.span, [0, 100]).clamp(true);
  const { lower, upper } = props.interval;
  return (
    <svg className="band-line" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect className="rail" x="0" y="5" width="100" height="2" />
      <rect className="range" x={x(lower)} y="2.5" width={Math.max(0.6, x(upper) - x(lower))} height="7" />
      <rect className="mark" x={x(props.value) - 0.4} y="0" width="0.8" height="12" />
    </svg>
  );
}

function spanOf(figure: Figure, plans: NamedPrediction[]): [number, number] {
  const ends = plans.flatMap(({ prediction }) => {
    const { value, interval } = figure.of(prediction);
    return [value ?? 0, interval?.lower ?? value ?? 0, interval?.upper ?? value ?? 0];
  });
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return [Math.max(0, low - room), high + room];
}

function FigureCard(props: { figure: Figure; plans: NamedPrediction[] }): ReactNode {
  const { figure, plans } = props;
  const span = spanOf(figure, plans);
  const values = plans.map(({ prediction }) => figure.of(prediction).value);
  const difference =
    values.length === 2 && values[0] != null && values[1] != null ? values[1] - values[0] : null;
  return (
    <section className="card figure-card">
      <h3>{figure.title}</h3>
      {plans.map(({ name, prediction }) => {
        const { value, interval } = figure.of(prediction);
        return (
          <div key={name} className="figure-of">
            {plans.length > 1 && <span className="muted">{name}</span>}
            <p className="big">{value === null ? '–' : figure.text(value)}</p>
            {value !== null && interval && (
              <>
                <Band value={value} interval={interval} span={span} />
                <p className="small-print">{figure.words(interval)}</p>
              </>
            )}
            {value !== null && !interval && <p className="small-print muted">{figure.none}</p>}
          </div>
        );
      })}
      {difference !== null && (
        <p className="difference">Plan B: {figure.signed(difference)} against plan A</p>
      )}
    </section>
  );
}

function figuresOf(prediction: Prediction, model: Model | undefined): Figure[] {
  const noted = Object.values(model?.report.models ?? {})
    .flatMap((report) => Object.values(report.intervals))
    .find((interval) => interval.method === 'none');
  const none = noted?.note ? `No interval: ${noted.note}.` : 'No interval: too few campaigns.';
  const share = (interval: Interval): string => shareWords(interval.level);
  const figures: Figure[] = [
    {
      title: 'Clicks',
      of: (one) => ({ value: one.Estimated_Clicks, interval: one.Clicks_Interval }),
      text: countText,
      words: (interval) =>
        `${share(interval)} similar campaigns ended between ${countText(interval.lower)} and ${countText(interval.upper)} clicks`,
      none,
      signed: (value) => signedText(value, countText),
    },
    {
      title: 'Click-through rate',
      of: (one) => ({ value: one.CTR, interval: one.CTR_Interval }),
      text: (value) => percentText(value),
      words: (interval) =>
        `${share(interval)} between ${percentEnds(interval.lower, interval.upper).join(' and ')}`,
      none,
      signed: (value) => `${signedText(value * 100, (v) => numberText(v, 2))} points`,
    },
  ];
  if (prediction.ROI_Probability !== null) {
    figures.push({
      title: `Chance of ${thresholdWords(prediction.ROI_Threshold_Rule, prediction.ROI_Threshold, numberText)}`,
      of: (one) => ({ value: one.ROI_Probability, interval: one.ROI_Probability_Interval }),
      text: (value) => percentText(value, 0),
      words: (interval) =>
        `the chance itself is known to ${percentText(interval.lower, 0)}–${percentText(interval.upper, 0)} (${percentText(interval.level)} interval)`,
      none: 'No interval for the chance.',
      signed: (value) => `${signedText(value * 100, (v) => numberText(v, 2))} points`,
    });
  }
  return figures;
}

function Verdicts(props: { prediction: Prediction; model: Model | undefined }): ReactNode {
  const used = Object.keys(props.prediction.Verdict);
  const reports = props.model?.report.models ?? {};
  const withReach = used.includes('reach');
  return (
    <div className="verdicts">
      {used
        .filter((name) => name !== 'reach')
        .map((name) => (
          <VerdictNote
            key={name}
            name={name}
            report={
              name === 'clicks' && withReach
                ? (reports.clicks_without_impressions ?? reports.clicks)
                : reports[name]
            }
          />
        ))}
      {props.prediction.Verdict.reach === 'no_signal' && (
        <VerdictNote name="reach" report={reports.reach} />
      )}
    </div>
  );
}

function Reasons(props: { plans: NamedPrediction[] }): ReactNode {
  const of = (key: 'Clicks' | 'ROI', title: string): ReactNode => (
    <div className="charts">
      {props.plans.map(({ name, prediction, given }) => {
        const explanation = prediction.SHAP_Explanation?.[key];
        return explanation ? (
          <Waterfall
            key={name}
            title={props.plans.length > 1 ? `${name}: ${title}` : title}
            explanation={explanation}
            given={given}
            name={name}
            file={`waterfall_${key.toLowerCase()}`}
          />
        ) : null;
      })}
    </div>
  );
  const first = props.plans[0]!.prediction.SHAP_Explanation;
  return (
    <section className="card">
      <h2>Why</h2>
      <Tabs
        label="What is explained"
        tabs={[
          ...(first?.Clicks ? [{ key: 'clicks', title: 'Clicks', body: of('Clicks', 'Why so many clicks') }] : []),
          ...(first?.ROI ? [{ key: 'roi', title: 'ROI', body: of('ROI', 'Why this chance') }] : []),
        ]}
      />
    </section>
  );
}

/** Said once where both plans have it. */
function AllWarnings(props: { plans: NamedPrediction[] }): ReactNode {
  const lists = props.plans.map(({ prediction }) => prediction.Warnings);
  if (lists.length < 2) return <Warnings warnings={lists[0] ?? []} />;
  const both = lists[0]!.filter((warning) => lists[1]!.includes(warning));
  return (
    <>
      <Warnings title="Mind, both plans" warnings={both} />
      {props.plans.map(({ name, prediction }) => (
        <Warnings
          key={name}
          title={`Mind, ${name}`}
          warnings={prediction.Warnings.filter((warning) => !both.includes(warning))}
        />
      ))}
    </>
  );
}

/** On a narrow screen, where the answer is far below the controls. */
export function Brief(props: { plans: NamedPrediction[] }): ReactNode {
  return (
    <button
      type="button"
      className="brief"
      onClick={() => document.getElementById('results')?.scrollIntoView()}
    >
      {props.plans.map(({ name, prediction }) => (
        <span key={name}>
          {props.plans.length > 1 && `${name}: `}
          <b>{countText(prediction.Estimated_Clicks)}</b> clicks
          {prediction.ROI_Probability !== null && <>, ROI {percentText(prediction.ROI_Probability, 0)}</>}
        </span>
      ))}
      <span className="muted">see it</span>
    </button>
  );
}

export function PlanResult(props: { plans: NamedPrediction[]; model: Model | undefined }): ReactNode {
  const { plans, model } = props;
  const first = plans[0]!.prediction;
  return (
    <>
      <Verdicts prediction={first} model={model} />
      <div className="figures-row">
        {figuresOf(first, model).map((figure) => (
          <FigureCard key={figure.title} figure={figure} plans={plans} />
        ))}
      </div>
      <AllWarnings plans={plans} />
      <Reasons plans={plans} />
    </>
  );
}
