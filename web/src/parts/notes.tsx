// What a page says to its reader: problems, warnings, waiting, nothing here yet.
import type { ReactNode } from 'react';

import { ApiProblem, ServerGone } from '../api/client.ts';

/** An answer that says no, with the way out. The field's own message stands beside the field. */
export function ProblemNote(props: { error: Error | undefined }): ReactNode {
  const { error } = props;
  if (!error || error instanceof ServerGone) return null; // the banner says that
  if (error instanceof ApiProblem && error.status === 401) return null;
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  return (
    <div className="note-box bad" role="alert">
      <strong>{error.message}</strong>
      {problem?.errors?.map((one, i) => (
        <p key={i}>
          {one.field && <b>{one.field}</b>} {one.value && <q className="wrap">{one.value.slice(0, 200)}</q>}
        </p>
      ))}
      {problem?.hint && <p className="hint wrap">{problem.hint}</p>}
    </div>
  );
}

export function Warnings(props: { warnings: string[]; title?: string }): ReactNode {
  if (props.warnings.length === 0) return null;
  return (
    <div className="note-box warn">
      <strong>{props.title ?? 'Mind'}</strong>
      <ul>
        {props.warnings.map((warning, i) => (
          <li key={i} className="wrap">
            {warning}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Never without saying what is waited for. */
export function Waiting(props: { what: string }): ReactNode {
  return (
    <p className="waiting" role="status">
      <span className="pulse" aria-hidden="true" />
      {props.what}
    </p>
  );
}

export function Progress(props: { what: string; share?: number | undefined }): ReactNode {
  return (
    <div className="progress" role="status">
      <span>{props.what}</span>
      <progress aria-label={props.what} max={1} value={props.share} />
    </div>
  );
}

export function Empty(props: { title: string; children: ReactNode }): ReactNode {
  return (
    <section className="empty card">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}
