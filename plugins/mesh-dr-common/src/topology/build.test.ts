import {
  bookinfo,
  destinationRule,
  guideDistribution,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { lintIntent } from '../locality/lint';
import { buildServiceTopology, summaryOf } from './build';
import { lintContextOf } from './lintContext';
import type { TopologyInput } from './types';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
  connectionPool: { tcp: { connectTimeout: '1s' } },
});
const guide = destinationRule('reviews', {
  outlierDetection: guideOutlierDetection,
});

const sharesFrom = (input: TopologyInput, region: string) =>
  buildServiceTopology(input).predicted.find(
    ({ callerRegion }) => callerRegion === region,
  )?.shares;

describe('buildServiceTopology', () => {
  it('takes the pods of a gateway from its callers once', () => {
    const door = { namespace: 'default', name: 'door' };
    const [hangzhou, shanghai] = bookinfo().clusters;
    const clusters = [
      {
        ...hangzhou,
        pods: [
          ...hangzhou.pods,
          {
            name: 'door-0',
            namespace: 'default',
            labels: { istio: 'ingressgateway' },
            node: 'hangzhou-node',
            ready: true,
          },
        ],
        services: [
          ...hangzhou.services,
          { ...door, selector: { istio: 'ingressgateway' }, ports: [] },
        ],
      },
      shanghai,
    ];
    expect(
      buildServiceTopology(bookinfo({ clusters, service: door })).callers.map(
        ({ region, proxies }) => [region, proxies],
      ),
    ).toEqual([
      [HANGZHOU, 5],
      [SHANGHAI, 5],
    ]);
  });

  it('shows regions, versions, endpoints, gateways and callers', () => {
    const topology = buildServiceTopology(bookinfo());
    expect(topology.service).toEqual({
      namespace: 'default',
      name: 'reviews',
      host: 'reviews.default.svc.cluster.local',
      ports: [9080],
    });
    expect(
      topology.regions.map(({ region, ready, total }) => [
        region,
        ready,
        total,
      ]),
    ).toEqual([
      [HANGZHOU, 2, 2],
      [SHANGHAI, 2, 2],
    ]);
    const [hangzhou] = topology.regions[0].clusters;
    expect(hangzhou.workloads).toEqual([
      { name: 'reviews-v1', version: 'v1', desired: 2, ready: 2 },
    ]);
    expect(hangzhou.endpoints[0]).toEqual({
      pod: 'reviews-v1-hangzhou-0',
      ip: '10.0.0.1',
      node: 'hangzhou-node',
      zone: 'cn-hangzhou-h',
      version: 'v1',
      ready: true,
    });
    expect(topology.gateways).toEqual([
      {
        name: 'istio-ingressgateway',
        namespace: 'istio-system',
        clusterId: 'c-hangzhou',
        region: HANGZHOU,
        address: '47.96.0.1',
        ports: [80, 443],
        ready: 1,
      },
    ]);
    // The gateway routes to productpage, not to reviews.
    expect(
      topology.callers.map(({ kind, region, proxies }) => [
        kind,
        region,
        proxies,
      ]),
    ).toEqual([
      ['sidecars', HANGZHOU, 3],
      ['sidecars', SHANGHAI, 3],
    ]);
    expect(topology.computedAt).toBe('2025-07-01T00:00:00.000Z');
  });

  it('counts the gateway among the callers of what it routes to', () => {
    const topology = buildServiceTopology(
      bookinfo({ service: { namespace: 'default', name: 'productpage' } }),
    );
    expect(topology.callers[0]).toEqual({
      id: 'gateway:c-hangzhou/istio-system/istio-ingressgateway',
      kind: 'gateway',
      name: 'istio-ingressgateway',
      region: HANGZHOU,
      zone: 'cn-hangzhou-h',
      proxies: 1,
      localitySource: 'node',
    });
  });

  it('predicts the guide: failover keeps calls local, distribution moves 10 %', () => {
    const failover = bookinfo({
      meshSetting: guideFailover,
      destinationRules: [working],
    });
    expect(sharesFrom(failover, HANGZHOU)).toEqual({
      [HANGZHOU]: 100,
      [SHANGHAI]: 0,
    });
    const distribution = bookinfo({
      meshSetting: guideDistribution,
      destinationRules: [working],
    });
    expect(sharesFrom(distribution, HANGZHOU)).toEqual({
      [HANGZHOU]: 90,
      [SHANGHAI]: 10,
    });
    // No entry matches callers in Shanghai.
    expect(sharesFrom(distribution, SHANGHAI)).toEqual({
      [HANGZHOU]: 50,
      [SHANGHAI]: 50,
    });
  });

  it('full layout: taking v1 away in Hangzhou moves no call', () => {
    const all = { v1: 1, v2: 1, v3: 1 };
    const input = bookinfo({
      hangzhou: { ...all, v1: 0 },
      shanghai: all,
      meshSetting: guideFailover,
      destinationRules: [working],
    });
    expect(sharesFrom(input, HANGZHOU)).toEqual({
      [HANGZHOU]: 100,
      [SHANGHAI]: 0,
    });
  });

  it('split layout: taking v1 away in Hangzhou moves every call', () => {
    const input = bookinfo({
      hangzhou: { v1: 0 },
      meshSetting: guideFailover,
      destinationRules: [working],
    });
    expect(sharesFrom(input, HANGZHOU)).toEqual({ [SHANGHAI]: 100 });
  });

  it('follows routes to subsets: no failover where the other region lacks the version', () => {
    const input = bookinfo({
      hangzhou: { v1: 0 },
      destinationRules: [working],
    });
    input.virtualServices.push({
      metadata: { name: 'reviews', namespace: 'default' },
      spec: {
        hosts: ['reviews'],
        http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }],
      },
    });
    const topology = buildServiceTopology(input);
    expect(topology.predicted.every(p => p.noHealthyUpstream)).toBe(true);
  });

  it('has the same version for the same facts, whenever they were confirmed', () => {
    const before = buildServiceTopology(bookinfo());
    const again = bookinfo({ now: new Date('2025-07-02T00:00:00Z') });
    again.clusters[0].freshness = {
      state: 'ok',
      observedAt: '2025-07-02T00:00:00Z',
    };
    expect(buildServiceTopology(again).version).toBe(before.version);
    again.clusters[0].pods = again.clusters[0].pods.map(pod =>
      pod.labels.app === 'reviews' ? { ...pod, ready: false } : pod,
    );
    expect(buildServiceTopology(again).version).not.toBe(before.version);
    const lost = bookinfo();
    lost.clusters[1].freshness = {
      state: 'unreachable',
      since: '2025-07-01T00:00:00Z',
      reason: 'connection refused',
    };
    const topology = buildServiceTopology(lost);
    expect(topology.version).not.toBe(before.version);
    expect(topology.regions[1].freshness.state).toBe('unreachable');
    expect(topology.regions[1].total).toBe(2);
  });

  it('leaves terminating pods out and counts unready ones', () => {
    const input = bookinfo();
    const [first, second] = input.clusters[0].pods.filter(
      ({ labels }) => labels.app === 'reviews',
    );
    first.terminating = true;
    second.ready = false;
    const [hangzhou] = buildServiceTopology(input).regions;
    expect([hangzhou.ready, hangzhou.total]).toEqual([0, 1]);
  });

  it('summarises', () => {
    expect(summaryOf(buildServiceTopology(bookinfo()))).toEqual({
      meshId: 'c-mesh',
      namespace: 'default',
      name: 'reviews',
      regions: [
        { region: HANGZHOU, ready: 2, total: 2 },
        { region: SHANGHAI, ready: 2, total: 2 },
      ],
      protection: 'unprotected',
    });
  });
});

