/** Everything lives in one namespace, so that the peer needs one entity for it. */
export const NAMESPACE = 'shop';
/** The service, and the entity, that pages are about. */
export const SERVICE = 'shop';
export const MESH_ID = 'c0000000000000000000000000000bench';
/** The label that the peer selects an entity's objects by. */
export const ENTITY_LABEL = 'bench/entity';

/** How large the clusters are. */
export interface World {
  clusters: number;
  /** Of each cluster. */
  services: number;
  /** Of each cluster, spread over its services. */
  deployments: number;
  /** Pods of each deployment. */
  replicas: number;
  nodes: number;
  /** Whether all objects of a cluster belong to one service and one entity, so that its page shows them all. */
  oneEntity: boolean;
}

export interface Member {
  id: string;
  name: string;
  region: string;
  /** Of the proxy in front of the API server, which adds the round-trip time. */
  server: string;
  kubeconfig: string;
}

/** How the clusters are reached; told when they serve. */
export interface Clouds {
  control: string;
  mesh: { region: string; kubeconfig: string };
  members: Member[];
}

/** What the process with the clusters is asked. */
export type CloudQuestion =
  | { do: 'fill' }
  /** Round-trip time of all connections to API servers, ms. */
  | { do: 'rtt'; ms: number }
  /** Gives one pod of the service this version; answered after the change was committed. */
  | { do: 'mark'; version: string; service?: string; cluster?: number }
  /** So many changes a second of pods of other services; 0 ends them. */
  | { do: 'churn'; perSecond: number }
  | { do: 'hang'; cluster: number }
  | { do: 'wake'; cluster: number }
  /** Refuses all credentials for a cluster from now on, and breaks its connections. */
  | { do: 'revoke'; cluster: number };

export interface CloudAnswer {
  /** Date.now() of the commit, for `mark`. */
  at: number;
  /** Changes made so far, for `churn`. */
  changes: number;
}

/** Told by a backend when it serves. */
export interface Started {
  port: number;
  /** Date.now() when its modules were loaded and the backend began to start. */
  startedAt: number;
}

/** What a backend's process uses, after a garbage collection. */
export interface Usage {
  cpuSeconds: number;
  heapUsed: number;
  rss: number;
}
