import { source, type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { Outcome } from '../lib/steps';

/** What of Backstage's own is left out of the judgement, and what it does wrong there. Nothing of the plugin may be here. */
export const SHELL: Record<string, string> = {
  '[role=tab][id$="-tab-templates"]':
    'The tabs of Create are links: aria-controls names a panel that Backstage does not draw.',
  'a[href="/notifications"]':
    'The link in the sidebar shows the number of unread notifications, which is not in its name.',
};

/** One broken rule on one element, in a line. */
export interface Issue {
  impact: string;
  rule: string;
  /** Selector of the element, as axe names it. */
  where: string;
  why: string;
}

declare const axe: typeof import('axe-core');

/** Waits until what was drawn last has come to rest: skeletons pulse for ever, everything else ends. */
export const settled = (page: Page) =>
  page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    await Promise.all(
      document
        .getAnimations()
        // Those that follow scrolling, not time, never end.
        .filter(
          ({ effect, timeline }) =>
            timeline === document.timeline &&
            effect?.getTiming().iterations !== Infinity,
        )
        .map(animation => animation.finished.catch(() => undefined)),
    );
  });

/**
 * What axe calls serious or critical on the page as it is now, all rules on. Ended transitions are waited for: half-way
 * through a fade every text lacks contrast.
 */
export async function seriousIssues(page: Page): Promise<Issue[]> {
  await settled(page);
  // As a script tag it would be refused by the portal's content security policy.
  await page.evaluate(source);
  const results: AxeResults = await page.evaluate(
    exclude => axe.run({ exclude }, { resultTypes: ['violations'] }),
    Object.keys(SHELL).map(selector => [selector]),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(violation =>
      violation.nodes.map(node => ({
        impact: node.impact ?? violation.impact ?? 'serious',
        rule: violation.id,
        where: node.target.join(' '),
        why: (node.failureSummary ?? violation.help).replace(/\s+/g, ' '),
      })),
    );
}

/** The audit of one state as the outcome of a step. */
export async function audit(page: Page): Promise<Outcome> {
  const issues = await seriousIssues(page);
  return {
    ok: issues.length === 0,
    seen:
      issues.length === 0
        ? 'nothing serious or critical'
        : issues
            .map(({ impact, rule, where, why }) =>
              [impact, rule, where, why].join(' · '),
            )
            .join('\n              '),
  };
}
