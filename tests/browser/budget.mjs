// Flow 4: a budget: the slider, the recommendation, its curve, its limits.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { examples, fits, inWorld, learn, nothingWrong, shoot } from './harness.mjs';

test('slider, recommendation, curve, beyond the history, as a plan', () =>
  inWorld(async (world) => {
    learn(world, 'campaigns', join(examples, 'simulated_history.csv'));
    await world.serve();
    const page = await world.open('#/budget');
    await page.getByRole('heading', { name: 'Recommended', exact: true }).waitFor();
    await page.getByRole('figure', { name: 'Clicks by budget' }).waitFor();
    await page.getByText(/^The evidence: /).waitFor();
    await page.getByRole('figure', { name: /^Uplift in ROI/ }).waitFor();
    await page.getByRole('figure', { name: 'Expected ROI' }).waitFor();
    await fits(page);
    await shoot(page, 'budget');
    const spend = () => page.locator('.figures dd').last().innerText();
    const before = await spend();
    await page.getByRole('slider').focus();
    for (let i = 0; i < 10; ++i) await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (text) => [...document.querySelectorAll('.figures dd')].at(-1)?.textContent !== text,
      before,
    );
    // Far beyond what was ever spent: answered for what the history supports, and said.
    await page.getByRole('textbox', { name: /^Budget/ }).fill('900000');
    await page.getByText(/no campaigns support a budget of 900000/).waitFor();
    await page.getByText('Nothing better than your average').waitFor();
    await shoot(page, 'budget-beyond');
    await page.getByRole('textbox', { name: /^Budget/ }).fill('much');
    await page.locator('.field-problem').waitFor();
    page.wrong.length = 0; // that refusal is wanted
    await page.getByRole('textbox', { name: /^Budget/ }).fill('12000');
    await page.getByRole('radio', { name: 'Facebook' }).check();
    await page.getByText('Channel (yours)').waitFor();
    await page.getByRole('button', { name: 'Keep in the history' }).click();
    await page.getByText('Kept: it is in the history.').waitFor();
    const kept = await (await fetch(`${world.url}/api/recommendations`)).json();
    assert.equal(kept.items.length, 1);
    await page.getByRole('link', { name: 'Take it as a plan' }).click();
    await page.getByText(/^9 of 10 similar campaigns ended between/).waitFor();
    nothingWrong(page);
  }));
