import type { DestinationRuleLike } from '../locality/destinationRule';
import type {
  ClusterFacts,
  GatewayLike,
  PodFacts,
  TopologyInput,
  VirtualServiceLike,
} from '../topology/types';

export const HANGZHOU = 'cn-hangzhou';
export const SHANGHAI = 'cn-shanghai';

const zones: Record<string, string> = {
  [HANGZHOU]: 'cn-hangzhou-h',
  [SHANGHAI]: 'cn-shanghai-b',
};

/** Apps of a cluster: name → version → number of ready pods. */
export type Apps = Record<string, Record<string, number>>;

const others: Apps = {
  productpage: { v1: 1 },
  details: { v1: 1 },
  ratings: { v1: 1 },
};

/** Bookinfo in one cluster; the ingress gateway stands in Hangzhou. */
export function bookinfoCluster(
  region: string,
  reviews: Record<string, number>,
  options: { gateway?: boolean; apps?: Apps } = {},
): ClusterFacts {
  const short = region.replace('cn-', '');
  const apps: Apps = { ...others, ...options.apps, reviews };
  const pods: PodFacts[] = Object.entries(apps).flatMap(([app, versions]) =>
    Object.entries(versions).flatMap(([version, count]) =>
      Array.from({ length: count }, (_, i) => ({
        name: `${app}-${version}-${short}-${i}`,
        namespace: 'default',
        labels: { app, version },
        ip: `10.0.0.${i + 1}`,
        node: `${short}-node`,
        ready: true,
      })),
    ),
  );
  const service = (name: string) => ({
    namespace: 'default',
    name,
    selector: { app: name },
    ports: [{ name: 'http', port: 9080, targetPort: 9080 }],
    clusterIP: '172.16.0.10',
    type: 'ClusterIP',
  });
  return {
    id: `c-${short}`,
    name: `ack-${short}`,
    region,
    freshness: { state: 'ok', observedAt: '2025-07-01T00:00:00Z' },
    pods: options.gateway
      ? [
          ...pods,
          {
            name: 'istio-ingressgateway-0',
            namespace: 'istio-system',
            labels: { istio: 'ingressgateway' },
            node: `${short}-node`,
            ready: true,
          },
        ]
      : pods,
    services: [
      ...Object.keys(apps).map(service),
      ...(options.gateway
        ? [
            {
              namespace: 'istio-system',
              name: 'istio-ingressgateway',
              selector: { istio: 'ingressgateway' },
              ports: [
                { name: 'http', port: 80 },
                { name: 'https', port: 443 },
              ],
              clusterIP: '172.16.0.2',
              type: 'LoadBalancer',
              loadBalancerIngress: [{ ip: '47.96.0.1' }],
            },
          ]
        : []),
    ],
    deployments: Object.entries(apps).flatMap(([app, versions]) =>
      Object.entries(versions).map(([version, count]) => ({
        namespace: 'default',
        name: `${app}-${version}`,
        labels: { app, version },
        replicas: count,
        readyReplicas: count,
      })),
    ),
    nodes: [{ name: `${short}-node`, region, zone: zones[region] }],
  };
}

/** A DestinationRule in the namespace default. */
export function destinationRule(
  host: string,
  trafficPolicy: DestinationRuleLike['spec']['trafficPolicy'],
  versions: string[] = ['v1', 'v2', 'v3'],
): DestinationRuleLike {
  return {
    metadata: { name: host, namespace: 'default' },
    spec: {
      host,
      trafficPolicy,
      subsets: versions.map(version => ({
        name: version,
        labels: { version },
      })),
    },
  };
}

export const bookinfoGateway: GatewayLike = {
  metadata: { name: 'bookinfo-gateway', namespace: 'default' },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' } }],
  },
};

export const bookinfoRoute: VirtualServiceLike = {
  metadata: { name: 'bookinfo', namespace: 'default' },
  spec: {
    hosts: ['*'],
    gateways: ['bookinfo-gateway'],
    http: [
      {
        match: [{ uri: { exact: '/productpage' } }],
        route: [
          { destination: { host: 'productpage', port: { number: 9080 } } },
        ],
      },
    ],
  },
};

/** The guide's mesh: the split layout unless told otherwise. */
export function bookinfo(
  change: Partial<TopologyInput> & {
    hangzhou?: Record<string, number>;
    shanghai?: Record<string, number>;
  } = {},
): TopologyInput {
  const { hangzhou = { v1: 2 }, shanghai = { v2: 2 }, ...rest } = change;
  return {
    mesh: {
      id: 'c-mesh',
      name: 'mesh',
      region: HANGZHOU,
      version: 'v1.22.6.66-g1a2b3c4-aliyun',
    },
    service: { namespace: 'default', name: 'reviews' },
    clusters: [
      bookinfoCluster(HANGZHOU, hangzhou, { gateway: true }),
      bookinfoCluster(SHANGHAI, shanghai),
    ],
    destinationRules: [],
    virtualServices: [bookinfoRoute],
    gateways: [bookinfoGateway],
    meshSetting: {},
    now: new Date('2025-07-01T00:00:00Z'),
    ...rest,
  };
}

/** The guide's mesh-wide failover. */
export const guideFailover = {
  enabled: true,
  failover: [
    { from: SHANGHAI, to: HANGZHOU },
    { from: HANGZHOU, to: SHANGHAI },
  ],
};

/** The guide's mesh-wide distribution. */
export const guideDistribution = {
  enabled: true,
  distribute: [{ from: HANGZHOU, to: { [HANGZHOU]: 90, [SHANGHAI]: 10 } }],
};

/** The guide's outlier detection. */
export const guideOutlierDetection = {
  baseEjectionTime: '1m',
  consecutive5xxErrors: 1,
  interval: '1s',
};
