import { applyIntent, ownedDestinationRule } from './apply';
import type { DestinationRuleLike, TrafficPolicyLike } from './destinationRule';
import { effectiveRule } from './effective';
import { intentOf, intentToTrafficPolicy } from './intent';
import type { LocalityIntent } from './types';

const service = { namespace: 'default', name: 'reviews', port: 9080 };
const host = 'reviews.default.svc.cluster.local';
const failover = [{ from: 'hz', to: 'sh' }];

function rule(
  name: string,
  trafficPolicy: TrafficPolicyLike | undefined,
  extra: Partial<DestinationRuleLike['spec']> & { namespace?: string } = {},
  created = '2025-01-01T00:00:00Z',
): DestinationRuleLike {
  const { namespace = 'default', ...spec } = extra;
  return {
    metadata: { name, namespace, creationTimestamp: created },
    spec: { host: 'reviews', trafficPolicy, ...spec },
  };
}

const detection: TrafficPolicyLike = {
  outlierDetection: { consecutive5xxErrors: 1 },
};

const effective = (destinationRules: DestinationRuleLike[]) =>
  effectiveRule({
    callerNamespace: 'default',
    service,
    destinationRules,
    meshSetting: {},
  });

describe('intents', () => {
  const intents: LocalityIntent[] = [
    { mode: 'off' },
    { mode: 'failover', failover, outlierDetection: { interval: '1s' } },
    {
      mode: 'distribution',
      distribute: [{ from: 'hz', to: { hz: 90, sh: 10 } }],
    },
    { mode: 'evacuation', to: 'sh', outlierDetection: { interval: '1s' } },
  ];

  it.each(intents)('reads back %j', intent => {
    const policy = intentToTrafficPolicy(intent);
    expect(
      intentOf(policy.loadBalancer.localityLbSetting, policy.outlierDetection),
    ).toEqual(intent);
  });

  it('empties a region for every caller and keeps it as the last resort', () => {
    expect(
      intentToTrafficPolicy({ mode: 'evacuation', from: 'hz', to: 'sh' }),
    ).toEqual({
      loadBalancer: {
        localityLbSetting: {
          enabled: true,
          failoverPriority: ['topology.kubernetes.io/region=sh'],
        },
      },
    });
    expect(
      intentOf({ failoverPriority: ['topology.kubernetes.io/region'] }),
    ).toEqual({ mode: 'off' });
  });

  it('reads wildcards as regions and an empty setting as off', () => {
    expect(
      intentOf({ distribute: [{ from: 'hz/*', to: { 'hz/*': 100 } }] }),
    ).toEqual({
      mode: 'distribution',
      distribute: [{ from: 'hz', to: { hz: 100 } }],
    });
    expect(intentOf({ enabled: true })).toEqual({ mode: 'off' });
  });

  it('writes connection settings where Istio expects them', () => {
    expect(
      intentToTrafficPolicy({
        mode: 'failover',
        failover,
        connectionPool: { connectTimeout: '1s', maxRequestsPerConnection: 1 },
      }),
    ).toEqual({
      loadBalancer: { localityLbSetting: { enabled: true, failover } },
      connectionPool: {
        tcp: { connectTimeout: '1s' },
        http: { maxRequestsPerConnection: 1 },
      },
    });
  });
});

describe('applyIntent', () => {
  const intent: LocalityIntent = {
    mode: 'failover',
    failover,
    outlierDetection: { maxEjectionPercent: 100 },
    connectionPool: { connectTimeout: '1s' },
  };

  it('makes a rule where there is none, and it is obeyed', () => {
    const rules = applyIntent([], service, intent);
    expect(effective(rules).locality.setting.failover).toEqual(failover);
    expect(effective(rules).outlierDetection).toBeDefined();
  });

  it('changes its own fields of an existing rule only', () => {
    const before = rule(
      'reviews',
      {
        loadBalancer: { simple: 'RANDOM' },
        connectionPool: { http: { http1MaxPendingRequests: 5 } },
        tls: { mode: 'ISTIO_MUTUAL' },
      },
      { subsets: [{ name: 'v1' }] },
    );
    const [after] = applyIntent([before], service, intent);
    expect(after.spec).toEqual({
      host: 'reviews',
      subsets: [{ name: 'v1' }],
      trafficPolicy: {
        loadBalancer: {
          simple: 'RANDOM',
          localityLbSetting: { enabled: true, failover },
        },
        connectionPool: {
          tcp: { connectTimeout: '1s' },
          http: { http1MaxPendingRequests: 5 },
        },
        tls: { mode: 'ISTIO_MUTUAL' },
        outlierDetection: { maxEjectionPercent: 100 },
      },
    });
    expect(before.spec.trafficPolicy?.outlierDetection).toBeUndefined();
  });

  it('writes to the rule istiod would take', () => {
    const plain = rule('plain', undefined);
    const young = rule('young', detection, {}, '2025-02-01T00:00:00Z');
    const other = rule('other', detection, { namespace: 'web', host });
    expect(ownedDestinationRule([young, other, plain], service)).toBe(young);
    expect(ownedDestinationRule([other], service)).toBeUndefined();
  });
});
