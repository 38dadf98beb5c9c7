import { GVR } from '../gvr';
import { HANGZHOU, SHANGHAI, type World } from './world';

/** Deploys Bookinfo: *split* has reviews v1 in Hangzhou and v2 in Shanghai, *full* has v1, v2 and v3 in both. */
export function deployBookinfo(world: World, layout: 'split' | 'full'): void {
  for (const cluster of [HANGZHOU, SHANGHAI]) {
    for (const app of ['productpage', 'details', 'ratings']) {
      world.scale(cluster, app, 'v1', 1);
    }
    const own = cluster === HANGZHOU ? ['v1'] : ['v2'];
    const env = { CLUSTER_NAME: cluster };
    for (const version of layout === 'full' ? ['v1', 'v2', 'v3'] : own) {
      world.scale(cluster, 'reviews', version, 1, env);
    }
  }
}

/** The guide's gateway, routes and plain DestinationRules; gateway pods run in both clusters. */
export async function deployGateway(world: World): Promise<void> {
  world.applyToMesh(
    GVR.istioGateways,
    'ingressgateway',
    {
      gatewayType: 'ingress',
      ports: [
        { name: 'http', port: 80, targetPort: 80, protocol: 'TCP' },
        { name: 'https', port: 443, targetPort: 443, protocol: 'TCP' },
      ],
      replicaCount: 1,
      serviceType: 'LoadBalancer',
    },
    'istio-system',
  );
  world.applyToMesh(GVR.gateways, 'bookinfo-gateway', {
    selector: { istio: 'ingressgateway' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
    ],
  });
  world.applyToMesh(GVR.virtualServices, 'bookinfo', {
    hosts: ['*'],
    gateways: ['bookinfo-gateway'],
    http: [
      {
        match: [
          { uri: { exact: '/productpage' } },
          { uri: { prefix: '/static' } },
          { uri: { exact: '/login' } },
          { uri: { exact: '/logout' } },
          { uri: { prefix: '/api/v1/products' } },
        ],
        route: [
          { destination: { host: 'productpage', port: { number: 9080 } } },
        ],
      },
    ],
  });
  setReviewsPolicy(world, undefined);
  await world.runGatewayPods('ingressgateway', HANGZHOU);
  await world.runGatewayPods('ingressgateway', SHANGHAI);
}

/** The DestinationRule of reviews with the guide's subsets and a traffic policy. */
export function setReviewsPolicy(world: World, trafficPolicy: unknown): void {
  world.applyToMesh(GVR.destinationRules, 'reviews', {
    host: 'reviews',
    subsets: ['v1', 'v2', 'v3'].map(name => ({
      name,
      labels: { version: name },
    })),
    ...(trafficPolicy ? { trafficPolicy } : {}),
  });
}

/** The guide's outlier detection, whose cap of 10 % forbids every ejection of few pods. */
export const GUIDE_POLICY = {
  connectionPool: { http: { maxRequestsPerConnection: 1 } },
  outlierDetection: {
    baseEjectionTime: '1m',
    consecutive5xxErrors: 1,
    interval: '1s',
  },
};

export const FAILOVER = [
  { from: 'cn-shanghai', to: 'cn-hangzhou' },
  { from: 'cn-hangzhou', to: 'cn-shanghai' },
];
