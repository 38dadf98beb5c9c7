import fc from 'fast-check';
import type { SplitInput } from '../locality/split';
import type { LocalityLbSetting } from '../locality/types';

export const arbitraryRegion = fc.constantFrom('hz', 'sh', 'bj');
export const arbitraryZone = fc.constantFrom('a', 'b');

/** Endpoints of one zone; some ejected, some not ready. */
export const arbitraryGroup = fc
  .record({
    region: arbitraryRegion,
    zone: arbitraryZone,
    total: fc.nat(8),
    down: fc.nat(8),
    unready: fc.nat(2),
  })
  .map(({ down, unready, ...rest }) => {
    const notReady = Math.min(unready, rest.total);
    return {
      ...rest,
      notReady,
      healthy: Math.max(0, rest.total - notReady - down),
    };
  });

const weights = fc
  .uniqueArray(arbitraryRegion, { minLength: 1 })
  .chain(regions =>
    fc
      .array(fc.integer({ min: 1, max: 30 }), {
        minLength: regions.length,
        maxLength: regions.length,
      })
      .map(parts => {
        parts[0] = 100 - parts.slice(1).reduce((a, b) => a + b, 0);
        return Object.fromEntries(regions.map((r, i) => [r, parts[i]]));
      }),
  );

const failover = fc.array(
  fc.record({ from: arbitraryRegion, to: arbitraryRegion }),
);

/** Any rule Istio takes, and a few that only its predecessors took. */
export const arbitrarySetting: fc.Arbitrary<LocalityLbSetting> = fc.oneof(
  fc.constant({}),
  fc.constant({ enabled: false }),
  fc.record({ failover }),
  fc.record({ zoneAware: fc.constant(true), failover }),
  fc.record({
    distribute: fc.array(fc.record({ from: arbitraryRegion, to: weights })),
  }),
  fc.record({
    failoverPriority: fc.uniqueArray(
      fc.constantFrom(
        'topology.kubernetes.io/region',
        'topology.kubernetes.io/zone',
        'topology.kubernetes.io/region=sh',
      ),
      { minLength: 1 },
    ),
    failover,
  }),
);

/** Any caller, endpoints, rule and release. */
export const anySplit: fc.Arbitrary<SplitInput> = fc.record({
  caller: fc.record({ region: arbitraryRegion, zone: arbitraryZone }),
  endpoints: fc.array(arbitraryGroup, { maxLength: 6 }),
  setting: arbitrarySetting,
  outlierDetection: fc.option(
    fc.record({ minHealthPercent: fc.constantFrom(0, 50) }),
    { nil: undefined },
  ),
  forced: fc.boolean(),
  consistentHash: fc.boolean(),
  versions: fc.record({ sendUnready: fc.boolean() }),
});
