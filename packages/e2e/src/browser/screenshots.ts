/**
 * Takes the pictures of `docs/screenshots` from a fresh local cloud: every page, in both languages and both themes
 * between them. Nothing is drawn by hand; run it again after a page has changed.
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { environment } from '../lib/environment';
import { logOf, Portal } from '../lib/portal';
import { settled } from './accessibility';
import { Session, type Looks } from './session';
import { REVIEWS } from './state';

// The scripts that start this program start it in the repository's top folder.
const pictures = path.resolve('docs/screenshots');
const LONG = 120_000;
/** Heights of windows that show what a picture is about, CSS pixels. */
const DIALOG = { height: 1160 };
const CANVAS = { height: 1180 };
const WHAT_IF = { height: 1420 };
const CONTROLS = { height: 1420, from: '#controls' };
const EN: Looks = { language: 'en', theme: 'light' };
const ZH: Looks = { language: 'zh-CN', theme: 'light' };
const EN_DARK: Looks = { language: 'en', theme: 'dark' };
const ZH_DARK: Looks = { language: 'zh-CN', theme: 'dark' };

/** Opens a page as Pavel, brings it to what is to be shown, takes its picture. */
async function take(
  name: string,
  route: string,
  looks: Looks,
  arrange: (page: Page) => Promise<unknown>,
  part: { height?: number; from?: string } = {},
) {
  const session = await Session.open({ ...looks, width: 1280, pictures });
  try {
    await session.signIn('Pavel');
    await session.goto(route);
    await arrange(session.page);
    await session.page.mouse.move(0, 0);
    await settled(session.page);
    await session.picture(name, part.height, part.from);
    console.log(`${name}.png`);
  } finally {
    await session.close();
  }
}

const bothRegions = (page: Page) =>
  Promise.all(
    ['cn-hangzhou', 'cn-shanghai'].map(region =>
      page.getByTestId(`region-${region}`).waitFor(),
    ),
  );

const meshDrawn = async (page: Page) => {
  await page.getByText('100 Mbit/s').first().waitFor();
  await page.getByText('reviews', { exact: true }).first().waitFor();
};

/** Opens the dialog and chooses Shanghai, whose way lacks bandwidth. */
async function openJoin(page: Page) {
  await page
    .getByRole('button', { name: /^(Join a cluster|添加集群)$/ })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /ack-shanghai/ }).check({
    force: true,
  });
  await dialog
    .getByText(/tr-attach-/)
    .first()
    .waitFor();
}

/** Second page of the form: the network plan. */
async function openPlan(page: Page) {
  await page.getByRole('button', { name: /^(Next|下一步)$/ }).click();
  await page.getByText('10.0.0.0/8').or(page.locator('svg')).first().waitFor();
}

/** Last page of the form before the review: what would be made and what is billed. */
async function openEnvironmentPlan(page: Page) {
  const billed = page.getByText(/Billed while it exists/);
  const next = page.getByRole('button', { name: 'Next', exact: true });
  await next.waitFor();
  // The form checks a page before it shows the next one.
  while (await next.isVisible()) {
    await next.click();
    await page.waitForLoadState('networkidle');
  }
  await billed.waitFor();
}

async function templates() {
  const form = '/create/templates/default/multi-region-mesh';
  await take('template-network-plan', form, EN, openPlan);
  await take('template-network-plan-zh-dark', form, ZH_DARK, openPlan);
  await take('template-plan-and-cost', form, EN, openEnvironmentPlan);
}

async function service(operator: Portal) {
  const [mesh] = await operator.mesh.listMeshes();
  const target = {
    scope: 'service',
    meshId: mesh.id,
    namespace: 'default',
    name: 'reviews',
  } as const;
  await take('service-unprotected-zh', REVIEWS, ZH, bothRegions, CANVAS);
  const intent = {
    mode: 'failover',
    failover: [
      { from: 'cn-hangzhou', to: 'cn-shanghai' },
      { from: 'cn-shanghai', to: 'cn-hangzhou' },
    ],
    outlierDetection: {
      consecutive5xxErrors: 1,
      interval: '1s',
      baseEjectionTime: '1m',
      maxEjectionPercent: 100,
    },
  } as const;
  const { hash } = await operator.mesh.preview({
    target,
    intent: { ...intent, failover: [...intent.failover] },
  });
  await operator.mesh.createChange({
    target,
    intent: { ...intent, failover: [...intent.failover] },
    reason: 'Before the game day',
    previewHash: hash,
  });
  const protectedNow = async (page: Page) => {
    await bothRegions(page);
    await page
      .getByText(/100 % of calls go to/)
      .first()
      .waitFor();
  };
  await take('service', REVIEWS, EN, protectedNow, CANVAS);
  await take(
    'service-verified',
    REVIEWS,
    EN,
    async page => {
      await protectedNow(page);
      await page.getByRole('button', { name: 'Send requests' }).click();
      await page.getByText('0 failed').waitFor();
    },
    { height: 900, from: 'section:has(h2:text-is("Verify"))' },
  );
  await take('service-zh-dark', REVIEWS, ZH_DARK, bothRegions, CANVAS);
  await take(
    'service-what-if-dark',
    REVIEWS,
    EN_DARK,
    async page => {
      await page.getByRole('button', { name: 'What if' }).click();
      await page
        .getByRole('button', { name: 'Lose cn-hangzhou' })
        .first()
        .click();
      await page.getByRole('button', { name: 'Start again' }).waitFor();
    },
    WHAT_IF,
  );
  await take(
    'service-distribution',
    REVIEWS,
    EN,
    async page => {
      await bothRegions(page);
      await page
        .getByRole('radio', { name: 'Distribution' })
        .check({ force: true });
      await page.getByText(/can(not)? be applied/).waitFor();
    },
    CONTROLS,
  );
}

async function lost(control: string) {
  await fetch(`${control}/faults/regions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ region: 'cn-hangzhou' }),
  });
  const seen = async (page: Page) => {
    await bothRegions(page);
    await page
      .getByTestId('region-cn-hangzhou')
      .getByText(/last seen|unreachable|不可达|最后/)
      .first()
      .waitFor({ timeout: LONG });
  };
  try {
    await take('service-region-lost', REVIEWS, EN, seen, CANVAS);
    await take('service-region-lost-zh-dark', REVIEWS, ZH_DARK, seen, CANVAS);
  } finally {
    await fetch(`${control}/faults/regions/cn-hangzhou`, { method: 'DELETE' });
  }
}

async function main() {
  const { control, portal } = environment();
  const operator = new Portal(portal, 'user:default/pavel');
  const run = async (template: string, values = {}) => {
    const task = await operator.runTemplate(template, values);
    if (task.status !== 'completed') {
      throw new Error(`${template} ${task.status}: ${logOf(task)}`);
    }
  };
  await templates();
  // Shanghai cannot join: its way to the mesh has no bandwidth. This task fails, as it should.
  await operator.runTemplate('multi-region-mesh', { bandwidthMbps: 0 });
  await take('join-cluster', '/mesh-dr', EN, openJoin, DIALOG);
  await take('join-cluster-zh-dark', '/mesh-dr', ZH_DARK, openJoin, DIALOG);
  await run('multi-region-mesh');
  await run('bookinfo');
  await operator.entity('component', 'reviews');
  await take('mesh', '/mesh-dr', EN, meshDrawn);
  await take('mesh-zh-dark', '/mesh-dr', ZH_DARK, meshDrawn);
  await service(operator);
  await lost(control);
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error);
    process.exit(1);
  },
);
