import fc from 'fast-check';
import {
  bookinfo,
  destinationRule,
  guideDistribution,
  guideOutlierDetection,
  HANGZHOU,
  SHANGHAI,
} from '../__fixtures__/bookinfo';
import { buildServiceTopology } from './build';
import { fingerprint } from './fingerprint';
import { topologyJson } from './json';
import type {
  ClusterFacts,
  DeploymentFacts,
  NodeFacts,
  PodFacts,
  ServiceFacts,
  TopologyInput,
} from './types';

type Facts = Omit<TopologyInput, 'service'>;
type Change = (facts: Facts) => Facts;

const NAMESPACE = 'default';
const REVIEWS = { namespace: NAMESPACE, name: 'reviews' };
const GATEWAY = { namespace: 'istio-system', name: 'istio-ingressgateway' };
/** Most changes are about one service, so that most of them matter to it. */
const APPS = ['reviews', 'reviews', 'reviews', 'ratings'];
const nodeNames = fc.constantFrom('hangzhou-node', 'shanghai-node', 'new-node');
const labels = fc.record({
  app: fc.constantFrom(...APPS),
  version: fc.constantFrom('v1', 'v2'),
});

/** As watches do it: a new list with the very objects of the old one, but for the one that changed. */
const put = <T extends { name: string; namespace?: string }>(
  list: T[],
  item: T,
): T[] => {
  const at = list.findIndex(
    ({ name, namespace }) => name === item.name && namespace === item.namespace,
  );
  return at < 0
    ? [...list, item]
    : list.map((old, i) => (i === at ? item : old));
};

const inCluster = (
  index: number,
  change: (cluster: ClusterFacts) => Partial<ClusterFacts>,
): Change =>
  function changed(facts) {
    return {
      ...facts,
      clusters: facts.clusters.map((cluster, i) =>
        i === index ? { ...cluster, ...change(cluster) } : cluster,
      ),
    };
  };

const podChange = fc
  .record<PodFacts>(
    {
      name: fc.constantFrom(
        'reviews-v1-hangzhou-0',
        'reviews-v2-shanghai-0',
        'pod-a',
      ),
      namespace: fc.constantFrom(NAMESPACE, NAMESPACE, GATEWAY.namespace),
      labels: fc.oneof(
        { weight: 3, arbitrary: labels },
        {
          weight: 1,
          arbitrary: fc.constant<Record<string, string>>({
            istio: 'ingressgateway',
          }),
        },
      ),
      ip: fc.constantFrom('10.0.0.8', '10.0.0.9'),
      node: nodeNames,
      ready: fc.boolean(),
      terminating: fc.boolean(),
    },
    {
      requiredKeys: ['name', 'namespace', 'labels', 'ready', 'ip'],
    },
  )
  .map(pod => ({ pods }: ClusterFacts) => ({ pods: put(pods, pod) }));

