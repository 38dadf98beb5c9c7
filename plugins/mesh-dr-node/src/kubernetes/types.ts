/** What the plugins need of a Kubernetes API server. Implementations: connect.ts, apply.ts, watch.ts. */

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: any;
}

/** Path of a resource type: `{ apiVersion: 'apps/v1', plural: 'deployments' }`. */
export interface ResourceType {
  apiVersion: string;
  plural: string;
}

export interface KubernetesRequestOptions {
  signal?: AbortSignal;
  /** Default 15 000 ms. */
  deadlineMs?: number;
}

/** A connection to one API server; the kubeconfig stays inside and is renewed before it expires or after a 401. */
export interface KubernetesConnection {
  /** Cluster or mesh id. */
  readonly id: string;
  get(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    options?: KubernetesRequestOptions,
  ): Promise<KubernetesObject | undefined>;
  list(
    type: ResourceType,
    namespace?: string,
    options?: KubernetesRequestOptions & {
      labelSelector?: string;
      fieldSelector?: string;
    },
  ): Promise<{ items: KubernetesObject[]; resourceVersion: string }>;
  create(
    type: ResourceType,
    object: KubernetesObject,
    options?: KubernetesRequestOptions,
  ): Promise<KubernetesObject>;
  /** Server-side apply under `fieldManager`. Conflicts throw ConflictError unless `force`. */
  apply(
    type: ResourceType,
    object: KubernetesObject,
    options: KubernetesRequestOptions & {
      fieldManager: string;
      force?: boolean;
      dryRun?: boolean;
    },
  ): Promise<KubernetesObject>;
  /** Merge patch or JSON patch. */
  patch(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    body: unknown,
    options: KubernetesRequestOptions & {
      kind: 'merge' | 'json';
      subresource?: 'scale' | 'status';
    },
  ): Promise<KubernetesObject>;
  delete(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    options?: KubernetesRequestOptions & {
      /** Throws ConflictError, and deletes nothing, when the object is another one or was edited. */
      preconditions?: { uid?: string; resourceVersion?: string };
    },
  ): Promise<void>;
  podLog(
    namespace: string,
    pod: string,
    options?: KubernetesRequestOptions,
  ): Promise<string>;
  /** The kinds that the API server knows in a group version, for kinds that are not known beforehand. */
  resources?(
    apiVersion: string,
    options?: KubernetesRequestOptions,
  ): Promise<{ kind: string; plural: string; namespaced: boolean }[]>;
  /** Answers /version; proves the API server is reachable. */
  version(options?: KubernetesRequestOptions): Promise<{ gitVersion: string }>;
  /**
   * Lists, then watches for ever with bookmarks, inactivity timeout, jittered back-off and relist after 410, until the
   * signal aborts. Never rejects; trouble is reported as a state.
   */
  watch(
    type: ResourceType,
    handlers: WatchHandlers,
    options: {
      signal: AbortSignal;
      namespace?: string;
      labelSelector?: string;
      /** Applied to every object as soon as it is parsed, so that only what is needed stays in memory. */
      project?: (object: KubernetesObject) => KubernetesObject;
    },
  ): void;
}

export interface WatchHandlers {
  /** The whole list, after every (re)list. */
  onList(items: KubernetesObject[]): void;
  onEvent(
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubernetesObject,
  ): void;
  onState(
    state:
      | { state: 'ok' }
      /** The API server answers, but not about this kind. */
      | { state: 'stale'; reason: string }
      | { state: 'unreachable'; reason: string }
      | { state: 'forbidden'; reason: string },
  ): void;
}

/** Opens connections; one per cluster id and account, shared. */
export interface KubernetesConnector {
  cluster(p: {
    account: string;
    regionId: string;
    clusterId: string;
  }): KubernetesConnection;
  mesh(p: { account: string; serviceMeshId: string }): KubernetesConnection;
}
