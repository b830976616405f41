import { useEffect, useRef, useState, type ReactNode } from 'react';

import { ProblemNote, Progress, Waiting } from '../parts/notes.tsx';
import { go } from '../route.ts';
import { useWorkspace } from '../workspace.tsx';
import { DatasetList } from './datasets.tsx';
import { loadExample } from './example.ts';
import { Import } from './import.tsx';

const kEndings = '.csv,.tsv,.txt,.gz,.parquet,.json,.jsonl,.ndjson,text/csv';

function DropZone(props: { onFile: (file: File) => void }): ReactNode {
  const [over, setOver] = useState(false);
  return (
    <label
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) props.onFile(file);
      }}
    >
      <input
        className="unseen"
        type="file"
        accept={kEndings}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) props.onFile(file);
          event.target.value = '';
        }}
      />
      <strong>
        Drop a file of campaigns here <span className="button">or pick one</span>
      </strong>
      <span className="muted">
        CSV, Parquet or JSON lines, as Google Ads, Meta, LinkedIn, TikTok, Microsoft or your own
        sheet gives them. It is looked at first; nothing is stored until you say so.
      </span>
    </label>
  );
}

function ExampleButton(): ReactNode {
  const { changed, choose } = useWorkspace();
  const [what, setWhat] = useState('');
  const [error, setError] = useState<Error>();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setError(undefined);
    try {
      const dataset = await loadExample(setWhat, control.signal);
      choose(dataset);
      changed();
      go('plan', new URLSearchParams({ dataset }));
    } catch (problem) {
      if (!control.signal.aborted) setError(problem as Error);
    }
    setWhat('');
  };
  return (
    <>
      <button type="button" className="main" disabled={what !== ''} onClick={() => void start()}>
        Load the example history
      </button>
      {what && <Progress what={what} />}
      <ProblemNote error={error} />
    </>
  );
}

export function DataPage(): ReactNode {
  const { datasets } = useWorkspace();
  const [file, setFile] = useState<File | null>(null);
  if (!datasets) return <Waiting what="Reading the list of datasets" />;
  const empty = datasets.length === 0;
  return (
    <>
      <h1>{empty ? 'From a history of campaigns to the next plan' : 'Data'}</h1>
      {empty && !file && (
        <p className="lead">
          There is no history here yet. Bring yours: what is wrong with a row is shown, nothing
          vanishes. Or look around with a made-up one first.
        </p>
      )}
      {file ? (
        <Import
          key={`${file.name} ${file.size} ${file.lastModified}`}
          file={file}
          onClose={() => setFile(null)}
        />
      ) : (
        <div className={empty ? 'start two' : 'start'}>
          <DropZone onFile={setFile} />
          {empty && (
            <section className="card">
              <h2>See a result in a minute</h2>
              <p>
                5,000 made-up campaigns are loaded and learned from; then you plan one. They lie in
                a dataset of their own and are deleted with one click.
              </p>
              <ExampleButton />
            </section>
          )}
        </div>
      )}
      <DatasetList />
      {!empty && !file && !datasets.some((one) => one.name === 'example') && (
        <p className="row">
          <ExampleButton />
        </p>
      )}
    </>
  );
}
