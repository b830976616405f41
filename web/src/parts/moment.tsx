import type { ReactNode } from 'react';

import { momentText } from '../format.ts';

/** A moment on one line, as cells of tables want it. */
export function Moment(props: { at: string }): ReactNode {
  return (
    <time className="one-line" dateTime={props.at}>
      {momentText(props.at)}
    </time>
  );
}
