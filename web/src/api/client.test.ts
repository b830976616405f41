import { afterEach, expect, test, vi } from 'vitest';

import {
  ApiProblem,
  connectionNow,
  get,
  keepToken,
  post,
  problemOfJob,
  ServerGone,
  withQuery,
} from './client.ts';
import type { Job } from './schema.ts';
import { suspectIn } from '../pages/model.tsx';

function answer(status: number, body: unknown): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );
}

afterEach(() => vi.unstubAllGlobals());

test('a problem carries its fields and its way out', async () => {
  answer(400, {
    title: 'Bad Request',
    status: 400,
    detail: 'no number of days',
    hint: 'Write it as 30.',
    errors: [{ field: 'Duration', message: 'no number of days', value: 'x'.repeat(500) }],
  });
  const problem = await get('/x').catch((error: unknown) => error as ApiProblem);
  expect(problem).toBeInstanceOf(ApiProblem);
  const said = (problem as ApiProblem).ofField('Duration')!;
  expect(said).toContain('no number of days');
  expect(said.length).toBeLessThan(150);
  expect((problem as ApiProblem).ofField('Other')).toBeUndefined();
  expect((problem as ApiProblem).hint).toBe('Write it as 30.');
});

test('an answer that is no JSON is a problem, too', async () => {
  vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }));
  await expect(get('/x')).rejects.toThrow('502');
});

test('a server that is gone is told apart, and comes back', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
  await expect(get('/x')).rejects.toBeInstanceOf(ServerGone);
  expect(connectionNow()).toBe('gone');
  answer(200, {});
  await get('/x');
  expect(connectionNow()).toBe('ok');
});

test('the token goes into the header, never into the address', async () => {
  answer(401, { title: 'Unauthorized', status: 401 });
  await expect(get('/x')).rejects.toThrow();
  expect(connectionNow()).toBe('token');
  keepToken(' secret ');
  answer(200, {});
  await post('/y', { a: 1 });
  const [path, init] = vi.mocked(fetch).mock.calls[0]!;
  expect(path).toBe('/y');
  expect(init!.headers).toMatchObject({ Authorization: 'Bearer secret' });
  expect(sessionStorage.length).toBe(1);
  expect(localStorage.length).toBe(0);
});

test('queries leave out what is not said', () => {
  expect(withQuery('/a', { b: '', c: undefined })).toBe('/a');
  expect(withQuery('/a', { b: 'x y&z' })).toBe('/a?b=x+y%26z');
});

test('what the leakage guard stops at can be answered', () => {
  const job = {
    state: 'failed',
    error:
      "a feature alone tells clicks almost exactly (D² 1.000): it looks like an outcome: 'Channel_Used'\n" +
      '  Leave it out (--features), or, if it is truly known before launch: --allow-feature Channel_Used',
  } as unknown as Job;
  const problem = problemOfJob(job);
  expect(problem.message).not.toContain('--');
  expect(suspectIn(problem)).toBe('Channel_Used');
  expect(suspectIn(problemOfJob({ state: 'failed', error: 'no rows' } as unknown as Job))).toBeUndefined();
});
