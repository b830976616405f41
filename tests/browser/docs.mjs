// The viewer of the service's description: it works offline, and breaks no policy.
import assert from 'node:assert/strict';
import test from 'node:test';

import { fits, inWorld, nothingWrong, shoot } from './harness.mjs';

test('every route, from this service alone', () =>
  inWorld(async (world) => {
    await world.serve();
    const page = await world.open('docs');
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.reload();
    await page.getByText('Predict clicks, CTR and ROI category').waitFor();
    const described = await (await fetch(`${world.url}/openapi.json`)).json();
    const operations = Object.values(described.paths).flatMap((path) => Object.keys(path));
    assert.equal(await page.locator('.opblock').count(), operations.length);
    await page.locator('#operations-default-post_predict, .opblock-post').first().click();
    await fits(page);
    await shoot(page, 'docs');
    const elsewhere = asked.filter((url) => !url.startsWith(world.url) && !url.startsWith('data:'));
    assert.deepEqual(elsewhere, []);
    nothingWrong(page);
  }));
