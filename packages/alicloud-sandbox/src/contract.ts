/**
 * The seams between the three floors of the sandbox: the cloud (OpenAPI products and the network they build),
 * the Kubernetes API servers, and the mesh data plane. Each floor depends on these interfaces only;
 * `sandbox.ts` is the one place that puts the implementations together.
 */

/** Simulated time. Everything that takes time in the real cloud waits on this clock, never on a bare timer. */
export interface SandboxClock {
  /** Simulated seconds per real second; 1 is real time. May change while the sandbox runs. */
  readonly timeScale: number;
  /**
   * Wall-clock milliseconds since the epoch. Whatever a client compares with its own clock shows this: timestamps,
   * signatures, expiry of credentials, certificates. It is never scaled; how long something *takes* is `elapsed`.
   */
  now(): number;
  /**
   * Simulated milliseconds since the state began: runs `timeScale` times as fast as the wall, jumps when time is
   * stepped, and goes on where it was after a restart.
   */
  elapsed(): number;
  /** How many milliseconds of simulated time were stepped over rather than waited for (`POST /_sandbox/clock`). */
  stepped(): number;
  /** Runs `task` after `simulatedMs` of simulated time. Returns a function that cancels it. */
  after(simulatedMs: number, task: () => void): () => void;
  /** Resolves after `simulatedMs` of simulated time; rejects with the signal's reason when aborted. */
  sleep(simulatedMs: number, signal?: AbortSignal): Promise<void>;
  /** Cancels everything that is still waiting. */
  stop(): void;
}

/** A small part of the sandbox whose state survives a restart as one record. */
export interface Persistent {
  /** Name of this part in the state. */
  readonly snapshotKey: string;
  /** JSON-serialisable state. */
  dump(): unknown;
  /** Restores what an earlier `dump()` returned. */
  load(state: unknown): void;
}

/** A part of the sandbox whose state survives a restart record by record. */
export interface PersistentTable {
  /** Name of this part in the state. */
  readonly name: string;
  /** Every record as it is now; may be read in pieces while changes go on. */
  entries(): Iterable<readonly [key: string, value: unknown]>;
  /** Restores the records of an earlier process. */
  load(records: ReadonlyMap<string, unknown>): void;
}

/** What is to be kept from now on: `value` under `key`; without a value nothing; without a key nothing of the part. */
export interface StateChange {
  part: string;
  key?: string;
  value?: unknown;
}

/**
 * The durable state. What `append` or `changed` returned from survives the death of the process, so both come before
 * the answer to whoever asked for the change. Both throw `StateError` when the change could not be kept: then it must
 * not be acknowledged.
 */
export interface Persistence {
  register(part: Persistent): void;
  /** Keeps the small parts that differ from what is kept of them. */
  changed(): void;
  addTable(table: PersistentTable): void;
  /** Keeps all changes or none. */
  append(changes: StateChange[]): void;
  /** Forgets a table and all it kept. */
  dropTable(name: string): void;
}

/** Structured log line on stderr; never a secret. */
export interface SandboxLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** The control API: routes outside every cloud protocol, for tests and demonstrations only. */
export interface ControlApi {
  /** `path` may contain `:name` segments; the handler's return value is sent as JSON (undefined → 204). */
  route(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    handler: (request: {
      params: Record<string, string>;
      query: URLSearchParams;
      body: any;
    }) => unknown | Promise<unknown>,
  ): void;
}

// ---------------------------------------------------------------- Kubernetes

export type KubeObject = {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: {
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
    }[];
    finalizers?: string[];
    [key: string]: unknown;
  };
  [key: string]: any;
};

/** Names a kind the way URLs do: `{ group: 'apps', version: 'v1', resource: 'deployments' }`; core group is ''. */
export interface GroupVersionResource {
  group: string;
  version: string;
  resource: string;
}

export interface StorageEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  gvr: GroupVersionResource;
  object: KubeObject;
  previous?: KubeObject;
}

/** In-process access to one cluster's objects for controllers. All reads return copies or frozen objects. */
export interface KubeStorage {
  get(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
  ): KubeObject | undefined;
  list(gvr: GroupVersionResource, namespace?: string): KubeObject[];
  /** Throws a KubeStatusError (409 AlreadyExists) when the object exists. */
  create(gvr: GroupVersionResource, object: KubeObject): KubeObject;
  /** Read-modify-write; `mutate` edits the copy it is given. Bumps resourceVersion only if something changed. */
  update(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
    mutate: (object: KubeObject) => void,
  ): KubeObject | undefined;
  /** Honours finalizers and owner references like the API server's background deletion. */
  delete(
    gvr: GroupVersionResource,
    namespace: string | undefined,
    name: string,
  ): void;
  /** Subscribes to every change; returns the unsubscriber. Listeners run synchronously after the commit. */
  subscribe(listener: (event: StorageEvent) => void): () => void;
}

export interface KubeClusterSpec {
  id: string;
  /** `ack`: workloads run here. `asm`: the mesh control plane's API server, Istio and IstioGateway kinds, no nodes. */
  kind: 'ack' | 'asm';
  name: string;
  region: string;
  /** e.g. `1.32.1-aliyun.1`. */
  kubernetesVersion: string;
  podCidr?: string;
  serviceCidr?: string;
  networkPlugin?: 'flannel' | 'terway';
  /** Pod addresses per node under Flannel, as a mask length (default 26). */
  nodeCidrMask?: number;
}

