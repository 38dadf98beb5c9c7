import fc from 'fast-check';
import { anySplit, arbitraryRegion } from '../__testUtils__/arbitrarySplits';
import { predictSplit } from '../locality/split';
import type { EffectiveRule } from '../locality/types';
import { simulateRegionLoss } from '../topology/regionLoss';
import { simulate } from './simulate';
import type { WhatIfRule, WhatIfSnapshot } from './types';

const hop = (from: string, to: string, rule: WhatIfRule) => ({
  from,
  to,
  pools: [{ weight: 100, rule }],
});

/** A what-if's rule as the topology knows it. */
const effective = (rule: WhatIfRule): EffectiveRule => ({
  locality: {
    setting: rule.setting,
    source: 'mesh',
    ...(rule.forced && { forced: true }),
  },
  ...(rule.outlierDetection && {
    outlierDetection: { settings: rule.outlierDetection, object: 'a rule' },
  }),
  ...(rule.consistentHash && { loadBalancer: 'CONSISTENT_HASH' }),
  shadowed: [],
});

describe('simulate', () => {
  it('agrees with predictSplit for any rule, caller and endpoints', () => {
    fc.assert(
      fc.property(anySplit, split => {
        const { caller, endpoints, versions, ...rule } = split;
        const snapshot: WhatIfSnapshot = {
          meshVersion: versions.sendUnready ? 'v1.31.0.1' : 'v1.22.0.1',
          services: [{ id: 'default/a', endpoints }],
          entries: [{ id: 'in', region: caller.region!, zone: caller.zone }],
          hops: [hop('in', 'default/a', rule)],
        };
        const expected = predictSplit(split);
        const [seen] = simulate(snapshot, []).hop('in', 'default/a');
        const regions = new Set([
          ...Object.keys(expected.shares),
          ...Object.keys(seen.after),
        ]);
        for (const region of regions) {
          expect(seen.after[region] ?? 0).toBeCloseTo(
            expected.shares[region] ?? 0,
            9,
          );
        }
        expect(seen.failedPercent.after).toBeCloseTo(
          expected.noHealthyUpstream ? 100 : 0,
          9,
        );
      }),
      { numRuns: 1000, endOnFailure: true },
    );
  });

  it('loses a region as simulateRegionLoss does', () => {
    const zones = ['a', 'b'] as const;
    fc.assert(
      fc.property(
        anySplit,
        arbitraryRegion,
        fc.constantFrom(10, 34, 50, 100),
        (split, region, maxEjectionPercent) => {
          const { versions, forced, setting, consistentHash } = split;
          // Facts name a zone once.
          const endpoints = split.endpoints
            .filter(
              ({ region: r, zone }, i, all) =>
                all.findIndex(e => e.region === r && e.zone === zone) === i,
            )
            .map(e => ({ ...e, healthy: e.total - e.notReady! }));
          const rule = {
            setting,
            ...(forced && { forced }),
            consistentHash,
            outlierDetection: split.outlierDetection && { maxEjectionPercent },
          };
          // The caller stands in a zone of its own, which stays.
          const caller = { region: split.caller.region!, zone: 'c' };
          const meshVersion = versions.sendUnready ? 'v1.31.0.1' : 'v1.22.0.1';
          const [seen] = simulate(
            {
              meshVersion,
              services: [{ id: 'default/a', endpoints }],
              entries: [
                { id: 'in', ...caller },
                // So that every zone is known.
                ...zones.map(zone => ({ id: zone, region, zone })),
              ],
              hops: [hop('in', 'default/a', rule)],
            },
            zones.map(zone => ({ kind: 'down', region, zone })),
          ).hop('in', 'default/a');
          const expected = simulateRegionLoss(
            region,
            [
              {
                caller: {
                  namespace: 'default',
                  topology: {
                    ...caller,
                    id: 'in',
                    kind: 'sidecars',
                    name: 'in',
                    proxies: 1,
                    localitySource: 'node',
                  },
                },
                pools: [
                  {
                    weight: 100,
                    endpoints,
                    rule: effective(rule),
                  },
                ],
              },
            ],
            meshVersion,
          );
          for (const name of ['hz', 'sh', 'bj']) {
            expect(seen.after[name] ?? 0).toBeCloseTo(
              expected.shares[name] ?? 0,
              1,
            );
          }
        },
      ),
      { numRuns: 500, endOnFailure: true },
    );
  });
});
