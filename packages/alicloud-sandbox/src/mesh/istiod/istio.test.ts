/**
 * The cases of istiod's own unit test of its locality load balancer, as facts: what goes in, and which priorities and
 * weights come out.
 */
import type { Endpoint } from '../types';
import {
  applyLocalityLb,
  effectiveSetting,
  parseLocality,
  preferNear,
  type LocalityLbSetting,
} from './locality';

const PROXY = parseLocality('region1/zone1/subzone1');
const NETWORK = 'topology.istio.io/network';
const CLUSTER = 'topology.istio.io/cluster';

function endpoint(ip: string, labels: Record<string, string> = {}): Endpoint {
  return {
    key: ip,
    clusterId: 'c',
    namespace: 'default',
    ip,
    port: 10001,
    locality: parseLocality(''),
    labels,
    weight: 1,
    healthy: true,
  };
}

function group(locality: string, endpoints = [endpoint(locality)]) {
  return {
    locality: parseLocality(locality),
    priority: 0,
    weight: endpoints.length,
    endpoints,
  };
}

const at = (network: string, cluster: string, key = true) => ({
  ...(key && { key: 'value' }),
  [NETWORK]: network,
  [CLUSTER]: cluster,
});

function apply(
  groups: ReturnType<typeof group>[],
  setting: LocalityLbSetting | undefined,
  labels: Record<string, string> = {},
) {
  return applyLocalityLb(groups, { locality: PROXY, labels }, setting, true);
}

const FAILOVER = [{ from: 'region1', to: 'region2' }];

describe('distribute', () => {
  it('I03: shares a weight among groups of one locality, and empties the others', () => {
    const names = [
      'region1/zone1/subzone1',
      'region1/zone1/subzone1',
      'region1/zone1/subzone2',
      'region1/zone1/subzone3',
      'region1/zone2',
      'region2',
      'region3',
    ];
    const distribute = [
      {
        from: 'region1/zone1/subzone1',
        to: {
          'region1/zone1/subzone1': 80,
          'region1/zone1/subzone2': 15,
          'region1/zone1/subzone3': 5,
        },
      },
    ];
    const groups = apply(
      names.map(n => group(n)),
      { distribute },
    );
    expect(groups.map(g => (g.endpoints.length > 0 ? g.weight : 0))).toEqual([
      40, 40, 15, 5, 0, 0, 0,
    ]);
  });
});

describe('failover', () => {
  const priorities = (names: string[], setting?: LocalityLbSetting) =>
    apply(
      names.map(n => group(n)),
      setting,
    ).map(g => g.priority);

  it.each([
    [
      'all priorities',
      [
        'region1/zone1/subzone1',
        'region1/zone1/subzone2',
        'region1/zone2',
        'region2',
        'region3',
      ],
      [0, 1, 2, 3, 4],
    ],
    ['gaps', ['region1/zone1/subzone2', 'region2/zone1/subzone2'], [0, 1]],
    [
      'an endpoint without locality',
      ['region1/zone1/subzone2', '', 'region2/zone1/subzone2'],
      [0, 2, 1],
    ],
  ])('%s', (_, names, expected) => {
    expect(priorities(names, { failover: FAILOVER })).toEqual(expected);
  });

  it('switched off leaves one priority', () => {
    expect(priorities(['region1/zone1', '', 'region2'])).toEqual([0, 0, 0]);
  });
});