export interface KubeNodeSpec {
  /** e.g. `cn-hangzhou.20.0.0.12`. */
  name: string;
  zone: string;
  instanceId: string;
  instanceType: string;
  ip: string;
  cpu: string;
  memory: string;
  /** Beside those that every node has. */
  labels?: Record<string, string>;
  /** Beside the one of a node that is not ready yet. */
  taints?: { key: string; value?: string; effect: string }[];
  unschedulable?: boolean;
}

export interface KubeCluster {
  readonly spec: KubeClusterSpec;
  /** `https://127.0.0.1:<port>`: where its API server really listens. */
  readonly url: string;
  readonly port: number;
  readonly storage: KubeStorage;
  /** A kubeconfig with a client credential that expires; `server` defaults to `url`. */
  kubeconfig(options: { ttlMs: number; server?: string }): {
    yaml: string;
    expiresAt: string;
  };
  /** From now on the API server refuses (401) every kubeconfig handed out before. */
  revokeKubeconfigs(): void;
  /** Adds a node that becomes Ready over simulated time; returns its Pod CIDR under Flannel. */
  addNode(node: KubeNodeSpec): { podCidr?: string };
  removeNode(name: string): void;
  /**
   * Region outage: controllers stand still, and the API server's connections hang (`hanging`, the default) or are reset
   * (`gone`).
   */
  suspend(mode?: 'hanging' | 'gone'): void;
  resume(): void;
}

export interface KubeFleet {
  /** Starts (or resumes from the snapshot) the API server of a cluster. Idempotent. */
  open(spec: KubeClusterSpec): Promise<KubeCluster>;
  /** Stops the API server and forgets the cluster's objects. */
  destroy(id: string): Promise<void>;
  get(id: string): KubeCluster | undefined;
  list(): KubeCluster[];
  /** Called for clusters present and for every cluster opened later. */
  onOpen(listener: (cluster: KubeCluster) => void): void;
  onDestroy(listener: (id: string) => void): void;
  /** Whether a node is lost: its kubelet is silent, its pods answer nobody. */
  isNodeLost(clusterId: string, node: string): boolean;
  /** Stops all servers, keeps all objects. */
  stop(): Promise<void>;
}

/** What runs inside a Pod when its command matters (Jobs): implemented by the data plane, used by the Job controller. */
export interface PodRuntime {
  run(
    cluster: KubeCluster,
    pod: KubeObject,
  ): Promise<{ exitCode: number; log: string }>;
}

/** Adds a sidecar to pods when they are made: implemented by the mesh floor, asked by the API servers. */
export interface PodInjector {
  /**
   * Edits `pod` (as the client sent it) in place if a mesh wants it.
   * @throws when the injector cannot be asked; the pod is refused then
   */
  inject(
    cluster: KubeClusterSpec,
    namespace: { name: string; labels: Record<string, string> },
    pod: KubeObject,
  ): void;
}

// ---------------------------------------------------------------- cloud, as the data plane sees it

/** What UpdateMeshFeature stored, verbatim in Istio's terms. */
export interface MeshLocalitySetting {
  enabled: boolean;
  failover?: { from: string; to: string }[];
  distribute?: { from: string; to: Record<string, number> }[];
}

export interface MeshView {
  id: string;
  name: string;
  region: string;
  /** e.g. `v1.22.6.66-g1a2b3c4d-aliyun`. */
  version: string;
  /** Versions of gateways that an upgrade of the control plane left behind, by name. */
  gatewayVersions?: Record<string, string>;
  vpcId: string;
  locality: MeshLocalitySetting;
  /** Ids of member clusters whose state is `running`. */
  members: string[];
  /** Sidecars are injected into every namespace unless labelled `istio-injection: disabled`. */
  injectByDefault: boolean;
}

export type Reachability =
  | { ok: true; roundTripMs: number }
  | {
      ok: false;
      /** `dropped`: the packet vanishes, the caller times out. */
      reason:
        | 'no-route'
        | 'security-group'
        | 'no-bandwidth'
        | 'region-down'
        | 'route-not-published';
      /** One sentence naming the hop, for logs and tests. */
      detail: string;
    };

/** An address inside a VPC, as seen from a cluster. */
export interface NetworkEnd {
  vpcId: string;
  ip: string;
  /** Security group that guards it, if any. */
  securityGroupId?: string;
}

export interface CloudView {
  meshes(): MeshView[];
  mesh(id: string): MeshView | undefined;
  /** Where a cluster's pods and nodes live. */
  clusterNetwork(clusterId: string):
    | {
        vpcId: string;
        region: string;
        securityGroupId: string;
        podCidr?: string;
      }
    | undefined;
  /** Whether a TCP connection (or ping with port 0) from one end reaches the other, route by route. */
  reach(from: NetworkEnd, to: NetworkEnd, port: number): Reachability;
  /** How a region is lost; undefined while it is up (or where nothing is known of modes). */
  outage?(region: string): 'hanging' | 'gone' | undefined;
  /** Fires after meshes, members, routes, links or security groups changed. */
  onChange(listener: () => void): () => void;
}
