import type { Freshness, VersionGates } from '../api/types';
import type { DestinationRuleLike } from '../locality/destinationRule';
import type { LocalityLbSetting } from '../locality/types';
import type { EntryFacts } from './entry';

/** A pod as projected from a watch. */
export interface PodFacts {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  ip?: string;
  node?: string;
  /** Zone of the pod's node, when the node is not listed. */
  zone?: string;
  ready: boolean;
  terminating?: boolean;
  /** Whether it runs a sidecar; when unknown, judged by its labels and namespace. */
  sidecar?: boolean;
}

export interface ServicePortFacts {
  name?: string;
  port: number;
  targetPort?: number | string;
  appProtocol?: string;
}

export interface ServiceFacts {
  namespace: string;
  name: string;
  /** Its own labels, by which entities of the catalog may find it. */
  labels?: Record<string, string>;
  selector?: Record<string, string>;
  ports: ServicePortFacts[];
  /** `spec.trafficDistribution`, or the annotation `networking.istio.io/traffic-distribution`. */
  trafficDistribution?: string;
  /** `None` for a headless service. */
  clusterIP?: string;
  type?: string;
  /** `status.loadBalancer.ingress`. */
  loadBalancerIngress?: { ip?: string; hostname?: string }[];
}

export interface DeploymentFacts {
  namespace: string;
  name: string;
  /** Labels of the pods it makes. */
  labels?: Record<string, string>;
  selector?: Record<string, string>;
  replicas: number;
  readyReplicas: number;
}

export interface NodeFacts {
  name: string;
  /** Label `topology.kubernetes.io/region`. */
  region?: string;
  /** Label `topology.kubernetes.io/zone`. */
  zone?: string;
}

/**
 * What the portal knows about one member cluster, and how fresh that is. The lists are snapshots: they are indexed once,
 * so new facts need a new list.
 */
export interface ClusterFacts {
  id: string;
  name: string;
  /** Region of the cluster as ACK says. */
  region: string;
  freshness: Freshness;
  pods: PodFacts[];
  services: ServiceFacts[];
  deployments: DeploymentFacts[];
  nodes: NodeFacts[];
}

/** An Istio VirtualService, as far as routes matter. */
export interface VirtualServiceLike {
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  spec: {
    hosts?: string[];
    gateways?: string[];
    http?: {
      match?: unknown[];
      route?: {
        destination: {
          host: string;
          subset?: string;
          port?: { number?: number };
        };
        weight?: number;
      }[];
      [key: string]: unknown;
    }[];
    [key: string]: unknown;
  };
}

/** An Istio Gateway, as far as its ports and pods matter. */
export interface GatewayLike {
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  spec: {
    selector?: Record<string, string>;
    servers?: {
      port?: { number?: number; name?: string; protocol?: string };
      hosts?: string[];
      [key: string]: unknown;
    }[];
    [key: string]: unknown;
  };
}

export interface TopologyMesh {
  id: string;
  name: string;
  region: string;
  /** ASM version, decides about gates and about how Istio and Envoy behave. */
  version: string;
  gates?: VersionGates;
}

/** Everything `buildServiceTopology` looks at. */
export interface TopologyInput {
  mesh: TopologyMesh;
  service: { namespace: string; name: string };
  clusters: ClusterFacts[];
  destinationRules: DestinationRuleLike[];
  virtualServices: VirtualServiceLike[];
  gateways: GatewayLike[];
  /** `localityLbSetting` of the mesh. */
  meshSetting: LocalityLbSetting;
  /** What is known of the way in; left out: nothing. */
  entry?: EntryFacts;
  /** Current time, for `computedAt` only. */
  now: Date;
}
