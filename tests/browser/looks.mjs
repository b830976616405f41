// Every page in both themes and both widths: fits its window, has no serious accessibility finding,
// and is kept as a picture.
import { join } from 'node:path';
import test from 'node:test';

import { accessible, examples, fits, inWorld, learn, nothingWrong, shoot } from './harness.mjs';

const history = join(examples, 'simulated_history.csv');
const plan = 'Channel_Used=Email&Campaign_Type=Search&Duration=30&Acquisition_Cost=12000&Impressions=150000';
const pages = [
  ['data', '#/data', 'Datasets'],
  ['model', '#/model', 'How it matters for clicks'],
  ['plan-steps', '#/plan?step=3', 'Segment step 4 of 8'],
  ['plan', `#/plan?all=1&${plan}`, 'Why so many clicks'],
  ['plan-compare', `#/plan?all=1&${plan}&compare=1&b.Channel_Used=YouTube`, 'Plan B: Why so many clicks'],
  ['budget', '#/budget', 'Clicks by budget'],
  ['history', '#/history', 'History'],
];

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    test(`${theme}, ${width} px`, () =>
      inWorld(async (world) => {
        await world.serve();
        const look = { theme, width, height: width === 390 ? 844 : 900 };
        const empty = await world.open('', look);
        await empty.getByRole('heading', { name: 'From a history of campaigns' }).waitFor();
        await check(empty, `empty-${theme}-${width}`);
        await world.stop();
        learn(world, 'campaigns', history);
        world.run('predict', 'Channel_Used=Email', 'Impressions=50000');
        await world.serve();
        const page = await world.open('', look);
        for (const [name, hash, heading] of pages) {
          await page.goto(`${world.url}/${hash}`);
          await page.getByRole('heading', { name: heading, exact: true }).waitFor();
          await page.waitForLoadState('networkidle');
          await check(page, `${name}-${theme}-${width}`);
        }
        // By the switch instead of the system.
        await page.getByLabel('Colours').selectOption(theme === 'light' ? 'dark' : 'light');
        await accessible(page);
        await page.goto(`${world.url}/#/data`);
        await page.getByLabel('Colours').selectOption('auto');
        await page.locator('input[type=file]').setInputFiles(history);
        await page.getByRole('heading', { name: 'Rejected rows by reason' }).waitFor();
        await check(page, `import-${theme}-${width}`);
      }));
  }
}

async function check(page, name) {
  await fits(page);
  await accessible(page);
  await shoot(page, name);
  nothingWrong(page);
}
