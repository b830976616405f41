// What happens around the page: a server that goes and comes back, one that asks for a token, a
// second tab, files of three platforms.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { accessible, examples, inWorld, learn, nothingWrong, shoot } from './harness.mjs';

const history = join(examples, 'simulated_history.csv');

test('a server that goes away and comes back', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', history);
    await world.serve();
    const page = await world.open('#/plan?all=1&Channel_Used=Email&Impressions=50000');
    const clicks = page.locator('.figure-card .big').first();
    await clicks.waitFor();
    const before = await clicks.innerText();
    const { port } = world;
    await world.stop();
    await page.getByRole('radio', { name: 'YouTube' }).check();
    await page.getByText('The server does not answer.').waitFor();
    await shoot(page, 'server-gone');
    await accessible(page);
    assert.equal(await clicks.innerText(), before); // what was there stays
    await world.serve({ port });
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
    await page.waitForFunction(
      (text) => document.querySelector('.figure-card .big')?.textContent !== text,
      before,
    );
    assert.equal(await page.getByRole('radio', { name: 'YouTube' }).isChecked(), true);
  }));

test('a server that asks for a token', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', history);
    const token = world.run('token', 'new', 'ann', '--file', 'tokens').trim();
    await world.serve({ flags: ['--token-file', 'tokens'] });
    const page = await world.open('#/model');
    await page.getByRole('heading', { name: 'This server asks for a token' }).waitFor();
    await accessible(page);
    await shoot(page, 'token');
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('The server does not know the token').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('heading', { name: 'What it can say' }).waitFor();
    page.wrong.length = 0; // the refusals are wanted
    // Files carry the token, too; links and the long-lived storage do not.
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the report as one page' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'campaigns_report.html');
    await page.reload();
    await page.getByRole('heading', { name: 'What it can say' }).waitFor();
    assert.ok(!page.url().includes(token));
    assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes(token));
    nothingWrong(page);
    const other = await world.open('#/model'); // another window asks again
    await other.getByRole('heading', { name: 'This server asks for a token' }).waitFor();
  }));

test('two tabs see the same', () =>
  inWorld(async (world) => {
    await world.serve();
    const one = await world.open('#/data');
    await one.getByRole('heading', { name: 'From a history of campaigns' }).waitFor();
    const two = await one.context().newPage();
    await two.goto(`${world.url}/#/model`);
    await two.getByRole('heading', { name: 'There is no history yet' }).waitFor();
    await one.getByRole('button', { name: 'Load the example history' }).click();
    await one.getByRole('heading', { name: 'Plan a campaign' }).waitFor();
    await two.getByRole('heading', { name: 'What it can say' }).waitFor();
    // Deleted there, gone here.
    await two.getByRole('link', { name: 'Data', exact: true }).click();
    await two.getByRole('button', { name: 'Delete…' }).click();
    await two.getByRole('button', { name: 'Delete', exact: true }).click();
    await one.getByRole('heading', { name: 'There is no history yet' }).waitFor();
    nothingWrong(one);
  }));

test('files of three platforms into one dataset', () =>
  inWorld(async (world) => {
    await world.serve();
    const page = await world.open('#/data');
    for (const platform of ['Google', 'Facebook', 'TikTok']) {
      await page
        .locator('input[type=file]')
        .setInputFiles(join(examples, 'platforms', `${platform}.csv`));
      await page.getByText(/rolled up to \d+ campaigns/).waitFor();
      await page.getByText('How the file is read').click();
      await page.getByLabel('Channel of all rows').fill(platform);
      await page.getByLabel('Into dataset').fill('platforms');
      if (platform !== 'Google') await page.getByRole('radio', { name: 'append' }).check();
      await page.getByRole('button', { name: /^Import/ }).click();
      await page.getByRole('heading', { name: /campaigns are in platforms/ }).waitFor();
      await page.getByRole('button', { name: 'Another file' }).click();
    }
    await page.getByRole('cell', { name: 'TikTok', exact: true }).waitFor();
    await shoot(page, 'platforms');
    await page.getByRole('link', { name: 'Model' }).click();
    await page.getByRole('button', { name: 'Train a model' }).click();
    await page.getByRole('heading', { name: 'What it can say' }).waitFor();
    nothingWrong(page);
  }));
