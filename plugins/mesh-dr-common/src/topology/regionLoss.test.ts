import fc from 'fast-check';
import { anySplit, arbitraryRegion } from '../__testUtils__/arbitrarySplits';
import type {
  EffectiveRule,
  LocalityEndpoints,
  OutlierDetection,
} from '../locality/types';
import { simulateRegionLoss, type CallerPools } from './regionLoss';

const VERSION = 'v1.22.6.66-g1-aliyun';

function caller(
  region: string,
  zone: string,
  proxies: number,
  pools: CallerPools['pools'],
): CallerPools {
  return {
    caller: {
      namespace: 'default',
      topology: {
        id: `${region}/${zone}`,
        kind: 'sidecars',
        name: zone,
        region,
        zone,
        proxies,
        localitySource: 'node',
      },
    },
    pools,
  };
}

const rule = (
  setting: EffectiveRule['locality']['setting'],
  settings?: OutlierDetection,
): EffectiveRule => ({
  locality: { setting, source: 'mesh' },
  ...(settings && { outlierDetection: { settings, object: 'a rule' } }),
  shadowed: [],
});

const hosts = (region: string, zone: string, n: number): LocalityEndpoints => ({
  region,
  zone,
  total: n,
  healthy: n,
});

describe('simulateRegionLoss', () => {
  const failover = { failover: [{ from: 'hz', to: 'sh' }] };
  const endpoints = [
    hosts('hz', 'h', 2),
    hosts('hz', 'i', 2),
    hosts('sh', 'b', 4),
  ];

  it('empties the nearest priority of a caller before others', () => {
    const settings = { consecutive5xxErrors: 1, maxEjectionPercent: 30 };
    const at = (zone: string) =>
      simulateRegionLoss(
        'hz',
        [
          caller('hz', zone, 1, [
            { weight: 100, endpoints, rule: rule(failover, settings) },
          ]),
        ],
        VERSION,
      );
    // Two of eight may go: both of the caller's own zone, wherever that is; the other zone then takes all calls.
    for (const zone of ['h', 'i']) {
      expect(at(zone)).toMatchObject({
        shares: { hz: 100 },
        failing: 100,
        ejection: { endpoints: 8, local: 4, ejected: 2 },
      });
    }
  });

  it('weighs callers by their proxies and counts each one’s errors', () => {
    const settings = { consecutive5xxErrors: 3, maxEjectionPercent: 100 };
    const pools = [{ weight: 100, endpoints, rule: rule(failover, settings) }];
    expect(
      simulateRegionLoss(
        'hz',
        [caller('hz', 'h', 5, pools), caller('sh', 'b', 7, pools)],
        VERSION,
      ),
    ).toMatchObject({ shares: { sh: 100 }, failing: 0, callsLost: 5 * 4 * 3 });
  });

  it('a cap that is too small can send more calls to the lost region than before', () => {
    // Its nearer half is ejected; its farther half is the whole next priority and takes over.
    const pool = {
      weight: 100,
      endpoints: [
        hosts('hz', 'a', 1),
        hosts('hz', 'b', 1),
        { ...hosts('sh', 'a', 2), healthy: 1, notReady: 1 },
      ],
      rule: rule(
        { failoverPriority: ['topology.kubernetes.io/zone'] },
        { maxEjectionPercent: 34 },
      ),
    };
    const at = (lost: string) =>
      simulateRegionLoss(lost, [caller('bj', 'a', 1, [pool])], 'v1.31.0.1')
        .shares;
    expect(at('nowhere')).toEqual({ hz: 45.75, sh: 54.25 });
    expect(at('hz')).toEqual({ hz: 54, sh: 46 });
  });

  it('never raises the share of the lost region while panic is off and regions stay together', () => {
    fc.assert(
      fc.property(
        anySplit,
        arbitraryRegion,
        fc.constantFrom(10, 34, 50, 100),
        (split, lost, maxEjectionPercent) => {
          const { setting, forced, consistentHash } = split;
          fc.pre(!setting.failoverPriority || maxEjectionPercent === 100);
          const pool = {
            weight: 100,
            // What is ejected already would count against the cap.
            endpoints: split.endpoints.map(e => ({
              ...e,
              healthy: e.total - (e.notReady ?? 0),
            })),
            rule: {
              ...rule(
                setting,
                split.outlierDetection && { maxEjectionPercent },
              ),
              ...(consistentHash && { loadBalancer: 'CONSISTENT_HASH' }),
              locality: {
                setting,
                source: 'mesh' as const,
                ...(forced && { forced: true as const }),
              },
            },
          };
          const { region, zone } = split.caller;
          const one = caller(region!, zone!, 1, [pool]);
          const version = split.versions.sendUnready ? 'v1.31.0.1' : VERSION;
          const before = simulateRegionLoss('nowhere', [one], version);
          const after = simulateRegionLoss(lost, [one], version);
          expect(after.shares[lost] ?? 0).toBeLessThanOrEqual(
            before.shares[lost] ?? 0,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
