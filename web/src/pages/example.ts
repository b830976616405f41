// The example history, loaded and learned from: what one button does on an empty server.
import { post, waitFor } from '../api/client.ts';
import type { CleaningReport, Job } from '../api/schema.ts';

export async function loadExample(
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<string> {
  say('Loading a made-up history of 5,000 campaigns');
  const report = await post<CleaningReport>('/api/datasets/example', undefined, signal);
  say(`Learning from ${report.rows_kept.toLocaleString()} campaigns`);
  const job = await post<Job>('/api/train', { dataset: report.dataset }, signal);
  await waitFor(job, (now) => say(now.stage ? `Learning: ${now.stage}` : 'Learning'), signal);
  return report.dataset;
}
