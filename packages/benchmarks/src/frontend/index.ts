import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { figures } from '../measure';
import type { Benchmark, CaseResult } from '../types';
import { REGIONS, SERVICES, VERSIONS } from './answers';
import { servePortal } from './portal';
import { record, scriptingPerFrame } from './trace';

/** The repository: the scripts that start this program start it there. */
const root = process.cwd();
const dist = path.join(root, 'packages/app/dist');
const TAB = '/catalog/default/component/reviews/disaster-recovery';
const DRAWS = 12;
const DRAW_GOAL_MS = 100;
const SCRIPTING_GOAL_MS = 8;
const BUNDLE_GOAL_KIB = 150;
/** Turns of the wheel, and how far each goes, CSS pixels. */
const TURNS = 200;
const TURN = 120;

const result = (
  name: string,
  unit: CaseResult['unit'],
  series: number[],
  goal: string,
  met: (f: CaseResult['ours']) => boolean,
  notes?: string[],
): CaseResult => {
  const ours = figures(series);
  return {
    case: name,
    unit,
    ours,
    peer: null,
    ratio: null,
    goal,
    met: met(ours),
    notes,
  };
};

/**
 * Milliseconds from the topology's last byte to the first frame that shows all of its regions, and to the first that shows the
 * controls, too.
 */
async function draw(
  context: BrowserContext,
  url: string,
): Promise<{ canvas: number; controls: number }> {
  const page = await context.newPage();
  try {
    await page.goto(`${url}${TAB}`);
    const [canvas, controls] = await Promise.all(
      ['canvas', 'controls'].map(async what => {
        const drawn = await page.waitForFunction(
          name => (window as any).meshDrDrawn?.[name],
          what,
        );
        return (await drawn.jsonValue()) as number;
      }),
    );
    const answered = await page.evaluate(
      () =>
        (
          performance.getEntriesByType(
            'resource',
          ) as PerformanceResourceTiming[]
        )
          .filter(({ name }) => name.endsWith('/topology'))
          .map(({ responseEnd }) => responseEnd)
          .sort((a, b) => a - b)[0],
    );
    return { canvas: canvas - answered, controls: controls - answered };
  } finally {
    await page.close();
  }
}

/** Runs in the page from its beginning: notes when the first frames with all regions and with the controls were painted. */
const noteDrawing = (regions: number) => {
  const drawn: Record<string, number> = {};
  (window as any).meshDrDrawn = drawn;
  const count = (selector: string) =>
    document.querySelectorAll(selector).length;
  const awaited: Record<string, () => boolean> = {
    canvas: () => count('[data-testid^="region-"]') >= regions,
    controls: () => count('#controls') > 0,
  };
  const observer = new MutationObserver(() => {
    for (const [what, isThere] of Object.entries(awaited)) {
      if (!isThere()) continue;
      delete awaited[what];
      requestAnimationFrame(() => {
        // The frame is painted right after its callbacks. A task of the highest priority is the first thing to run then: a
        // message would wait behind what React does after the frame, which nobody waits for to see it.
        (window as any).scheduler.postTask(
          () => {
            drawn[what] = performance.now();
          },
          { priority: 'user-blocking' },
        );
      });
    }
    if (Object.keys(awaited).length === 0) observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
};

/** Scrolls the table of services with the wheel, and records the script time of every frame. */
async function scroll(page: Page, url: string): Promise<number[]> {
  await page.goto(`${url}/mesh-dr/mesh`);
  const table = page.getByRole('table').filter({ hasText: 'service-0000' });
  await table.scrollIntoViewIfNeeded();
  const row = table.getByText('service-0000').first();
  await row.hover();
  const events = await record(page, async () => {
    for (let turn = 0; turn < TURNS; turn++) {
      await page.mouse.wheel(0, TURN);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  });
  if (await row.isVisible().catch(() => false)) {
    const box = await row.boundingBox();
    if (box && box.y > 0)
      throw new Error('The table of services did not scroll');
  }
  return scriptingPerFrame(events);
}

/** Scripts that the page has loaded, by path. */
const scripts = (page: Page) =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter(name => name.endsWith('.js')),
  );

/** KiB, gzip, of the scripts that opening `route` from the start page loads on top. */
async function bundle(page: Page, url: string, route: string, drawn: string) {
  await page.goto(`${url}/settings`);
  await page.waitForLoadState('networkidle');
  const before = new Set(await scripts(page));
  await page.goto(`${url}${route}`);
  await page.locator(drawn).first().waitFor();
  await page.waitForLoadState('networkidle');
  const more = (await scripts(page)).filter(name => !before.has(name));
  const size = (names: Iterable<string>) =>
    [...new Set(names)].reduce(
      (sum, name) =>
        sum + gzipSync(readFileSync(path.join(dist, name))).length / 1024,
      0,
    );
  return { more: size(more), files: more.length, before: size(before) };
}

async function open(run: (context: BrowserContext) => unknown) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
    });
    await context.addInitScript('globalThis.__name ??= wrapped => wrapped');
    await context.addInitScript(() =>
      sessionStorage.setItem('mesh-dr-portal:signed-in-as', 'guest'),
    );
    await context.addInitScript(noteDrawing, REGIONS);
    await run(context);
  } finally {
    await browser.close();
  }
}

