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
        const result = await walk.verify(REQUESTS);
        const topology = await walk.topology();
        const hangzhou = topology.regions.find(r => r.region === HANGZHOU);
        // Callers in Shanghai have a healthy reviews of their own; those in Hangzhou (the gateway's first hop has no
        // outlier detection, so half the pages) fail every time.
        return {
          ok:
            hangzhou?.ready === 1 &&
            percent(result.failed, REQUESTS) >= 30 &&
            (result.byRegion[HANGZHOU] ?? 0) === 0,
          seen: `${tally(result)}; Hangzhou still has ${
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
        const result = await walk.verify(REQUESTS);
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
