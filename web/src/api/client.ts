// Everything that this page asks of the service goes through here.
import type { CleaningReport, Job, Problem } from './schema.ts';

/** An answer that says no: RFC 9457, with the fields that it is about. */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
  get hint(): string | undefined {
    return this.problem.hint;
  }
  /** What is wrong with a field, if the answer says so. */
  ofField(name: string): string | undefined {
    const found = this.problem.errors?.find((error) => error.field === name);
    if (!found) return undefined;
    const value = found.value ? `: “${shortened(found.value)}”` : '';
    return `${found.message ?? this.message}${value}`;
  }
}

/** No answer at all. */
export class ServerGone extends Error {
  constructor() {
    super('The server does not answer.');
  }
}

export type Connection = 'ok' | 'gone' | 'token';

const kTokenKey = 'pythia.token';
let connection: Connection = 'ok';
const listeners = new Set<() => void>();

export function connectionNow(): Connection {
  return connection;
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setConnection(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}

export function hasToken(): boolean {
  return sessionStorage.getItem(kTokenKey) !== null;
}

/** For this tab only, until it is closed. */
export function keepToken(token: string): void {
  sessionStorage.setItem(kTokenKey, token.trim());
  setConnection('ok');
}

/** The Authorization header's value, where there is a token. */
export function authorization(): string | null {
  const token = sessionStorage.getItem(kTokenKey);
  return token ? `Bearer ${token}` : null;
}

function headers(): Record<string, string> {
  const value = authorization();
  return value ? { Authorization: value } : {};
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function problemOf(status: number, text: string): ApiProblem {
  try {
    return new ApiProblem(JSON.parse(text) as Problem);
  } catch {
    return new ApiProblem({ title: `The server answered ${status}.`, status });
  }
}

function note(status: number): void {
  setConnection(status === 401 ? 'token' : 'ok');
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...headers(), ...init.headers } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    setConnection('gone');
    throw new ServerGone();
  }
  note(response.status);
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method: 'POST' };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const response = await request(path, init);
  return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
  await request(path, { method: 'DELETE' });
}

export async function file(path: string): Promise<Blob> {
  return (await request(path, {})).blob();
}

/** True once the server answers again. */
export async function isThere(): Promise<boolean> {
  try {
    const response = await fetch('/health/live', { cache: 'no-store' });
    if (response.ok) setConnection('ok');
    return response.ok;
  } catch {
    return false;
  }
}

/** `done` goes from 0 to 1 while the bytes travel. fetch() cannot tell that. */
export function upload(
  picked: File,
  query: URLSearchParams,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<CleaningReport | Job> {
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest();
    sender.open('POST', `/upload?${query.toString()}`);
    for (const [name, value] of Object.entries(headers())) sender.setRequestHeader(name, value);
    sender.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    sender.onload = () => {
      note(sender.status);
      if (sender.status < 300) resolve(JSON.parse(sender.responseText) as CleaningReport | Job);
      else reject(problemOf(sender.status, sender.responseText));
    };
    sender.onerror = () => {
      setConnection('gone');
      reject(new ServerGone());
    };
    sender.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => sender.abort());
    const form = new FormData();
    form.append('file', picked, picked.name);
    sender.send(form);
  });
}

export function isJob(answer: CleaningReport | Job): answer is Job {
  return 'state' in answer;
}

/** A job's error is its message, and after the first line the way out. */
export function problemOfJob(job: Job): ApiProblem {
  const [detail, ...hint] = (job.error ?? '').split('\n').map((line) => line.trim());
  return new ApiProblem({
    title: job.state === 'failed' ? 'It failed.' : 'It was cancelled.',
    status: 0,
    ...(detail ? { detail } : {}),
    ...(hint.length > 0 ? { hint: hint.join('\n') } : {}),
  });
}

const kPollEvery = 250;

/** Waits for a job's end; throws where it failed or was cancelled. */
export async function waitFor(
  job: Job,
  progress: (job: Job) => void,
  signal: AbortSignal,
): Promise<Job> {
  let now = job;
  for (;;) {
    progress(now);
    if (now.state === 'done') return now;
    if (now.state === 'failed' || now.state === 'cancelled') throw problemOfJob(now);
    await new Promise((resolve) => setTimeout(resolve, kPollEvery));
    signal.throwIfAborted();
    now = await get<Job>(`/api/jobs/${now.id}`, signal);
  }
}

export function withQuery(path: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