/** The pages of the plugin in headless Chromium: the built portal on canned answers, so that only the browser is measured. */
export const frontend: Benchmark = {
  name: 'frontend',
  description: `canvas of ${REGIONS} regions × ${VERSIONS} versions, table of ${SERVICES} services, size of the plugin`,
  async run() {
    const { ensureAppBuilt } = await import(
      pathToFileURL(path.join(root, 'scripts/lib/portal.mjs')).href
    );
    ensureAppBuilt();
    if (!existsSync(path.join(dist, 'index.html'))) {
      throw new Error(`There is no built portal in ${dist}`);
    }
    const { url, stop } = await servePortal(dist);
    const cases: CaseResult[] = [];
    try {
      await open(async context => {
        await draw(context, url);
        const draws: Awaited<ReturnType<typeof draw>>[] = [];
        for (let at = 0; at < DRAWS; at++) draws.push(await draw(context, url));
        const controls = figures(draws.map(drawn => drawn.controls));
        cases.push(
          result(
            `canvas of ${REGIONS} regions × ${VERSIONS} versions, from the answer to the frame`,
            'ms',
            draws.map(drawn => drawn.canvas),
            `p50 < ${DRAW_GOAL_MS} ms`,
            ({ p50 }) => p50 < DRAW_GOAL_MS,
            [
              'each in a new page, so that nothing but the code cache is warm',
              `the controls below it follow: p50 ${controls.p50.toFixed(
                0,
              )} ms, p99 ${controls.p99.toFixed(0)} ms from the answer`,
            ],
          ),
        );
        const page = await context.newPage();
        const perFrame = await scroll(page, url);
        cases.push(
          result(
            `table of ${SERVICES} services: script time of a frame while scrolling`,
            'ms',
            perFrame,
            `p99 ≤ ${SCRIPTING_GOAL_MS} ms`,
            ({ p99 }) => p99 <= SCRIPTING_GOAL_MS,
          ),
        );
        for (const [what, route, drawn] of [
          ['mesh page', '/mesh-dr/mesh', 'h1'],
          ['service tab', TAB, '[data-testid^="region-"]'],
        ]) {
          const { more, files, before } = await bundle(page, url, route, drawn);
          cases.push(
            result(
              `${what}: scripts loaded on top of the start page, gzip`,
              'KiB',
              [more],
              `≤ ${BUNDLE_GOAL_KIB} KiB`,
              ({ p50 }) => p50 <= BUNDLE_GOAL_KIB,
              [
                `${files} files; the start page of the portal has ${before.toFixed(
                  0,
                )} KiB`,
              ],
            ),
          );
        }
      });
    } finally {
      await stop();
    }
    return cases;
  },
};
