import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from './FakeCloud';
import type { FakeCluster, FakeConnector } from './FakeKubernetes';

const ISTIO = 'networking.istio.io/v1beta1';

/** Pods a test region starts with: service-version → count. */
export type Layout = Record<string, number>;

/** Puts nodes, services, deployments and pods of a small Bookinfo into a cluster. */
export function deployBookinfo(
  cluster: FakeCluster,
  region: string,
  layout: Layout,
): void {
  const zone = region === 'cn-hangzhou' ? 'h' : 'b';
  cluster.put('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${region}`,
      labels: {
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': `${region}-${zone}`,
      },
    },
  });
  for (const name of ['productpage', 'reviews', 'ratings', 'details']) {
    cluster.put('services', service('default', name, { app: name }));
  }
  for (const [workload, count] of Object.entries(layout)) {
    const [app, version] = workload.split('-');
    scale(cluster, region, app, version, count);
  }
}

/** Brings a workload to a number of ready pods. */
export function scale(
  cluster: FakeCluster,
  region: string,
  app: string,
  version: string,
  count: number,
): void {
  const labels = { app, version };
  cluster.put('deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'default', name: `${app}-${version}` },
    spec: {
      replicas: count,
      selector: { matchLabels: labels },
      template: { metadata: { labels } },
    },
    status: { readyReplicas: count },
  });
  for (let index = 0; index < count; index++) {
    cluster.put('pods', pod(region, app, version, index));
  }
}

/** Name of the nth pod of a workload. */
export const podName = (
  region: string,
  app: string,
  version: string,
  index = 0,
) => `${app}-${version}-${region}-${index}`;

export function pod(
  region: string,
  app: string,
  version: string,
  index: number,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'default',
      name: podName(region, app, version, index),
      labels: { app, version },
    },
    spec: { nodeName: `node-${region}` },
    status: {
      podIP: `10.0.0.${index + 1}`,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function service(
  namespace: string,
  name: string,
  selector: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: {
      selector,
      clusterIP: '172.16.0.1',
      ports: [{ name: 'http', port: 9080 }],
    },
  };
}

/** Puts an ingress gateway into a cluster, with its load balancer's address. */
export function deployGateway(
  cluster: FakeCluster,
  region: string,
  address: string,
): void {
  const selector = { istio: 'ingressgateway' };
  cluster.put('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'istio-system', name: 'istio-ingressgateway' },
    spec: {
      selector,
      type: 'LoadBalancer',
      clusterIP: '172.16.0.2',
      ports: [{ name: 'http', port: 80 }],
    },
    status: { loadBalancer: { ingress: [{ ip: address }] } },
  });
  cluster.put('pods', {
    ...pod(region, 'gateway', 'v1', 0),
    metadata: {
      namespace: 'istio-system',
      name: `gateway-${region}`,
      labels: selector,
    },
  });
}

/** The guide's routing: gateway → productpage. */
export function deployRoutes(mesh: FakeCluster): void {
  mesh.put('gateways', {
    apiVersion: ISTIO,
    kind: 'Gateway',
    metadata: { namespace: 'default', name: 'bookinfo-gateway' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
      ],
    },
  });
  mesh.put('virtualservices', {
    apiVersion: ISTIO,
    kind: 'VirtualService',
    metadata: { namespace: 'default', name: 'bookinfo' },
    spec: {
      hosts: ['*'],
      gateways: ['bookinfo-gateway'],
      http: [
        {
          match: [{ uri: { prefix: '/api/v1/products' } }],
          route: [{ destination: { host: 'productpage' } }],
        },
      ],
    },
  });
}

/** A DestinationRule as somebody else wrote it. */
export function destinationRule(
  name: string,
  spec: Record<string, unknown>,
): KubernetesObject {
  return {
    apiVersion: ISTIO,
    kind: 'DestinationRule',
    metadata: { namespace: 'default', name },
    spec,
  };
}

/** The guide's application in both regions: v1 in Hangzhou, v2 in Shanghai. */
export function deployGuide(connector: FakeConnector): void {
  const hangzhou = connector.server(HANGZHOU_ID);
  const shanghai = connector.server(SHANGHAI_ID);
  deployBookinfo(hangzhou, 'cn-hangzhou', {
    'productpage-v1': 1,
    'reviews-v1': 1,
  });
  deployBookinfo(shanghai, 'cn-shanghai', {
    'productpage-v1': 1,
    'reviews-v2': 1,
  });
  deployGateway(hangzhou, 'cn-hangzhou', '127.77.0.1');
  deployRoutes(connector.server(MESH_ID));
}
