import type { LocalityIntent } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  BOTH_WAYS,
  GUIDE_OUTLIER_DETECTION,
  HANGZHOU,
  SHANGHAI,
  percent,
  tally,
  type Walkthrough,
} from './context';

const REQUESTS = 40;
/**
 * The page, not its API: the page answers 200 when reviews fails, so that the gateway has nothing to retry. Through the
 * API, Istio 1.22's default retry of 503 sends the call to the other region's productpage and hides the failing hop.
 */
const PAGE = '/productpage';

const failover = (maxEjectionPercent?: number): LocalityIntent => ({
  mode: 'failover',
  failover: BOTH_WAYS,
  outlierDetection: {
    ...GUIDE_OUTLIER_DETECTION,
    ...(maxEjectionPercent && { maxEjectionPercent }),
  },
});

/**
 * Pods that stay but fail: what a disaster looks like to a proxy. The guide's outlier detection never ejects them
 * (LOCALITY, finding 1); with maxEjectionPercent 100 the same rule moves the calls.
 */
export async function outlierDetection(walk: Walkthrough) {
  const { steps } = walk;
  const reviews = () => ({
    scope: 'service' as const,
    meshId: walk.meshId,
    namespace: 'default',
    name: 'reviews',
  });

  await steps.step(
    "The guide's own setup: its outlier detection, mesh-wide failover",
    'both regions healthy; the verdict on reviews is not "protected"',
    async () => {
      await walk.deployBookinfo('split', { outlierDetection: 'guide' });
      await walk.settled('reviews', {
        [`${HANGZHOU} v1`]: 1,
        [`${SHANGHAI} v2`]: 1,
      });
      await walk.change(
        'mesh',
        { mode: 'failover', failover: BOTH_WAYS },
        'As the guide sets it',
      );
      const { verdict } = await walk.topology();
      return { ok: verdict.level !== 'protected', seen: verdict.sentence };
    },
  );
  await steps.step(
    "Proposing the guide's values for the service",
    'refused: maxEjectionPercent 10 never ejects one of two endpoints; fix 100',
    async () => {
      const preview = await walk.operator.mesh.preview({
        target: reviews(),
        intent: failover(),
      });
      const finding = preview.findings.find(
        f => f.severity === 'refuse' && /maxEjectionPercent/.test(f.message),
      );
      const fixed =
        finding?.fix?.intent.mode === 'failover'
          ? finding.fix.intent.outlierDetection?.maxEjectionPercent
          : undefined;
      return {
        ok: !preview.applicable && fixed === 100,
        seen: `${finding?.message ?? 'no finding'} (fix: ${fixed})`,
      };
    },
  );
  await steps.step(
    "Hangzhou's reviews fail, the guide's outlier detection",
    'nothing is ejected: the calls keep failing',
    async () => {
      const fault = await walk.failPods(HANGZHOU, { app: 'reviews' });
      try {
        const rounds = [
          await walk.verify(REQUESTS, PAGE),
          await walk.verify(REQUESTS, PAGE),
        ];
        const topology = await walk.topology();
        const hangzhou = topology.regions.find(r => r.region === HANGZHOU);
        // Pages made in Shanghai use its own reviews; those made in Hangzhou fail every time. They are fewer than half
        // (the gateway's least-request choice avoids the slower pod), and in the second round they fail still.
        return {
          ok:
            hangzhou?.ready === 1 &&
            rounds.every(
              result =>
                percent(result.failed, REQUESTS) >= 10 &&
                (result.byRegion[HANGZHOU] ?? 0) === 0,
            ),
          seen: `${rounds.map(tally).join(' | ')}; Hangzhou still has ${
            hangzhou?.ready
          } ready pod`,
        };
      } finally {
        await walk.healPods(fault);
      }
    },
  );
  await steps.step(
    "Hangzhou's reviews fail, maxEjectionPercent 100",
    'after the first errors every call is answered from Shanghai',
    async () => {
      await walk.change(
        { name: 'reviews' },
        failover(100),
        'Failover that ejects',
      );
      const fault = await walk.failPods(HANGZHOU, { app: 'reviews' });
      try {
        const result = await walk.verify(REQUESTS, PAGE);
        return {
          ok: percent(result.byRegion[SHANGHAI] ?? 0, REQUESTS) >= 90,
          seen: tally(result),
        };
      } finally {
        await walk.healPods(fault);
      }
    },
  );
}
