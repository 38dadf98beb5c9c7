import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  parseEnvironmentSpec,
  provisionEnvironment,
  type Alicloud,
  type KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import plugin from '..';
import { freePort } from './freePort';
import { memoryDatabase } from './memoryDatabase';
import { endpointsOf } from './sandboxClients';

/** The guide's environment with its inter-region link left without bandwidth. */
export const SPEC_WITHOUT_BANDWIDTH = parseEnvironmentSpec({
  name: 'guide',
  network: GUIDE_PLAN,
  cen: {},
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
  mesh: {},
  apiServerAccess: 'public',
}).spec;

/**
 * Starts a sandbox cloud and the plugin on it, with nothing but configuration between the two.
 *
 * @param options.meshDr - more configuration below `meshDr`
 * @param options.features - takes the place of services
 */
export async function startOnSandbox(
  options: {
    timeScale?: number;
    meshDr?: JsonObject;
    features?: (sandbox: Sandbox) => BackendFeature[];
  } = {},
) {
  const gatewayPort = await freePort();
  const sandbox = await startSandbox({
    timeScale: options.timeScale ?? 100,
    gatewayPort,
  });
  const knex = memoryDatabase();
  const backend = await startTestBackend({
    features: [
      plugin,
      mockServices.database.factory({ knex }),
      catalogServiceMock.factory({ entities: [] }),
      mockServices.rootConfig.factory({
        data: {
          meshDr: {
            alicloud: {
              accounts: [
                {
                  name: 'sandbox',
                  accessKeyId: sandbox.accessKeyId,
                  accessKeySecret: sandbox.accessKeySecret,
                  regions: ['cn-hangzhou', 'cn-shanghai'],
                  endpoints: endpointsOf(sandbox),
                  callsPerSecond: 0,
                },
              ],
            },
            kubernetes: { allowedApiServers: ['127.0.0.1'] },
            membership: { pollInterval: { milliseconds: 100 } },
            guardrails: { waitPeriod: { milliseconds: 0 } },
            metrics: { prometheus: [{ url: sandbox.prometheus }] },
            probes: { connectTo: [`127.77.0.0/16:80::${gatewayPort}`] },
            ...options.meshDr,
          },
        },
      }),
      ...(options.features?.(sandbox) ?? []),
    ],
  });
  return {
    knex,
    sandbox,
    backend,
    stop: async () => {
      await backend.stop();
      await knex.destroy();
      await sandbox.stop();
    },
  };
}

/** Makes the guide's environment. */
export async function provisionGuide(cloud: Alicloud): Promise<void> {
  const report = await provisionEnvironment(cloud, SPEC_WITHOUT_BANDWIDTH, {
    pace: { minIntervalMs: 20, maxIntervalMs: 100, listingLagMs: 50 },
  });
  if (report.status !== 'ready') {
    throw new Error(`the environment is not ready: ${JSON.stringify(report)}`);
  }
}

/** Repeats `look` until it finds something; fails with `what` when it does not within a minute. */
export async function untilFound<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > giveUpAt) throw new Error(`never happened: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Without the label pods get no sidecar, and no rule moves their calls. */
export const MESHED_NAMESPACE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } },
};

/** Bookinfo for one cluster; `reviews` gives the replicas of each version of reviews. */
export function bookinfo(reviews: Record<string, number>): KubernetesObject[] {
  return [
    MESHED_NAMESPACE,
    ...service('productpage'),
    ...service('details'),
    ...service('ratings'),
    ...service('reviews'),
    deployment('productpage', 'v1', 1),
    deployment('details', 'v1', 1),
    deployment('ratings', 'v1', 1),
    ...Object.entries(reviews).map(([version, replicas]) =>
      deployment('reviews', version, replicas),
    ),
  ];
}

/** A service on port 9080. */
export function service(name: string): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: {
        selector: { app: name },
        ports: [{ name: 'http', port: 9080, targetPort: 9080 }],
      },
    },
  ];
}

/** One version of a service. */
export function deployment(
  app: string,
  version: string,
  replicas: number,
): KubernetesObject {
  const labels = { app, version };
  const image = `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${app}-${version}`, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: app, image, ports: [{ containerPort: 9080 }] }],
        },
      },
    },
  };
}

/** The guide's gateway, route and DestinationRule, for the mesh. */
export function meshObjects(clusterIds: string[]): KubernetesObject[] {
  return [
    {
      apiVersion: 'istio.alibabacloud.com/v1beta1',
      kind: 'IstioGateway',
      metadata: { name: 'ingressgateway', namespace: 'istio-system' },
      spec: {
        clusterIds,
        gatewayType: 'ingress',
        ports: [{ name: 'http', port: 80, protocol: 'HTTP', targetPort: 80 }],
        replicaCount: 1,
        serviceType: 'LoadBalancer',
      },
    },
    {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'Gateway',
      metadata: { name: 'bookinfo-gateway' },
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 80, name: 'http', protocol: 'HTTP' },
            hosts: ['*'],
          },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata: { name: 'bookinfo' },
      spec: {
        hosts: ['*'],
        gateways: ['bookinfo-gateway'],
        http: [
          {
            match: [{ uri: { prefix: '/api/v1/products' } }],
            route: [
              { destination: { host: 'productpage', port: { number: 9080 } } },
            ],
          },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'DestinationRule',
      metadata: { name: 'reviews' },
      spec: {
        host: 'reviews',
        subsets: ['v1', 'v2', 'v3'].map(name => ({
          name,
          labels: { version: name },
        })),
      },
    },
  ];
}
