// What the browser tests share: a real server in a folder of its own, a real Chromium, and eyes for
// what must never happen (console errors, answers with an error status, a page wider than its window).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;
const require = createRequire(join(root, 'web/package.json'));
const { chromium } = require('playwright-core');
const axe = require('@axe-core/playwright');

const program = process.env.PYTHIA ?? join(root, 'build/release/bin/pythia');
const shots = process.env.PYTHIA_SCREENSHOTS ?? join(tmpdir(), 'pythia-screenshots');
export const examples = join(root, 'examples');

/** A folder with a store of its own; everything in it ends with close(). */
export class World {
  folder = mkdtempSync(join(tmpdir(), 'pythia-browser-'));
  #server = null;
  #browser = null;

  run(...words) {
    return execFileSync(program, words, { cwd: this.folder, encoding: 'utf8' });
  }

  /** Serves on `port`, or on any free one. */
  async serve({ port = 0, flags = [] } = {}) {
    const server = spawn(program, ['serve', '--quiet', '--port', String(port), ...flags], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#server = server;
    this.url = await new Promise((resolve, reject) => {
      let said = '';
      server.stdout.on('data', (bytes) => {
        said += bytes;
        const found = /http:\/\/[\d.:]+/.exec(said);
        if (found) resolve(found[0]);
      });
      server.on('exit', (code) => reject(new Error(`pythia serve ended with ${code}`)));
    });
    return this.url;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  async stop() {
    const server = this.#server;
    this.#server = null;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }

  async browser() {
    this.#browser ??= await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    return this.#browser;
  }

  /** A window of its own: nothing is kept from another one. */
  async open(hash = '', { width = 1280, height = 900, theme = 'light', ...more } = {}) {
    const context = await (
      await this.browser()
    ).newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...more,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000); // a busy machine is no failure
    page.wrong = [];
    page.on('console', (message) => {
      if (message.type() === 'error') page.wrong.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => page.wrong.push(`error: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) page.wrong.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(`${this.url}/${hash}`);
    return page;
  }

  /** What one would have seen where a test fails. */
  async shootAll() {
    const pages = this.#browser?.contexts().flatMap((context) => context.pages()) ?? [];
    for (const [i, page] of pages.entries()) await shoot(page, `failed-${process.pid}-${i}`);
  }

  async close() {
    await this.#browser?.close();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs `test` in a world of its own. */
export async function inWorld(test) {
  const world = new World();
  try {
    await test(world);
  } catch (error) {
    await world.shootAll().catch(() => {});
    throw error;
  } finally {
    await world.close();
  }
}

export function nothingWrong(page) {
  assert.deepEqual(page.wrong, []);
}

export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** Nothing sticks out at the right, whatever the data are. */
export async function fits(page) {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(over, 0, `the page is ${over} px wider than its window`);
}

export async function accessible(page) {
  const Builder = axe.AxeBuilder ?? axe.default;
  const { violations } = await new Builder({ page }).analyze();
  const bad = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(bad, []);
}

/** A dataset with a model, made by the command line. */
export function learn(world, dataset, ...files) {
  const [first, ...rest] = files;
  world.run('clean', first, '--dataset', dataset);
  for (const file of rest) world.run('clean', file, '--dataset', dataset, '--append');
  world.run('train', '--dataset', dataset);
}

/** A history in which nothing tells campaigns apart. */
export function nullHistory(rows = 400) {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const pick = (list) => list[Math.floor(random() * list.length)];
  let text = 'Channel_Used,Campaign_Type,Duration,Acquisition_Cost,Impressions,Clicks,ROI\n';
  for (let i = 0; i < rows; ++i) {
    const impressions = 50_000 + Math.floor(random() * 1000);
    const clicks = 900 + Math.floor(random() * 200);
    text += `${pick(['Email', 'Web', 'Video'])},${pick(['Search', 'Display'])},${pick([15, 30, 45])},`;
    text += `${5000 + Math.floor(random() * 3000)},${impressions},${clicks},${(2 + 6 * random()).toFixed(2)}\n`;
  }
  return text;
}
