import type { ReactNode } from 'react';

import { Empty } from '../parts/notes.tsx';

export function NoData(props: { title: string; what: string }): ReactNode {
  return (
    <>
      <h1>{props.title}</h1>
      <Empty title="There is no history yet">
        <p>
          {props.what} <a href="#/data">Bring one, or load the example history.</a>
        </p>
      </Empty>
    </>
  );
}

export function NoModel(props: { title: string; dataset: string; what: string }): ReactNode {
  return (
    <>
      <h1>{props.title}</h1>
      <Empty title="Nothing is learned yet">
        <p>
          {props.what}{' '}
          <a href={`#/model?dataset=${encodeURIComponent(props.dataset)}`}>
            Train a model of {props.dataset} first.
          </a>
        </p>
      </Empty>
    </>
  );
}
