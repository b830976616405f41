// Hostile data stay inert and readable: markup, very long names, text from right to left, emoji,
// thousands of categories, formulas.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { accessible, fits, inWorld, nothingWrong, shoot } from './harness.mjs';

const script = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;
const long = 'W'.repeat(10_000);
const channels = [script, long, 'مرحبا بالعالم', '👩‍👩‍👧‍👦 família 😀', '=cmd|calc', 'Email'];

function history() {
  let text = 'Channel_Used,Location,Duration,Acquisition_Cost,Impressions,Clicks,ROI\n';
  for (let i = 0; i < 6000; ++i) {
    const channel = channels[i % channels.length];
    const impressions = 40_000 + (i * 37) % 5000;
    const noise = ((i * 2654435761) % 1000) / 1000;
    const clicks = Math.round(impressions * (0.01 + 0.002 * (i % channels.length) + 0.03 * noise));
    text += `"${channel.replaceAll('"', '""')}",City ${i % 3000},${15 + (i % 4) * 15},`;
    text += `${5000 + (i * 13) % 3000},${impressions},${clicks},${((i * 7) % 11) / 5}\n`;
  }
  return text;
}

test('hostile data', () =>
  inWorld(async (world) => {
    writeFileSync(join(world.folder, 'hostile.csv'), history());
    await world.serve();
    for (const width of [1280, 390]) {
      const page = await world.open('#/data', { width });
      const title = () => page.title();
      page.on('dialog', () => page.wrong.push('a dialog'));
      await page.locator('input[type=file]').setInputFiles(join(world.folder, 'hostile.csv'));
      await page.getByRole('heading', { name: 'The first campaigns, cleaned' }).waitFor();
      await fits(page);
      await shoot(page, `hostile-import-${width}`);
      if (width === 1280) {
        await page.getByRole('button', { name: /^Import/ }).click();
        await page.getByRole('button', { name: 'Now learn from them' }).click();
        await page.getByRole('button', { name: 'Train a model' }).click();
      } else {
        await page.goto(`${world.url}/#/model`);
      }
      await page.getByRole('heading', { name: 'How it matters for clicks' }).waitFor();
      await fits(page);
      await shoot(page, `hostile-model-${width}`);
      await page.goto(`${world.url}/#/plan?all=1&Impressions=40000`);
      await page.getByRole('heading', { name: 'Clicks', exact: true }).waitFor();
      const location = page.getByRole('combobox', { name: 'Location' });
      await location.fill('City 2999');
      await location.press('Enter');
      assert.equal(await location.inputValue(), 'City 2999');
      const channel = page.getByRole('combobox', { name: 'Channel' });
      for (const name of ['<scr', 'WWW', 'مرحبا', '👩‍👩']) {
        await channel.fill(name);
        await channel.press('Enter');
        await page.waitForLoadState('networkidle');
        await page.getByRole('heading', { name: 'Clicks', exact: true }).waitFor();
        await fits(page);
      }
      await channel.fill('<scr');
      await channel.press('Enter');
      await page.locator('svg text', { hasText: 'Channel = <script' }).first().waitFor();
      await accessible(page);
      await shoot(page, `hostile-plan-${width}`);
      assert.notEqual(await title(), 'owned');
      assert.equal(await page.locator('main script, main img').count(), 0);
      nothingWrong(page);
    }
  }));
