import {
  BOTH_WAYS,
  GUIDE_OUTLIER_DETECTION,
  HANGZHOU,
  SHANGHAI,
  percent,
  tally,
  type Walkthrough,
} from './context';

/**
 * Pods that stay but fail: what a disaster looks like to a proxy. The guide's outlier detection never ejects them
 * (LOCALITY, finding 1); with maxEjectionPercent 100 the same rule moves the calls.
 */
export async function outlierDetection(walk: Walkthrough) {
  const { steps } = walk;
  await steps.step(
    'Both regions healthy again',
    'reviews v1 in Hangzhou, v2 in Shanghai',
    async () => {
      await walk.deployBookinfo('split');
      await walk.settled('reviews', {
        [`${HANGZHOU} v1`]: 1,
        [`${SHANGHAI} v2`]: 1,
      });
      return { ok: true, seen: 'as expected' };
    },
  );

  for (const attempt of [
    {
      name: "Failing pods, the guide's outlier detection",
      settings: GUIDE_OUTLIER_DETECTION,
      expected:
        'linter warns; nothing is ejected, every call from Hangzhou fails',
      fails: true,
    },
    {
      name: 'Failing pods, maxEjectionPercent 100',
      settings: { ...GUIDE_OUTLIER_DETECTION, maxEjectionPercent: 100 },
      expected: 'calls go to Shanghai after the first errors',
      fails: false,
    },
  ]) {
    await steps.step(attempt.name, attempt.expected, async () => {
      const intent = {
        mode: 'failover' as const,
        failover: BOTH_WAYS,
        outlierDetection: attempt.settings,
      };
      const target = {
        scope: 'service' as const,
        meshId: walk.meshId,
        namespace: 'default',
        name: 'reviews',
      };
      const preview = await walk.operator.mesh.preview({ target, intent });
      const ejection = preview.findings.filter(finding =>
        /maxEjectionPercent/.test(finding.message + finding.evidence),
      );
      if (attempt.fails) {
        // The product refuses this rule; the mesh object is written as the guide does it, by YAML.
        await walk.applyToMesh([
          {
            apiVersion: 'networking.istio.io/v1beta1',
            kind: 'DestinationRule',
            metadata: { name: 'reviews', namespace: 'default' },
            spec: {
              host: 'reviews',
              trafficPolicy: {
                outlierDetection: attempt.settings,
                loadBalancer: {
                  localityLbSetting: { enabled: true, failover: BOTH_WAYS },
                },
              },
            },
          },
        ]);
      } else {
        await walk.change({ name: 'reviews' }, intent, 'Failover that ejects');
      }
      const fault = await walk.failPods(HANGZHOU, { app: 'reviews' });
      try {
        const requests = 40;
        const result = await walk.verify(requests);
        const topology = await walk.topology();
        const still = topology.regions.find(r => r.region === HANGZHOU);
        const shanghai = percent(result.byRegion[SHANGHAI] ?? 0, requests);
        return {
          ok:
            still?.ready === 1 &&
            (attempt.fails
              ? ejection.length > 0 && result.failed === requests
              : ejection.length === 0 && shanghai >= 90),
          seen: `${ejection[0]?.message ?? 'no finding'} — ${tally(
            result,
          )}; Hangzhou still has ${still?.ready} ready pod`,
        };
      } finally {
        await walk.healPods(fault);
      }
    });
  }
}