describe('findings of what is deployed', () => {
  const ids = (input: TopologyInput) =>
    buildServiceTopology(input).findings.map(({ id }) => id);

  it("names the fault of the guide's rule and offers the fix", () => {
    const { findings } = buildServiceTopology(
      bookinfo({ meshSetting: guideFailover, destinationRules: [guide] }),
    );
    expect(findings[0]).toMatchObject({
      id: 'max-ejection-too-low',
      severity: 'refuse',
    });
    expect(findings[0].fix?.intent).toMatchObject({
      mode: 'failover',
      outlierDetection: { maxEjectionPercent: 100 },
    });
  });

  it('has none for a rule in order', () => {
    expect(
      ids(
        bookinfo({ meshSetting: guideFailover, destinationRules: [working] }),
      ),
    ).toEqual([]);
  });

  it('names callers that a distribution forgets', () => {
    expect(
      ids(
        bookinfo({
          meshSetting: guideDistribution,
          destinationRules: [working],
        }),
      ),
    ).toEqual(['caller-region-not-covered']);
  });

  it('says how calls spread without any rule', () => {
    expect(ids(bookinfo())).toEqual(['off-spreads-calls']);
  });
});

describe('lintContextOf', () => {
  it('lets the linter judge a proposal by the facts', () => {
    const [finding] = lintIntent({
      target: {
        scope: 'service',
        meshId: 'c-mesh',
        namespace: 'default',
        name: 'reviews',
      },
      intent: {
        mode: 'failover',
        failover: [{ from: HANGZHOU, to: 'cn-beijing' }],
        outlierDetection: { maxEjectionPercent: 100 },
      },
      context: lintContextOf([bookinfo()]),
    });
    expect(finding).toMatchObject({
      id: 'unknown-region',
      values: { region: 'cn-beijing', known: 'cn-hangzhou, cn-shanghai' },
    });
  });

  it('needs a service', () => {
    expect(() => lintContextOf([])).toThrow(/inputs is empty/);
  });
});
