import {
  bookinfo,
  bookinfoCluster,
  destinationRule,
  guideDistribution,
  guideFailover,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { endpointsOf } from './facts';
import { poolsFor, predictThroughGateway, splitOver } from './predict';
import type { TopologyInput } from './types';

const working = destinationRule('reviews', {
  outlierDetection: { ...guideOutlierDetection, maxEjectionPercent: 100 },
  connectionPool: { tcp: { connectTimeout: '1s' } },
});
describe('predictThroughGateway', () => {
  const chain = ['productpage', 'reviews'].map(name => ({
    namespace: 'default',
    name,
  }));
  const through = (facts: TopologyInput) =>
    predictThroughGateway({
      gatewayRegion: HANGZHOU,
      gatewayZone: 'cn-hangzhou-h',
      chain,
      facts,
    });

  it("E15: the guide's 10 % is 14 % end to end", () => {
    expect(through(bookinfo({ meshSetting: guideDistribution }))).toEqual({
      [HANGZHOU]: 86,
      [SHANGHAI]: 14,
    });
  });

  it('E16: 19 % when Shanghai keeps its own', () => {
    const meshSetting = {
      distribute: [
        ...guideDistribution.distribute,
        { from: SHANGHAI, to: { [SHANGHAI]: 100 } },
      ],
    };
    expect(through(bookinfo({ meshSetting }))).toEqual({
      [HANGZHOU]: 81,
      [SHANGHAI]: 19,
    });
  });

  it('E17: outlier detection on reviews alone leaves the first hop at 50/50', () => {
    expect(
      predictThroughGateway({
        gatewayRegion: HANGZHOU,
        chain: chain.slice(0, 1),
        facts: bookinfo({
          meshSetting: guideFailover,
          destinationRules: [working],
        }),
      }),
    ).toEqual({ [HANGZHOU]: 50, [SHANGHAI]: 50 });
  });

  it("takes the gateway's zone from its pods", () => {
    const facts = bookinfo({
      meshSetting: {
        distribute: [
          { from: `${HANGZHOU}/cn-hangzhou-h`, to: { [SHANGHAI]: 100 } },
        ],
      },
    });
    const first = { gatewayRegion: HANGZHOU, chain: chain.slice(0, 1), facts };
    expect(predictThroughGateway(first)).toEqual({ [SHANGHAI]: 100 });
    expect(
      predictThroughGateway({ ...first, gatewayZone: 'cn-hangzhou-i' }),
    ).toEqual({ [HANGZHOU]: 50, [SHANGHAI]: 50 });
  });

  it('10 % when productpage is in Hangzhou only', () => {
    const facts = bookinfo({ meshSetting: guideDistribution });
    facts.clusters[1] = bookinfoCluster(
      SHANGHAI,
      { v2: 2 },
      { apps: { productpage: {} } },
    );
    expect(through(facts)).toEqual({ [HANGZHOU]: 90, [SHANGHAI]: 10 });
  });

  it('E14: a subset without endpoints gets no answer, whatever the rule', () => {
    const subset = (name: string) => ({ name, labels: { version: name } });
    const facts = bookinfo({
      hangzhou: { v1: 0 },
      shanghai: { v2: 2 },
      meshSetting: guideFailover,
      destinationRules: [
        {
          ...working,
          spec: { ...working.spec, subsets: [subset('v1'), subset('v2')] },
        },
      ],
    });
    const routedTo = (name: string) => ({
      ...facts,
      virtualServices: [
        {
          metadata: { name: 'reviews', namespace: 'default' },
          spec: {
            hosts: ['reviews'],
            http: [
              { route: [{ destination: { host: 'reviews', subset: name } }] },
            ],
          },
        },
      ],
    });
    expect(through(routedTo('v1'))).toEqual({});
    expect(through(routedTo('v2'))).toEqual({ [SHANGHAI]: 100 });
    // A subset nobody defined is no Envoy cluster at all.
    expect(through(routedTo('v3'))).toEqual({});
  });
});

describe('what facts tell the model', () => {
  const service = { namespace: 'default', name: 'reviews' };

  it("a pod's own label says where it stands, before its node", () => {
    const facts = bookinfo();
    for (const pod of facts.clusters[0].pods) {
      pod.labels['istio-locality'] = 'cn-beijing.cn-beijing-h';
    }
    expect(endpointsOf(facts.clusters, service)).toEqual([
      expect.objectContaining({ region: 'cn-beijing', zone: 'cn-beijing-h' }),
      expect.objectContaining({ region: SHANGHAI }),
    ]);
  });

  it('endpoints are told apart by the labels a failoverPriority compares', () => {
    const facts = bookinfo({
      hangzhou: { v1: 1, v2: 1 },
      shanghai: { v2: 2 },
      meshSetting: {
        failoverPriority: ['topology.kubernetes.io/region', 'version=v2'],
      },
      destinationRules: [working],
    });
    const [pool] = poolsFor(facts, service, 'default');
    expect(pool.endpoints.map(({ labels }) => labels)).toEqual([
      { version: 'v1' },
      { version: 'v2' },
      { version: 'v2' },
    ]);
  });

  it('trafficDistribution keeps calls near without outlier detection, from 1.25 on', () => {
    const facts = bookinfo();
    for (const cluster of facts.clusters) {
      for (const entry of cluster.services) {
        entry.trafficDistribution = 'PreferClose';
      }
    }
    const split = (version: string) =>
      splitOver(
        poolsFor({ ...facts, mesh: { version } }, service, 'default'),
        { region: SHANGHAI, zone: 'cn-shanghai-b' },
        version,
      ).shares;
    expect(split('v1.25.0.1')).toEqual({ [HANGZHOU]: 0, [SHANGHAI]: 100 });
    expect(split('v1.22.6.66')[HANGZHOU]).toBe(50);
  });
});
