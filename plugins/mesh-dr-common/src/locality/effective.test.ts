import { applyIntent, ownedDestinationRule } from './apply';
import type { DestinationRuleLike, TrafficPolicyLike } from './destinationRule';
import { effectiveRule, intentOf, intentToTrafficPolicy } from './effective';
import type { LocalityIntent } from './types';

const service = { namespace: 'default', name: 'reviews', port: 9080 };
const host = 'reviews.default.svc.cluster.local';
const failover = [{ from: 'hz', to: 'sh' }];
const mesh = { enabled: true, failover };
const own = { enabled: true, distribute: [{ from: 'hz', to: { hz: 100 } }] };

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

const locality: TrafficPolicyLike = {
  loadBalancer: { localityLbSetting: own },
};
const detection: TrafficPolicyLike = {
  outlierDetection: { consecutive5xxErrors: 1 },
};

const effective = (
  destinationRules: DestinationRuleLike[],
  options: { callerNamespace?: string; subset?: string; port?: number } = {},
) =>
  effectiveRule({
    callerNamespace: options.callerNamespace ?? 'default',
    service: { ...service, port: options.port ?? 9080 },
    destinationRules,
    meshSetting: mesh,
    subset: options.subset,
  });

describe('effectiveRule', () => {
  it('is the mesh-wide one when nobody says otherwise', () => {
    expect(effective([])).toEqual({
      locality: { setting: mesh, source: 'mesh' },
      shadowed: [],
    });
    expect(
      effectiveRule({
        callerNamespace: 'default',
        service,
        destinationRules: [],
        meshSetting: {},
      }).locality.source,
    ).toBe('default');
  });

  it('takes outlier detection from the DestinationRule and the rest from the mesh', () => {
    const result = effective([rule('reviews', detection)]);
    expect(result.locality).toEqual({ setting: mesh, source: 'mesh' });
    expect(result.outlierDetection).toEqual({
      settings: { consecutive5xxErrors: 1 },
      object: 'DestinationRule default/reviews',
    });
  });

  it('replaces the mesh-wide setting in its entirety, also by enabled: false', () => {
    const result = effective([rule('reviews', locality)]);
    expect(result.locality).toEqual({
      setting: own,
      source: 'destination-rule',
      object: 'DestinationRule default/reviews',
    });
    expect(result.shadowed[0].object).toBe('mesh-wide locality setting');
    const off = effective([
      rule('reviews', {
        loadBalancer: { localityLbSetting: { enabled: false } },
      }),
    ]);
    expect(off.locality.setting).toEqual({ enabled: false });
  });

  it.each(['reviews', host, '*', '*.default.svc.cluster.local'])(
    'matches host %s',
    pattern => {
      expect(
        effective([rule('a', locality, { host: pattern })]).locality.source,
      ).toBe('destination-rule');
    },
  );

  it('takes a name with a dot literally, and says so', () => {
    const result = effective([
      rule('a', locality, { host: 'reviews.default' }),
    ]);
    expect(result.locality.source).toBe('mesh');
    expect(result.shadowed[0].reason).toContain(`write ${host}`);
  });

  it('prefers the caller namespace, then the service, then the root', () => {
    const root = rule('root', locality, { namespace: 'istio-system', host });
    const svc = rule('svc', locality);
    const client = rule('client', locality, { namespace: 'web', host });
    const from = (rules: DestinationRuleLike[], callerNamespace = 'web') =>
      effective(rules, { callerNamespace }).locality.object;
    expect(from([root, svc, client])).toBe('DestinationRule web/client');
    expect(from([root, svc, client], 'default')).toBe(
      'DestinationRule default/svc',
    );
    expect(from([root])).toBe('DestinationRule istio-system/root');
    const third = effective([client]);
    expect(third.locality.source).toBe('mesh');
    expect(third.shadowed[0].reason).toContain('namespace web');
  });

  it('heeds exportTo', () => {
    const hidden = rule('a', locality, { exportTo: ['.'] });
    expect(effective([hidden]).locality.source).toBe('destination-rule');
    const seen = effective([hidden], { callerNamespace: 'web' });
    expect(seen.locality.source).toBe('mesh');
    expect(seen.shadowed[0].reason).toContain('exportTo ["."]');
    expect(
      effective([rule('a', locality, { exportTo: ['web'] })], {
        callerNamespace: 'web',
      }).locality.source,
    ).toBe('destination-rule');
  });

  it('prefers the more precise host', () => {
    const result = effective([
      rule('wide', locality, { host: '*.default.svc.cluster.local' }),
      rule('exact', detection),
    ]);
    expect(result.locality.source).toBe('mesh');
    expect(result.shadowed[0].reason).toContain('more precisely');
  });

  it('lets the older of two policies win', () => {
    const result = effective([
      rule('young', locality, {}, '2025-02-01T00:00:00Z'),
      rule('old', detection, {}, '2025-01-01T00:00:00Z'),
    ]);
    expect(result.locality.source).toBe('mesh');
    expect(result.outlierDetection?.object).toBe('DestinationRule default/old');
    expect(result.shadowed).toEqual([
      {
        object: 'DestinationRule default/young',
        reason: expect.stringContaining('DestinationRule default/old'),
      },
    ]);
  });

  it('merges a policy with an older rule that has subsets only', () => {
    const subsets = [{ name: 'v1', labels: { version: 'v1' } }];
    const result = effective([
      rule('old', undefined, { subsets }),
      rule('young', detection, {}, '2025-02-01T00:00:00Z'),
    ]);
    expect(result.outlierDetection?.object).toBe(
      'DestinationRule default/young',
    );
  });

  it('E13: a port entry replaces the whole policy', () => {
    const policy = {
      ...detection,
      portLevelSettings: [
        { port: { number: 9080 }, loadBalancer: { simple: 'ROUND_ROBIN' } },
      ],
    };
    const result = effective([rule('reviews', policy)]);
    expect(result.outlierDetection).toBeUndefined();
    expect(result.shadowed[0].reason).toContain('port 9080');
    expect(
      effective([rule('reviews', policy)], { port: 9081 }).outlierDetection,
    ).toBeDefined();
  });

  it('lays the policy of a subset over the top, field by field', () => {
    const subsets = [{ name: 'v1', trafficPolicy: locality }, { name: 'v2' }];
    const rules = [rule('reviews', detection, { subsets })];
    const v1 = effective(rules, { subset: 'v1' });
    expect(v1.locality.setting).toEqual(own);
    expect(v1.outlierDetection).toBeDefined();
    expect(effective(rules, { subset: 'v2' }).locality.source).toBe('mesh');
  });

  it('passes over rules for selected pods', () => {
    const result = effective([
      rule('a', locality, { workloadSelector: { matchLabels: {} } }),
    ]);
    expect(result.locality.source).toBe('mesh');
    expect(result.shadowed[0].reason).toContain('workloadSelector');
  });

  it('knows the deprecated name of the error counter', () => {
    expect(
      effective([rule('a', { outlierDetection: { consecutiveErrors: 7 } })])
        .outlierDetection?.settings,
    ).toEqual({ consecutiveGatewayErrors: 7 });
  });
});

describe('intents', () => {
  const intents: LocalityIntent[] = [
    { mode: 'off' },
    { mode: 'failover', failover, outlierDetection: { interval: '1s' } },
    {
      mode: 'distribution',
      distribute: [{ from: 'hz', to: { hz: 90, sh: 10 } }],
    },
  ];

  it.each(intents)('reads back %j', intent => {
    const policy = intentToTrafficPolicy(intent);
    expect(
      intentOf(policy.loadBalancer.localityLbSetting, policy.outlierDetection),
    ).toEqual(intent);
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
