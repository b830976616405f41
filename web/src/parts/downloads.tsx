import { useState, type ReactNode } from 'react';

import { file, withQuery } from '../api/client.ts';
import { saveBlob } from '../charts/save.ts';
import { ProblemNote } from './notes.tsx';

const kFormats = ['csv', 'json', 'parquet'] as const;

/** Whole files. Fetched here, since a plain link could not carry the token. */
export function Downloads(props: { what: string; dataset?: string }): ReactNode {
  const [error, setError] = useState<Error>();
  const [under, setUnder] = useState('');
  const save = async (format: string): Promise<void> => {
    setError(undefined);
    setUnder(format);
    try {
      const name = `${props.what}.${format}`;
      saveBlob(await file(withQuery(`/api/export/${name}`, { dataset: props.dataset })), name);
    } catch (problem) {
      setError(problem as Error);
    }
    setUnder('');
  };
  return (
    <span className="row downloads">
      <span className="muted">Save {props.what} as</span>
      {kFormats.map((format) => (
        <button
          key={format}
          type="button"
          className="small"
          disabled={under !== ''}
          aria-label={`Save ${props.what} as ${format.toUpperCase()}`}
          onClick={() => void save(format)}
        >
          {format === 'parquet' ? 'Parquet' : format.toUpperCase()}
        </button>
      ))}
      <ProblemNote error={error} />
    </span>
  );
}
