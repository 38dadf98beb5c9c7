import type { DestinationRuleLike, TrafficPolicyLike } from './destinationRule';
import { modelVersions } from '../versions';
import { effectiveRule } from './effective';

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
      locality: {
        setting: mesh,
        source: 'mesh',
        reason: expect.stringContaining('mesh-wide one applies'),
      },
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
    expect(result.locality).toMatchObject({ setting: mesh, source: 'mesh' });
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
      reason: expect.stringContaining('callers in namespace default'),
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

  it('takes the port entry of a subset alone, also without a top-level policy', () => {
    const subsets = [
      {
        name: 'v1',
        trafficPolicy: {
          outlierDetection: {},
          portLevelSettings: [{ port: { number: 9080 }, ...locality }],
        },
      },
    ];
    const alone = effective([rule('reviews', undefined, { subsets })], {
      subset: 'v1',
    });
    expect(alone.locality.object).toBe('DestinationRule default/reviews');
    expect(alone.outlierDetection).toBeUndefined();
    const over = effective([rule('reviews', detection, { subsets })], {
      subset: 'v1',
    });
    expect(over.outlierDetection).toBeUndefined();
    expect(over.shadowed).toContainEqual({
      object: 'DestinationRule default/reviews trafficPolicy',
      reason: expect.stringContaining('portLevelSettings for port 9080'),
    });
  });

  it('names the fields of the top-level policy that a subset replaces', () => {
    const subsets = [
      { name: 'v1', trafficPolicy: { outlierDetection: { interval: '2s' } } },
    ];
    expect(
      effective([rule('reviews', detection, { subsets })], { subset: 'v1' })
        .shadowed,
    ).toEqual([
      {
        object: 'DestinationRule default/reviews trafficPolicy',
        reason:
          'subset v1 of DestinationRule default/reviews replaces outlierDetection',
      },
    ]);
  });

  it('says when hosts are found by hashing', () => {
    const hashing = { loadBalancer: { consistentHash: { useSourceIp: true } } };
    expect(effective([rule('a', hashing)]).loadBalancer).toBe(
      'CONSISTENT_HASH',
    );
  });
});

describe('settings of newer releases', () => {
  const at = (version: string, trafficDistribution?: string) =>
    effectiveRule({
      callerNamespace: 'default',
      service: { ...service, trafficDistribution },
      destinationRules: [],
      meshSetting: mesh,
      versions: modelVersions(version),
    });

  it('heeds trafficDistribution from Istio 1.25 on, before the mesh-wide rule', () => {
    expect(at('v1.24.0.1', 'PreferClose').locality.source).toBe('mesh');
    const result = at('v1.25.0.1', 'PreferClose');
    expect(result.locality).toMatchObject({
      source: 'service',
      object: 'Service default/reviews',
      forced: true,
    });
    expect(result.locality.setting.failoverPriority).toHaveLength(4);
    expect(result.shadowed[0].object).toBe('mesh-wide locality setting');
  });

  it.each([
    ['PreferClose', 3],
    ['PreferSameZone', 3],
    ['PreferSameNode', 5],
    ['Any', undefined],
  ])('reads %s as Istio 1.27 does', (value, labels) => {
    expect(
      at('v1.27.0.1', value).locality.setting.failoverPriority?.length,
    ).toBe(labels);
  });

  it('knows zone-aware balancing from Istio 1.31 on', () => {
    const zoneAware = rule('a', {
      loadBalancer: { zoneAwareLbSetting: { enabled: true, failover } },
    });
    const seen = (version: string) =>
      effectiveRule({
        callerNamespace: 'default',
        service,
        destinationRules: [zoneAware],
        meshSetting: {},
        versions: modelVersions(version),
      }).locality;
    expect(seen('v1.30.0.1').source).toBe('default');
    expect(seen('v1.31.0.1')).toMatchObject({
      setting: { zoneAware: true, failover },
      forced: true,
    });
  });
});
