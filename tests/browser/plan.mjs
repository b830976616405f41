// Flow 3: a plan step by step, the result, what-if, two plans, a link; the same by keyboard alone.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { examples, fits, inWorld, learn, nothingWrong, shoot } from './harness.mjs';

const history = join(examples, 'simulated_history.csv');

test('steps, result, what-if, compare, link', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', history);
    await world.serve();
    const page = await world.open('#/plan');
    await page.getByRole('group', { name: 'Channel' }).getByRole('radio', { name: 'Email' }).check();
    await page.getByRole('button', { name: 'Next: Type' }).click();
    await page.getByRole('radio', { name: 'Search' }).check();
    for (const next of ['Audience', 'Segment', 'Place and language', 'Duration', 'Budget']) {
      await page.getByRole('button', { name: `Next: ${next}` }).click();
    }
    await page.getByRole('textbox', { name: /^Spend/ }).fill('12000');
    await page.getByRole('textbox', { name: /^Impressions/ }).fill('150000');
    await page.getByRole('button', { name: /^Next/ }).click();
    await page.getByRole('button', { name: 'See the result' }).click();
    await page.getByText(/^9 of 10 similar campaigns ended between/).waitFor();
    await page.getByRole('figure', { name: 'Why so many clicks' }).waitFor();
    await fits(page);
    await shoot(page, 'plan');

    // Every control changes the result; what it took is on the page.
    const clicks = page.locator('.figure-card').first().locator('.big');
    const took = [];
    for (const channel of ['YouTube', 'Facebook', 'Website', 'Instagram', 'Email']) {
      const before = await clicks.innerText();
      await page.getByRole('group', { name: 'Channel' }).getByRole('radio', { name: channel }).check();
      await page.waitForFunction(
        (text) => document.querySelector('.figure-card .big')?.textContent !== text,
        before,
      );
      took.push(Number(await page.locator('.results').getAttribute('data-took')));
    }
    console.log(`what-if answers in ms: ${took.join(', ')}`);

    // A wrong value: its problem stands beside it, the last answer stays.
    await page.getByRole('textbox', { name: /^Duration/ }).fill('soon');
    await page.locator('.field-problem').waitFor();
    assert.match(await page.locator('.field-problem').innerText(), /days/);
    assert.notEqual(await clicks.innerText(), '–');
    page.wrong.length = 0; // that refusal is wanted
    await page.getByRole('textbox', { name: /^Duration/ }).fill('30');
    await page.locator('.field-problem').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Compare with a second plan' }).click();
    await page.getByRole('radio', { name: 'YouTube' }).check();
    await page.getByText(/^Plan B: .* against plan A/).first().waitFor();
    await page.getByRole('figure', { name: 'Plan B: Why so many clicks' }).waitFor();
    await shoot(page, 'plan-compare');
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('The link is copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const shared = await world.open(new URL(link).hash);
    await shared.getByText(/^Plan B: .* against plan A/).first().waitFor();
    assert.equal(
      await shared.locator('.figure-card').first().innerText(),
      await page.locator('.figure-card').first().innerText(),
    );

    // Tried ones are not logged, kept ones are.
    const logged = async () =>
      (await (await fetch(`${world.url}/api/predictions`)).json()).items.length;
    assert.equal(await logged(), 0);
    await page.getByRole('button', { name: 'Keep in the history' }).click();
    await page.getByText('Kept: it is in the history.').waitFor();
    await assert.doesNotReject(async () => {
      for (let i = 0; i < 50 && (await logged()) === 0; ++i) {
        await new Promise((done) => setTimeout(done, 100));
      }
      assert.equal(await logged(), 1);
    });
    nothingWrong(page);
    nothingWrong(shared);
  }));

test('the same by keyboard alone', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', history);
    await world.serve();
    const page = await world.open();
    await page.getByRole('heading', { name: 'Data', exact: true }).waitFor();
    const focused = () =>
      page.evaluate(() => document.activeElement?.textContent || document.activeElement?.value);
    const tabTo = async (text) => {
      for (let i = 0; i < 60; ++i) {
        await page.keyboard.press('Tab');
        if ((await focused())?.trim().startsWith(text)) return;
      }
      throw new Error(`nothing called ${text} is reached by Tab`);
    };
    await tabTo('To the content');
    await tabTo('Plan');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Channel/ }).waitFor();
    // Into the group of channels, two to the right.
    await tabTo('8'); // the last step
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await tabTo('Next: Type');
    for (const title of ['Type', 'Audience', 'Segment', 'Place and language', 'Duration', 'Budget']) {
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: new RegExp(`^${title}`) }).waitFor();
      await tabTo(title === 'Budget' ? 'Leave the rest open' : 'Next');
    }
    await page.keyboard.press('Enter');
    await page.getByText(/^9 of 10 similar campaigns ended between/).waitFor();
    assert.match(page.url(), /Channel_Used=/);
    const ring = await page.evaluate(() => {
      const button = [...document.querySelectorAll('button')].find((b) => b.textContent === 'Start over');
      button.focus();
      return getComputedStyle(button).outlineStyle;
    });
    assert.equal(ring, 'solid');
    nothingWrong(page);
  }));
