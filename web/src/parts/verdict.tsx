// The honest words first: whether there is anything to learn, before any number.
import type { ReactNode } from 'react';

import type { ModelReport } from '../api/schema.ts';
import { noSignalWords, targetTitle, targetWords } from '../words.ts';

export function VerdictNote(props: { name: string; report: ModelReport | undefined }): ReactNode {
  const verdict = props.report?.verdict;
  const what = targetWords(props.name);
  if (!verdict) {
    return (
      <p className="verdict none">
        <b>{targetTitle(props.name)}: not judged</b> There were too few campaigns to hold any back, so nothing says how good
        this is for {what}.
      </p>
    );
  }
  if (verdict.verdict === 'no_signal') {
    return (
      <p className="verdict none">
        <b>{targetTitle(props.name)}: no signal</b> {noSignalWords(what, verdict.serves)}
      </p>
    );
  }
  return (
    <p className="verdict signal">
      <b>{targetTitle(props.name)}: signal</b> {sentence(verdict.words)}
    </p>
  );
}

function sentence(words: string): string {
  const first = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return first.endsWith('.') ? first : `${first}.`;
}
