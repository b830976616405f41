// Flow 5: what was predicted, recommended and evaluated: filters, older ones, files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { examples, fits, inWorld, learn, nothingWrong, shoot } from './harness.mjs';

test('lists, filters, older ones, exports', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', join(examples, 'simulated_history.csv'));
    world.run('recommend', '--budget', '12000');
    await world.serve();
    const plans = Array.from({ length: 120 }, (_, i) => ({
      Channel_Used: i % 2 ? 'Email' : 'YouTube',
      Duration: 15 + (i % 40),
      Impressions: 50_000 + i,
    }));
    await fetch(`${world.url}/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(plans),
    });
    const page = await world.open('#/history');
    await page.getByText('The newest 50').waitFor();
    await fits(page);
    await shoot(page, 'history');
    await page.getByRole('button', { name: 'Older ones' }).click();
    await page.getByText('The newest 100').waitFor();
    await page.getByLabel('Find').fill('email 50,001');
    await page.getByLabel('Find').fill('email');
    await page.getByText('50 of the newest 100').waitFor();
    await page.getByLabel('From').fill('2100-01-01');
    await page.getByText('Nothing was logged in these days.').waitFor();
    await page.getByLabel('From').fill('');
    await page.getByText('of the newest 50').waitFor();
    for (const [format, begins] of [['CSV', ''], ['JSON', '['], ['Parquet', 'PAR1']]) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Save predictions as ${format.toUpperCase()}` }).click(),
      ]);
      const text = readFileSync(await file.path(), 'latin1');
      assert.ok(text.startsWith(begins) && text.length > 100, format);
    }
    await page.getByRole('button', { name: 'Recommendations' }).click();
    await page.getByText('The newest 1', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Experiments' }).click();
    await page.getByText(/^The newest \d/).waitFor();
    await page.getByRole('button', { name: 'Predictions' }).click();
    await page.getByTitle('Open as a plan').first().click();
    await page.getByText(/^9 of 10 similar campaigns ended between/).waitFor();
    nothingWrong(page);
  }));
