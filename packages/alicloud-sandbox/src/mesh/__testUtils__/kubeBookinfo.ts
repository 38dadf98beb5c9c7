import type { KubeCluster, KubeObject } from '../../contract';
import { GVR } from '../gvr';

/** Bookinfo as Deployments and Services, reviews in one version, in a namespace with injection. */
export function deploySplitBookinfo(
  cluster: KubeCluster,
  reviewsVersion: string,
): void {
  cluster.storage.update(GVR.namespaces, undefined, 'default', n => {
    n.metadata.labels = { ...n.metadata.labels, 'istio-injection': 'enabled' };
  });
  for (const app of ['productpage', 'details', 'ratings']) {
    deploy(cluster, app, 'v1');
  }
  deploy(cluster, 'reviews', reviewsVersion);
}

/** Gateway, VirtualService, the managed gateway and DestinationRules with one traffic policy on a mesh's API server. */
export function createRoutes(asm: KubeCluster, trafficPolicy: unknown): void {
  if (!asm.storage.get(GVR.namespaces, undefined, 'istio-system')) {
    asm.storage.create(GVR.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'istio-system' },
    });
  }
  asm.storage.create(
    GVR.istioGateways,
    meshObject('IstioGateway', 'ingressgateway', {
      gatewayType: 'ingress',
      externalTrafficPolicy: 'Local',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 80 }],
      replicaCount: 2,
      serviceType: 'LoadBalancer',
    }),
  );
  asm.storage.create(
    GVR.gateways,
    meshObject('Gateway', 'bookinfo-gateway', {
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
      ],
    }),
  );
  asm.storage.create(
    GVR.virtualServices,
    meshObject('VirtualService', 'bookinfo', {
      hosts: ['*'],
      gateways: ['bookinfo-gateway'],
      http: [
        {
          route: [
            { destination: { host: 'productpage', port: { number: 9080 } } },
          ],
        },
      ],
    }),
  );
  for (const host of ['productpage', 'reviews']) {
    asm.storage.create(
      GVR.destinationRules,
      meshObject('DestinationRule', host, { host, trafficPolicy }),
    );
  }
}

function deploy(cluster: KubeCluster, app: string, version: string): void {
  const labels = { app, version };
  cluster.storage.create(GVR.deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${app}-${version}`, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: app,
              image: `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.2`,
              ports: [{ containerPort: 9080 }],
              env: [{ name: 'CLUSTER_NAME', value: cluster.spec.name }],
            },
          ],
        },
      },
    },
  });
  if (!cluster.storage.get(GVR.services, 'default', app)) {
    cluster.storage.create(GVR.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: app, namespace: 'default' },
      spec: { selector: { app }, ports: [{ name: 'http', port: 9080 }] },
    });
  }
}

/** An object for a mesh's API server. */
function meshObject(kind: string, name: string, spec: unknown): KubeObject {
  const gateway = kind === 'IstioGateway';
  return {
    apiVersion: gateway
      ? 'istio.alibabacloud.com/v1beta1'
      : 'networking.istio.io/v1alpha3',
    kind,
    metadata: { name, namespace: gateway ? 'istio-system' : 'default' },
    spec,
  };
}
