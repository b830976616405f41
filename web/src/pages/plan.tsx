import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { ApiProblem, get, post, withQuery } from '../api/client.ts';
import type { Options, Prediction } from '../api/schema.ts';
import { useLoaded } from '../api/use.ts';
import { countText, moneyText, numberText } from '../format.ts';
import { Choice, NumberField, TextField } from '../parts/fields.tsx';
import { ProblemNote, Waiting } from '../parts/notes.tsx';
import { replace } from '../route.ts';
import { columnWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';
import { NoData, NoModel } from './no_data.tsx';
import {
  planBody,
  planSteps,
  plansOf,
  withPlans,
  type PlanField,
  type PlanStep,
  type PlanValues,
} from './plan_fields.ts';
import { Brief, PlanResult, type NamedPrediction } from './plan_result.tsx';

interface FieldsProps {
  fields: PlanField[];
  values: PlanValues;
  change: (column: string, value: string) => void;
  problem: ApiProblem | undefined;
  prefix: string; // of the fields that a problem names: "[1]."
}

const kAverage = 'any';

function Fields(props: FieldsProps): ReactNode {
  return props.fields.map((field) => {
    const common = {
      label: columnWords(field.column),
      value: props.values[field.column] ?? '',
      problem: props.problem?.ofField(props.prefix + field.column),
      onChange: (value: string) => props.change(field.column, value),
    };
    if (field.kind === 'category') {
      return <Choice key={field.column} {...common} options={field.options} none={kAverage} />;
    }
    if (field.kind === 'date') {
      return <TextField key={field.column} {...common} type="date" />;
    }
    const ends =
      field.column === 'Acquisition_Cost'
        ? `${moneyText(field.min, field.unit || null)} to ${moneyText(field.max, field.unit || null)}`
        : `${countText(field.min)} to ${countText(field.max)}`;
    return (
      <NumberField
        key={field.column}
        {...common}
        min={field.min}
        max={field.max}
        log={field.log}
        unit={field.unit}
        none={field.column === 'Impressions' ? 'estimated' : 'average'}
        hint={`${ends} in the history`}
      />
    );
  });
}

function Stepper(props: {
  steps: PlanStep[];
  at: number;
  values: PlanValues;
  change: FieldsProps['change'];
  problem: ApiProblem | undefined;
  go: (step: number | null) => void;
}): ReactNode {
  const { steps, at, values } = props;
  const step = steps[at]!;
  const legend = useRef<HTMLHeadingElement>(null);
  const last = useRef(at);
  useEffect(() => {
    if (last.current !== at) legend.current?.focus();
    last.current = at;
  }, [at]);
  const filled = (one: PlanStep): string =>
    one.fields
      .map((field) => values[field.column])
      .filter(Boolean)
      .join(', ');
  return (
    <section className="card stepper">
      <ol className="steps" aria-label="Steps">
        {steps.map((one, i) => (
          <li key={one.key}>
            <button type="button" aria-current={i === at ? 'step' : undefined} onClick={() => props.go(i)}>
              <span className="step-number">{i + 1}</span>
              <span>
                {one.title}
                {filled(one) && <small dir="auto">{filled(one)}</small>}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.go(at + 1 < steps.length ? at + 1 : null);
        }}
      >
        <h2 ref={legend} tabIndex={-1}>
          {step.title} <small className="muted">step {at + 1} of {steps.length}</small>
        </h2>
        <Fields fields={step.fields} values={values} change={props.change} problem={props.problem} prefix="" />
        <div className="row">
          {at > 0 && (
            <button type="button" onClick={() => props.go(at - 1)}>
              Back
            </button>
          )}
          <button type="submit" className="main">
            {at + 1 < steps.length ? `Next: ${steps[at + 1]!.title}` : 'See the result'}
          </button>
          {at + 1 < steps.length && (
            <button type="button" onClick={() => props.go(null)}>
              Leave the rest open
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

interface Answer {
  predictions: Prediction[];
  took: number;
}

function useAnswer(dataset: string, bodies: Array<Record<string, string | number>> | null): {
  answer: Answer | undefined;
  error: Error | undefined;
} {
  const { epoch, active } = useWorkspace();
  const loaded = useLoaded<Answer>(
    bodies ? `${epoch} ${dataset} ${active?.version} ${JSON.stringify(bodies)}` : null,
    async (signal) => {
      const begun = performance.now();
      const predictions = await post<Prediction[]>(
        withQuery('/predict', { dataset, log: 'false' }),
        bodies,
        signal,
      );
      return { predictions, took: performance.now() - begun };
    },
  );
  // While a field is wrong, the last good answer stays beside the problem.
  const last = useRef<Answer>(undefined);
  if (loaded.data) last.current = loaded.data;
  return { answer: last.current, error: loaded.error };
}

function Actions(props: { dataset: string; body: Record<string, string | number>; link: () => string }): ReactNode {
  const [said, setSaid] = useState('');
  const [error, setError] = useState<Error>();
  useEffect(() => setSaid(''), [props.body]);
  const keep = async (): Promise<void> => {
    setError(undefined);
    try {
      await post(withQuery('/predict', { dataset: props.dataset }), props.body);
      setSaid('Kept: it is in the history.');
    } catch (problem) {
      setError(problem as Error);
    }
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.link());
      setSaid('The link is copied. It holds the plan, not the answer, and no token.');
    } catch {
      setSaid(`The link is in the address bar: ${props.link()}`);
    }
  };
  return (
    <div className="row actions">
      <button type="button" onClick={() => void copy()}>
        Copy the link
      </button>
      <button type="button" onClick={() => void keep()}>
        Keep in the history
      </button>
      <span role="status" className="muted wrap">
        {said}
      </span>
      <ProblemNote error={error} />
    </div>
  );
}

export function PlanPage(): ReactNode {
  const { dataset, models, active, epoch } = useWorkspace();
  const name = dataset?.name;
  const options = useLoaded<Options>(name && active ? `${epoch} ${name}` : null, (signal) =>
    get(withQuery('/api/dataset/options', { dataset: name }), signal),
  );
  if (!dataset) return <NoData title="Plan" what="A plan is judged by a history." />;
  if (!models) return <Waiting what={`Reading the models of ${dataset.name}`} />;
  if (!active) {
    return <NoModel title="Plan" dataset={dataset.name} what="Predictions come from a model." />;
  }
  if (!options.data) {
    return options.error ? (
      <ProblemNote error={options.error} />
    ) : (
      <Waiting what="Reading what a plan can hold" />
    );
  }
  return <Planner key={dataset.name} options={options.data} />;
}

function Planner(props: { options: Options }): ReactNode {
  const { dataset, active, route } = useWorkspace();
  const steps = useMemo(
    () => planSteps(props.options, active!.report.features),
    [props.options, active],
  );
  const fields = useMemo(() => steps.flatMap((step) => step.fields), [steps]);
  const { a, b } = plansOf(route.params);
  const fresh = Object.keys(a).length === 0 && !route.params.has('all');
  const asked = route.params.get('step');
  const step = asked !== null ? Math.min(steps.length - 1, Math.max(0, Number(asked) || 0)) : fresh ? 0 : null;
  const [editing, setEditing] = useState<'a' | 'b'>('a');
  const onB = editing === 'b' && b !== null;
  const bodyA = planBody(a, fields);
  const bodies = b ? [bodyA, planBody(b, fields)] : [bodyA];
  const { answer, error } = useAnswer(dataset!.name, step === null ? bodies : null);
  const problem = error instanceof ApiProblem ? error : undefined;

  const put = (nextA: PlanValues, nextB: PlanValues | null): void => {
    const params = withPlans(route.params, nextA, nextB);
    params.set('dataset', dataset!.name);
    if (step === null) params.set('all', '1');
    else params.set('step', String(step));
    replace('plan', params);
  };
  const change = (column: string, value: string): void => {
    if (onB) put(a, { ...b, [column]: value });
    else put({ ...a, [column]: value }, b);
  };
  const goStep = (next: number | null): void => {
    const params = new URLSearchParams(route.params);
    params.set('dataset', dataset!.name);
    if (next === null) {
      params.delete('step');
      params.set('all', '1');
    } else {
      params.set('step', String(next));
    }
    replace('plan', params);
  };
  const startOver = (): void => replace('plan', new URLSearchParams({ dataset: dataset!.name }));

  if (step !== null) {
    return (
      <>
        <h1>Plan a campaign</h1>
        <Stepper steps={steps} at={step} values={a} change={change} problem={problem} go={goStep} />
      </>
    );
  }
  const text = (values: PlanValues) => (player: string): string | undefined => {
    const value = values[player];
    if (!value) return undefined;
    return player === 'Acquisition_Cost' ? moneyText(Number(value), props.options.currency) : numberOr(value);
  };
  const matches = answer && answer.predictions.length === bodies.length;
  const plans: NamedPrediction[] = matches
    ? answer.predictions.map((prediction, i) => ({
        name: b ? (i === 0 ? 'Plan A' : 'Plan B') : 'This plan',
        prediction,
        given: text(i === 0 ? a : b!),
      }))
    : [];
  return (
    <>
      <div className="row spread">
        <h1>Plan a campaign</h1>
        <div className="row">
          <button type="button" onClick={() => goStep(0)}>
            Step by step
          </button>
          {b ? (
            <button
              type="button"
              onClick={() => {
                setEditing('a');
                put(a, null);
              }}
            >
              Only plan A
            </button>
          ) : (
            <button
              type="button"
              onClick={() => {
                setEditing('b');
                put(a, { ...a });
              }}
            >
              Compare with a second plan
            </button>
          )}
          <button type="button" onClick={startOver}>
            Start over
          </button>
        </div>
      </div>
      <div className="planner">
        <form className="card controls" aria-label="The plan" onSubmit={(event) => event.preventDefault()}>
          <h2>What if…</h2>
          {b && (
            <div className="row" role="group" aria-label="Which plan the controls change">
              {(['a', 'b'] as const).map((one) => (
                <button key={one} type="button" aria-pressed={(onB ? 'b' : 'a') === one} onClick={() => setEditing(one)}>
                  Plan {one.toUpperCase()}
                </button>
              ))}
            </div>
          )}
          <Fields
            key={onB ? 'b' : 'a'}
            fields={fields}
            values={onB ? b : a}
            change={change}
            problem={problem}
            prefix={`[${onB ? 1 : 0}].`}
          />
          {plans.length > 0 && <Brief plans={plans} />}
        </form>
        <div id="results" className="results" aria-live="off" data-took={answer?.took.toFixed(1)}>
          <ProblemNote error={error} />
          {plans.length > 0 ? (
            <>
              <p className="unseen" role="status">
                {plans
                  .map(({ name, prediction }) => `${name}: ${countText(prediction.Estimated_Clicks)} clicks`)
                  .join('; ')}
              </p>
              <PlanResult plans={plans} model={active} />
              <Actions
                dataset={dataset!.name}
                body={onB ? bodies[1]! : bodyA}
                link={() => window.location.href}
              />
              <p className="muted small-print">
                By {active!.version}, answered in {numberText(answer!.took, 2)} ms. What you try
                here is not logged until you keep it.
              </p>
            </>
          ) : (
            !error && <Waiting what="Predicting" />
          )}
        </div>
      </div>
    </>
  );
}

function numberOr(value: string): string {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? countText(number) : value;
}
