// Flow 1: from an empty server to data: the first page, a file looked at, corrected, imported, undone.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { examples, fits, inWorld, nothingWrong, shoot } from './harness.mjs';

test('an empty store: no error, and one button to a result', () =>
  inWorld(async (world) => {
    await world.serve();
    const page = await world.open();
    await page.getByRole('heading', { name: 'From a history of campaigns' }).waitFor();
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    console.log(`first paint after ${paint?.toFixed(0)} ms`);
    await shoot(page, 'data-empty');
    for (const name of ['Model', 'Plan', 'Budget', 'History']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
    }
    nothingWrong(page);
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByRole('button', { name: 'Load the example history' }).click();
    await page.getByRole('heading', { name: 'Plan a campaign' }).waitFor();
    await page.getByRole('button', { name: 'Leave the rest open' }).click();
    await page.getByRole('heading', { name: 'Clicks', exact: true }).waitFor();
    nothingWrong(page);
  }));

test('a file: preview, correction, rejected rows, import, undo', () =>
  inWorld(async (world) => {
    await world.serve();
    const page = await world.open();
    await page.locator('input[type=file]').setInputFiles(join(examples, 'simulated_history.csv'));
    await page.getByRole('heading', { name: 'What each column was taken for' }).waitFor();
    await page.getByRole('heading', { name: 'The first campaigns, cleaned' }).waitFor();
    await page.getByRole('heading', { name: 'Rejected rows by reason' }).waitFor();
    await fits(page);
    await shoot(page, 'data-import');
    // Company is taken for something else: the file is looked at again.
    await page.getByLabel('Company is', { exact: true }).selectOption('Campaign_Name');
    await page.getByText('as you said').waitFor();
    await page.getByLabel('Company is', { exact: true }).selectOption('');
    await page.getByText('as you said').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Import .* campaigns/ }).click();
    await page.getByRole('heading', { name: /campaigns are in campaigns/ }).waitFor();
    await page.getByRole('button', { name: 'Another file' }).click();
    // A second file into the same dataset needs a word; then there is something to undo.
    await page.locator('input[type=file]').setInputFiles(join(examples, 'simulated_history.csv'));
    await page.getByLabel('Into dataset').fill('campaigns');
    await page.getByLabel('Channel of all rows').waitFor({ state: 'attached' });
    await page.getByText('How the file is read').click();
    await page.getByLabel('Also reject rows').check();
    await page.getByRole('button', { name: /^Import/ }).click();
    await page.getByRole('alert').first().waitFor();
    assert.match(await page.getByRole('alert').first().innerText(), /campaigns|append|replace/);
    page.wrong.length = 0; // that refusal is wanted
    await page.getByRole('radio', { name: 'replace' }).check();
    await page.getByRole('button', { name: /^Import/ }).click();
    await page.getByRole('heading', { name: /campaigns are in campaigns/ }).waitFor();
    await page.getByRole('button', { name: /^Undo: back to generation 1/ }).click();
    await page.getByText('The generation before is current again.').waitFor();
    nothingWrong(page);
  }));

test('a broken file and one that needs a word say what to do', () =>
  inWorld(async (world) => {
    await world.serve();
    const page = await world.open();
    const broken = join(world.folder, 'broken.csv');
    writeFileSync(broken, 'a,b\n1,2\n');
    await page.locator('input[type=file]').setInputFiles(broken);
    await page.getByText('no column for Impressions, Clicks').waitFor();
    await shoot(page, 'data-broken');
    // Its headers are there to be told what they are.
    await page.getByLabel('a is', { exact: true }).selectOption('Impressions');
    await page.getByLabel('b is', { exact: true }).selectOption('Clicks');
    await page.getByRole('button', { name: /^Import/ }).waitFor();
    await page.getByRole('button', { name: 'Another file' }).click();
    const ambiguous = join(world.folder, 'ambiguous.csv');
    writeFileSync(ambiguous, 'date,impr,clicks\n03/04/2024,100,5\n05/06/2024,200,7\n');
    await page.locator('input[type=file]').setInputFiles(ambiguous);
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Order of dates').selectOption('dmy');
    await page.getByRole('button', { name: 'Import 2 campaigns' }).click();
    await page.getByRole('heading', { name: /^2 campaigns are in/ }).waitFor();
  }));

test('a large file is looked at by its first 4 MiB, and imported whole', () =>
  inWorld(async (world) => {
    const file = join(world.folder, 'large.csv');
    world.run('simulate', '--rows', '60000', '-o', file);
    await world.serve();
    const page = await world.open();
    const sent = [];
    page.on('request', (request) => {
      if (request.url().includes('/upload')) sent.push(request.url());
    });
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText(/^Looked at the first 4\.\d MB/).waitFor();
    const read = await page.locator('.figures dd').first().innerText();
    assert.ok(Number(read.replace(/\D/g, '')) < 60000);
    assert.equal(sent.length, 1);
    await page.getByRole('button', { name: 'Import the whole file' }).click();
    await page.getByRole('heading', { name: '60,000 campaigns are in campaigns' }).waitFor();
    nothingWrong(page);
  }));
