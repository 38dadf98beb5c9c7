import type { ClusterView, ServiceEndpoint, ServiceView } from '../clusterView';
import type { ProxyIdentity } from '../istiod/config';
import { parseLocality, type LocalityLbSetting } from '../istiod/locality';
import type { MeshSnapshot } from '../registry';
import type { PodView } from '../types';

/** One row of the table of locality vectors. */
export interface Vector {
  id: string;
  desc: string;
  /** Locality of the calling proxy. */
  proxy: string;
  endpoints: Record<string, { total: number; healthy: number }>;
  /** null: switched off in the DestinationRule. */
  rule: LocalityLbSetting | null;
  outlierDetection: boolean;
  panicThreshold: number;
  localityWeighted: boolean;
  istiod: { loc: string; prio: number; weight: number; endpoints: number }[];
  expected: {
    mode: string;
    health: number[];
    load: number[];
    share: Record<string, number>;
  };
}

/** The calling proxy of a vector. */
export function vectorProxy(vector: Vector): ProxyIdentity {
  return {
    uid: 'caller',
    name: 'caller',
    clusterId: 'c',
    namespace: 'default',
    locality: parseLocality(vector.proxy),
    labels: {},
  };
}

/** What istiod would know in a vector: one service, its endpoints, one DestinationRule. */
export function vectorSnapshot(vector: Vector): MeshSnapshot {
  const service: ServiceView = {
    namespace: 'default',
    name: 'reviews',
    headless: false,
    type: 'ClusterIP',
    selector: {},
    ports: [{ name: 'http', port: 9080 }],
  };
  const endpoints = Object.entries(vector.endpoints).flatMap(
    ([locality, { total }], l) =>
      Array.from({ length: total }, (_, i): ServiceEndpoint => {
        const ip = `10.${l}.0.${i + 1}`;
        const pod = { locality: parseLocality(locality), labels: {}, ip };
        return {
          ip,
          port: 9080,
          ready: true,
          terminating: false,
          pod: pod as unknown as PodView,
        };
      }),
  );
  const cluster: ClusterView = {
    id: 'c',
    region: 'cn-hangzhou',
    namespaces: new Map(),
    pods: new Map(),
    services: new Map([['default/reviews', service]]),
    endpoints: () => endpoints,
    nodeLocality: () => parseLocality(''),
  };
  const outlierDetection = vector.outlierDetection
    ? { outlierDetection: { minHealthPercent: vector.panicThreshold } }
    : {};
  return {
    mesh: {
      id: 'm',
      name: 'm',
      region: 'cn-hangzhou',
      version: 'v1.22.6.66-g1a2b3c4d-aliyun',
      vpcId: 'vpc',
      locality: { enabled: true },
      members: ['c'],
      injectByDefault: false,
    },
    clusters: [cluster],
    destinationRules: [
      {
        apiVersion: 'networking.istio.io/v1beta1',
        kind: 'DestinationRule',
        metadata: { name: 'reviews', namespace: 'default' },
        spec: {
          host: 'reviews',
          trafficPolicy: {
            ...outlierDetection,
            loadBalancer: {
              localityLbSetting: vector.rule ?? { enabled: false },
            },
          },
        },
      },
    ],
    virtualServices: [],
    gateways: [],
    namespaces: new Map(),
  };
}