describe('failoverPriority', () => {
  /** Priorities by address. */
  const priorities = (
    failoverPriority: string[],
    labels: Record<string, string>,
  ) => {
    const groups = [
      group('region1/zone1/subzone1', [
        endpoint('1.1.1.1', at('n1', 'c1', false)),
        endpoint('2.2.2.2', at('n2', 'c2')),
      ]),
      group('region2/zone2/subzone2', [
        endpoint('3.3.3.3', at('n1', 'c3')),
        endpoint('4.4.4.4', at('n2', 'c4')),
      ]),
      group('region3/zone3/subzone3', [
        endpoint('1.2.3.4', at('n1', 'c1')),
        endpoint('2.3.4.5', at('n2', 'c2')),
      ]),
    ];
    return apply(groups, { failoverPriority }, labels).map(
      g =>
        [g.priority, g.weight, g.endpoints.map(e => e.ip).join(' ')] as const,
    );
  };
  const both = [NETWORK, CLUSTER];

  it.each([
    ['no label', both, at('test', 'test', false)],
    ['not the first label', both, at('test', 'c1', false)],
    ['a value that nobody has', [`${NETWORK}=n3`], at('n1', 'test', false)],
  ])('matching %s leaves one priority', (_, labels, proxy) => {
    expect(priorities(labels, proxy).map(([p, w]) => [p, w])).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });

  it.each([
    ['the network', both, at('n1', 'test', false)],
    ['a fixed value', [`${NETWORK}=n1`], at('n2', 'test', false)],
  ])('matching %s splits localities in two', (_, labels, proxy) => {
    expect(priorities(labels, proxy)).toEqual([
      [0, 1, '1.1.1.1'],
      [1, 1, '2.2.2.2'],
      [0, 1, '3.3.3.3'],
      [1, 1, '4.4.4.4'],
      [0, 1, '1.2.3.4'],
      [1, 1, '2.3.4.5'],
    ]);
  });

  it('matching all labels comes first, then fewer', () => {
    const found = priorities(['key', ...both], at('n2', 'c2'));
    expect(Object.fromEntries(found.map(([p, , ip]) => [ip, p]))).toEqual({
      '2.2.2.2': 0,
      '1.1.1.1': 3,
      '4.4.4.4': 1,
      '3.3.3.3': 2,
      '2.3.4.5': 0,
      '1.2.3.4': 2,
    });
  });

  it('with failover the region decides among equals', () => {
    const groups = [
      group('region1/zone1/subzone1', [endpoint('1', at('n1', 'c1', false))]),
      group('region1/zone2/subzone2', [endpoint('2', at('n2', 'c2'))]),
      group('region2/zone2/subzone2', [endpoint('3', at('n1', 'c3'))]),
      group('region3/zone3/subzone3', [endpoint('4', at('n2', 'c4'))]),
      group('region2/zone2/subzone2', [endpoint('5', at('n2', 'c2'))]),
      group('region3/zone3/subzone3', [endpoint('6', at('n3', 'c6'))]),
    ];
    const result = apply(
      groups,
      { failoverPriority: both, failover: FAILOVER },
      at('n2', 'c2', false),
    );
    expect(result.map(g => g.priority)).toEqual([3, 0, 4, 2, 1, 5]);
  });
});

describe('the setting in force', () => {
  it.each([
    [undefined, undefined, undefined],
    [{}, undefined, {}],
    [undefined, {}, {}],
    [{}, { failover: FAILOVER }, { failover: FAILOVER }],
    [{ enabled: false }, undefined, undefined],
    [{ enabled: true }, { enabled: false }, undefined],
    [{ enabled: false }, { enabled: true }, { enabled: true }],
  ])('mesh %j, rule %j: %j', (mesh, rule, expected) => {
    expect(effectiveSetting(rule, mesh)).toEqual(expected);
  });
});

describe('trafficDistribution', () => {
  it.each([
    ['PreferClose', 'with-subzone', 4],
    ['PreferClose', 'without-subzone', 3],
    ['PreferSameZone', 'with-subzone', undefined],
    ['prefersamezone', 'without-subzone', 3],
    ['PreferSameNode', 'without-subzone', 5],
    ['PreferClose', undefined, undefined],
    ['Any', 'without-subzone', undefined],
    [undefined, 'without-subzone', undefined],
  ] as const)('%s, heeded %s: %s labels', (asked, heeded, labels) => {
    expect(
      preferNear([undefined, asked], heeded)?.failoverPriority?.length,
    ).toBe(labels);
  });
});
