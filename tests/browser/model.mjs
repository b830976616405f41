// Flow 2: training with progress, the card, versions, comparing, activating; a history without signal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { fits, inWorld, learn, nothingWrong, nullHistory, shoot } from './harness.mjs';

test('train, read the card, compare, activate', () =>
  inWorld(async (world) => {
    world.run('simulate', '--rows', '1500', '--seed', '3', '-o', 'history.csv');
    world.run('clean', 'history.csv');
    await world.serve();
    const page = await world.open('#/model');
    await page.getByRole('heading', { name: 'Nothing is learned yet' }).waitFor();
    await page.getByRole('button', { name: 'Train a model' }).click();
    await page.getByRole('heading', { name: 'What it can say' }).waitFor();
    await page.getByText('Clicks: signal').first().waitFor();
    await page.getByRole('heading', { name: 'How it matters for clicks' }).waitFor();
    await fits(page);
    await shoot(page, 'model');
    await page.getByRole('tab', { name: 'ROI' }).first().click();
    await page.getByRole('heading', { name: 'Calibration' }).waitFor();
    // A chart's twin, its tooltip by keyboard, its file.
    const chart = page.getByRole('figure', { name: 'Calibration' });
    await chart.getByRole('button', { name: 'Table' }).click();
    await chart.getByRole('cell').first().waitFor();
    const told = chart.getByRole('status').filter({ hasText: 'predicted' });
    for (let i = 0; i < 40 && !(await told.isVisible()); i += 1) {
      await chart.getByRole('group').focus(); // other answers still come in and draw the card again
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(250);
    }
    await told.waitFor();
    for (const kind of ['SVG', 'PNG']) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        chart.getByRole('button', { name: kind }).click(),
      ]);
      if (file.suggestedFilename() !== `calibration_roi.${kind.toLowerCase()}`) {
        throw new Error(file.suggestedFilename());
      }
    }
    // A second version, beside the first.
    await page.getByText('Choices').click();
    await page.getByLabel('A good ROI is one above').selectOption('median');
    await page.getByRole('button', { name: 'Train another model' }).click();
    await page.getByText(/above your own median/).first().waitFor();
    await page.getByRole('button', { name: 'beside it' }).click();
    await page.getByRole('heading', { name: 'Two versions side by side' }).waitFor();
    await page.getByRole('button', { name: 'let it serve' }).click();
    await page.getByText('This version does not serve').or(page.getByText('ROI above break-even').first()).first().waitFor();
    nothingWrong(page);
  }));

test('no signal is said before any number, on every page', () =>
  inWorld(async (world) => {
    writeFileSync(join(world.folder, 'null.csv'), nullHistory());
    learn(world, 'campaigns', 'null.csv');
    await world.serve();
    const page = await world.open('#/model');
    await page.getByText('Clicks: no signal').first().waitFor();
    await page.getByText('Your history holds no signal for clicks').first().waitFor();
    await shoot(page, 'model-no-signal');
    await page.goto(`${world.url}/#/plan?all=1&Channel_Used=Email&Impressions=50000`);
    await page.getByText('Your history holds no signal for clicks').waitFor();
    await shoot(page, 'plan-no-signal');
    await page.goto(`${world.url}/#/budget`);
    await page.getByText('Nothing better than your average').waitFor();
    await shoot(page, 'budget-no-better');
    nothingWrong(page);
  }));
