// Where one is: "#/plan?dataset=example&Channel_Used=Email". All behind the hash, so a link can be
// handed on and what it holds is never sent to a server's log.
import { useSyncExternalStore } from 'react';

export const kPages = ['data', 'model', 'plan', 'budget', 'history'] as const;
export type PageName = (typeof kPages)[number];

export interface Route {
  page: PageName;
  params: URLSearchParams;
}

export function parseHash(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  const mark = text.indexOf('?');
  const name = mark < 0 ? text : text.slice(0, mark);
  const page = kPages.find((known) => known === name) ?? 'data';
  return { page, params: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)) };
}

export function hashOf(page: PageName, params: URLSearchParams): string {
  const query = params.toString();
  return `#/${page}${query ? `?${query}` : ''}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parseHash(hash);
}

export function go(page: PageName, params: URLSearchParams): void {
  window.location.hash = hashOf(page, params);
}

/** The same without a step in the browser's history: for what changes while one moves a control. */
export function replace(page: PageName, params: URLSearchParams): void {
  window.history.replaceState(null, '', hashOf(page, params));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
