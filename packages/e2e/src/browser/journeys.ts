import type { Page } from 'playwright-core';
import type { Outcome } from '../lib/steps';
import { putInForce } from './approval';
import { Session } from './session';
import { REVIEWS } from './state';

const RATINGS = '/catalog/default/component/ratings/disaster-recovery';

/** What stands on the page in each language. */
const WORDS = {
  en: {
    verdict: 'Verdict',
    unprotected: /Not protected/,
    protected: /Protected/,
    fix: 'Add outlier detection',
    applicable: 'can be applied',
    apply: 'Apply…',
    reason: 'Reason',
    submit: 'Apply',
    applied: 'Applied and read back',
    close: 'Close',
    changes: 'Changes',
    rollback: 'Roll back',
    rolledBack: /Rolled back/,
  },
  'zh-CN': {
    verdict: '结论',
    unprotected: /未受保护/,
    protected: /已受保护/,
    fix: '添加异常检测',
    applicable: '可以应用',
    apply: '应用…',
    reason: '原因',
    submit: '应用',
    applied: '已应用并回读确认',
    close: '关闭',
    changes: '变更记录',
    rollback: '回滚',
    rolledBack: /已回滚/,
  },
};

type Words = typeof WORDS.en;

/** Gives the reason that a dialog asks for and sends it off. */
async function giveReason(page: Page, words: Words, why: string, how: string) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: words.reason }).fill(why);
  await dialog.getByRole('button', { name: how, exact: true }).click();
  return dialog;
}

/**
 * Reads that `ratings` is not protected, takes the remedy from the button beside the verdict, applies it, reads that it is,
 * and rolls the change back. Failover is in force for the whole mesh.
 */
export async function fixAndRollBack(
  language: keyof typeof WORDS,
): Promise<Outcome> {
  const words = WORDS[language];
  const why = `${words.fix} (${language})`;
  const session = await Session.open({ language });
  const { page } = session;
  try {
    await session.signIn('Pavel');
    await session.goto(RATINGS);
    const verdict = page.getByRole('region', { name: words.verdict });
    await verdict.getByText(words.unprotected).waitFor();
    const before = await verdict.innerText();
    await verdict.getByRole('button', { name: words.fix }).click();
    await page.getByText(words.applicable).waitFor();
    await page.getByRole('button', { name: words.apply }).click();
    const dialog = await giveReason(page, words, why, words.submit);
    await dialog.getByText(words.applied).waitFor();
    await dialog.getByRole('button', { name: words.close }).last().click();
    await verdict.getByText(words.protected).waitFor();
    await session.picture(`fixed-${language}`);
    const after = await verdict.innerText();

    const change = page
      .getByRole('region', { name: words.changes })
      .getByRole('listitem')
      .filter({ hasText: why })
      .first();
    await change.getByRole('button', { name: words.rollback }).click();
    await giveReason(page, words, `↩ ${language}`, words.rollback);
    await change.getByText(words.rolledBack).waitFor();
    await verdict.getByText(words.unprotected).waitFor();
    await session.picture(`rolled-back-${language}`);
    return {
      ok: (await verdict.innerText()) === before && after !== before,
      seen: `${before} → ${after}`,
    };
  } finally {
    await session.close();
  }
}

/** A mesh that is too old offers no distribution and says from which version on there is one. */
export async function versionGate(session: Session): Promise<Outcome> {
  const { page } = session;
  const topologies = '**/api/mesh-dr/v1/meshes/*/services/**/topology';
  await page.route(topologies, async route => {
    const response = await route.fetch();
    const json = await response.json();
    json.mesh.gates.distribution.allowed = false;
    await route.fulfill({ response, json });
  });
  try {
    await session.goto(REVIEWS);
    await page.getByText('Distribution needs ASM 1.22.6.66').waitFor();
    const offered = page.getByRole('radio', { name: 'Distribution' });
    await session.picture('version-gate');
    return {
      ok: await offered.isDisabled(),
      seen: 'Distribution is there, but cannot be chosen',
    };
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
}

/** While failover is in force for the whole mesh, distribution is set for it: ASM demands that the one goes off first. */
export async function distribute(session: Session): Promise<Outcome> {
  const { page } = session;
  await session.goto(REVIEWS);
  await page.getByRole('radio', { name: 'Whole mesh' }).check({ force: true });
  await page
    .getByRole('radio', { name: 'Distribution' })
    .check({ force: true });
  const share = page
    .getByRole('group', { name: 'Calls from cn-hangzhou' })
    .getByRole('textbox')
    .last();
  await share.fill('20');
  await share.press('Enter');
  await page.getByText('can be applied').waitFor();
  const steps = await page
    .getByRole('list', { name: 'Steps' })
    .getByRole('listitem')
    .allInnerTexts();
  await session.picture('distribution-preview');
  const done = await putInForce(session, REVIEWS, 'A fifth goes to Shanghai');
  await session.picture('distribution');
  const [off, on] = steps;
  return {
    ok:
      done.ok &&
      /off/.test(off) &&
      /on .*distribution/i.test(on) &&
      /cn-hangzhou 80 % \/ cn-shanghai 20 %/.test(done.seen),
    seen: `${steps.join(' → ')}; ${done.seen}`,
  };
}