const clusterChange = fc
  .tuple(
    fc.nat(1),
    fc.oneof(
      { weight: 4, arbitrary: podChange },
      fc.nat(10).map(at => ({ pods }: ClusterFacts) => ({
        pods: pods.filter((_, i) => i !== at),
      })),
      fc
        .record<ServiceFacts>(
          {
            namespace: fc.constant(NAMESPACE),
            name: fc.constantFrom(...APPS),
            selector: fc.oneof(
              labels,
              fc.record({ app: fc.constantFrom(...APPS) }),
            ),
            ports: fc.constantFrom([], [{ port: 9080, name: 'http' }]),
            clusterIP: fc.constantFrom('None', '172.16.0.10'),
            trafficDistribution: fc.constant('PreferClose'),
          },
          { requiredKeys: ['namespace', 'name', 'ports'] },
        )
        .map(service => ({ services }: ClusterFacts) => ({
          services: put(services, service),
        })),
      fc.nat(6).map(at => ({ services }: ClusterFacts) => ({
        services: services.filter((_, i) => i !== at),
      })),
      fc
        .record<DeploymentFacts>({
          namespace: fc.constant(NAMESPACE),
          name: fc.constantFrom('reviews-v1', 'reviews-v2', 'reviews-v3'),
          labels,
          replicas: fc.nat(3),
          readyReplicas: fc.nat(3),
        })
        .map(deployment => ({ deployments }: ClusterFacts) => ({
          deployments: put(deployments, deployment),
        })),
      fc
        .record<NodeFacts>(
          {
            name: nodeNames,
            region: fc.constantFrom(HANGZHOU, SHANGHAI),
            zone: fc.constantFrom('h', 'b'),
          },
          { requiredKeys: ['name'] },
        )
        .map(node => ({ nodes }: ClusterFacts) => ({
          nodes: put(nodes, node),
        })),
      fc
        .constantFrom<ClusterFacts['freshness']>(
          { state: 'ok', observedAt: '2026-01-01T00:00:00Z' },
          { state: 'ok', observedAt: '2026-01-01T00:00:01Z' },
          { state: 'syncing' },
          { state: 'stale', since: '2026-01-01T00:00:00Z', reason: 'reset' },
        )
        .map(freshness => () => ({ freshness })),
    ),
  )
  .map(([index, change]) => inCluster(index, change));

const ruleChange: fc.Arbitrary<Change> = fc
  .oneof(
    fc
      .subarray([
        destinationRule('reviews', { outlierDetection: guideOutlierDetection }),
        destinationRule('ratings', {
          loadBalancer: { localityLbSetting: guideDistribution },
        }),
      ])
      .map(destinationRules => ({ destinationRules })),
    fc.constantFrom('v1', 'v2', 'v9').map(subset => ({
      virtualServices: [
        {
          metadata: { name: 'reviews', namespace: NAMESPACE },
          spec: {
            hosts: ['reviews'],
            http: [{ route: [{ destination: { host: 'reviews', subset } }] }],
          },
        },
      ],
    })),
    fc
      .constantFrom({ app: 'productpage' }, { istio: 'other' })
      .map(selector => ({
        gateways: [
          {
            metadata: { name: 'door', namespace: NAMESPACE },
            spec: { selector },
          },
        ],
      })),
    fc.boolean().map(enabled => ({ meshSetting: { enabled } })),
  )
  .map(changed => facts => ({ ...facts, ...changed } as Facts));

/** What `version` stands for: all but when it was worked out, and when each cluster last confirmed what it told. */
function contentOf(topology: ReturnType<typeof buildServiceTopology>) {
  const { version, computedAt, ...content } = topology;
  return JSON.parse(
    JSON.stringify(content, (key, value) =>
      key === 'observedAt' ? undefined : value,
    ),
  );
}

describe('a topology after changes', () => {
  it('is the one that the facts give from scratch, whatever happened before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(clusterChange, clusterChange, ruleChange), {
          minLength: 10,
          maxLength: 20,
        }),
        changes => {
          let facts: Facts = bookinfo();
          const versions = new Map<string, string>();
          for (const change of [(same: Facts) => same, ...changes]) {
            facts = change(facts);
            for (const service of [REVIEWS, GATEWAY]) {
              const input = { ...facts, service };
              const topology = buildServiceTopology(input);
              // Copies share no list with anything seen before.
              expect(topology).toEqual(
                buildServiceTopology(structuredClone(input)),
              );
              expect(JSON.parse(topologyJson(topology))).toEqual(
                JSON.parse(JSON.stringify(topology)),
              );
              const content = fingerprint(contentOf(topology));
              const known = versions.get(content) ?? topology.version;
              expect(topology.version).toBe(known);
              versions.set(content, known);
            }
          }
          // Equal versions stand for equal content.
          expect(new Set(versions.values()).size).toBe(versions.size);
        },
      ),
      { numRuns: 50 },
    );
  });
});
