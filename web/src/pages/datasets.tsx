// The datasets that there are, and what became of one: generations, channels, undo, deletion.
import { useState, type ReactNode } from 'react';

import { get, post, remove } from '../api/client.ts';
import type { Dataset, Generations } from '../api/schema.ts';
import { useLoaded } from '../api/use.ts';
import { countText, shortened } from '../format.ts';
import { ProblemNote, Waiting } from '../parts/notes.tsx';
import { Moment } from '../parts/moment.tsx';
import { Table } from '../parts/table.tsx';
import { columnWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';
import { Downloads } from '../parts/downloads.tsx';

export function DatasetList(): ReactNode {
  const { datasets, dataset, choose } = useWorkspace();
  if (!datasets || datasets.length === 0) return null;
  return (
    <section className="card">
      <h2>Datasets</h2>
      <Table
        caption="Datasets"
        columns={['Name', 'Campaigns', 'Files', 'Grain', 'Currency', 'Generation', 'Since']}
        numbers={[1, 2, 5]}
        rows={datasets.map((one) => [
          <button
            type="button"
            className="link"
            aria-pressed={one.name === dataset?.name}
            onClick={() => choose(one.name)}
          >
            {shortened(one.name, 40)}
          </button>,
          countText(one.rows),
          countText(one.loads.length),
          one.grain,
          one.currency ?? 'unknown',
          one.generation,
          <Moment at={one.created_at} />,
        ])}
      />
      {dataset && <Details key={dataset.name} dataset={dataset} />}
    </section>
  );
}

function Channels(props: { details: Generations }): ReactNode {
  const rows = props.details.channels;
  if (rows.length === 0) return null;
  const sums = Object.keys(rows[0]!).filter((key) => key !== 'Channel_Used' && key !== 'rows');
  return (
    <>
      <h3>By channel</h3>
      <Table
        caption="By channel"
        columns={['Channel', 'Campaigns', ...sums.map(columnWords)]}
        rows={rows.map((row) => [
          <span className="wrap">{shortened(row.Channel_Used, 60)}</span>,
          countText(row.rows),
          ...sums.map((sum) => countText(row[sum] as number | null)),
        ])}
      />
    </>
  );
}

function Details(props: { dataset: Dataset }): ReactNode {
  const { epoch, changed } = useWorkspace();
  const { name } = props.dataset;
  const [error, setError] = useState<Error>();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState('');
  const details = useLoaded<Generations>(`${epoch} ${name}`, (signal) =>
    get(`/api/datasets/${name}`, signal),
  );
  const act = async (words: string, action: () => Promise<unknown>): Promise<void> => {
    setError(undefined);
    try {
      await action();
      setSaid(words);
      changed();
    } catch (problem) {
      setError(problem as Error);
    }
  };
  if (!details.data) return <Waiting what={`Reading what ${name} holds`} />;
  const generations = [...details.data.generations].reverse();
  const before = generations.find((one) => one.generation < props.dataset.generation);
  return (
    <div className="details">
      <h3 className="wrap">{name}: generations</h3>
      <Table
        caption={`Generations of ${name}`}
        columns={['Generation', 'Campaigns', 'Files', 'Since']}
        numbers={[1]}
        rows={generations.map((one) => [
          `${one.generation}${one.current ? ' (current)' : ''}`,
          countText(one.rows),
          <span className="wrap">{one.loads.map((load) => load.source).join(', ')}</span>,
          <Moment at={one.created_at} />,
        ])}
      />
      <div className="row">
        <button
          type="button"
          disabled={!before}
          onClick={() =>
            void act('The generation before is current again.', () =>
              post(`/api/datasets/${name}/restore`),
            )
          }
        >
          {before ? `Undo: back to generation ${before.generation}` : 'Nothing to undo'}
        </button>
        {asking ? (
          <span className="row confirm" role="group" aria-label={`Delete ${name}?`}>
            Delete {name} with its models and logs?
            <button
              type="button"
              className="danger"
              autoFocus
              onClick={() =>
                void act(`${name} is deleted.`, () => remove(`/api/datasets/${name}`)).then(() =>
                  setAsking(false),
                )
              }
            >
              Delete
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Keep it
            </button>
          </span>
        ) : (
          <button type="button" onClick={() => setAsking(true)}>
            Delete…
          </button>
        )}
        <Downloads what="campaigns" dataset={name} />
      </div>
      <p role="status" className="muted">
        {said}
      </p>
      <ProblemNote error={error ?? details.error} />
      <Channels details={details.data} />
    </div>
  );
}
