/** Words shared by the mesh floor: what istiod sends, what Envoy keeps, what travels on the wire. */

/** `region/zone/subzone`; an unknown segment is the empty string. */
export interface Locality {
  region: string;
  zone: string;
  subzone: string;
}

/** One address istiod sends for an Envoy cluster. */
export interface Endpoint {
  /** Identity across EDS updates: `<cluster>/<ip>:<port>`. */
  key: string;
  clusterId: string;
  namespace: string;
  /** Pod behind the address, if the EndpointSlice names one. */
  pod?: string;
  ip: string;
  port: number;
  locality: Locality;
  /** Pod labels plus the topology labels istiod adds. */
  labels: Record<string, string>;
  weight: number;
  /** EDS health: false only where istiod sends endpoints that are not ready (Istio 1.31 and later). */
  healthy: boolean;
}

/** `LocalityLbEndpoints` of Envoy's API. */
export interface LocalityGroup {
  locality: Locality;
  priority: number;
  weight: number;
  /** Empty where `distribute` deleted the endpoints of an unlisted locality. */
  endpoints: Endpoint[];
}

/** Envoy's `OutlierDetection`, after Istio's defaults. */
export interface OutlierSettings {
  /** 0: not enforced. */
  consecutive5xx: number;
  /** 0: not enforced. */
  consecutiveGateway: number;
  splitLocalOrigin: boolean;
  /** 0: not enforced; read only when `splitLocalOrigin`. */
  consecutiveLocalOrigin: number;
  intervalMs: number;
  baseEjectionMs: number;
  /** max(300 s, base) unless set. */
  maxEjectionMs: number;
  maxEjectionPercent: number;
  /** Envoy ≥ 1.28 also holds the first host to the cap. */
  strictCap: boolean;
}

export type LbPolicy = 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM' | 'RING_HASH';

/** What consistent hashing hashes. */
export type HashKey =
  | { on: 'header' | 'query'; name: string }
  | { on: 'source' }
  /** With `ttlS` (0: a session cookie) the proxy sets the cookie where it is missing. */
  | { on: 'cookie'; name: string; path?: string; ttlS?: number };

/** Envoy's circuit breakers of one cluster. Istio's default is no limit. */
export interface CircuitBreakers {
  maxConnections: number;
  maxPendingRequests: number;
  maxRequests: number;
  maxRetries: number;
}

/** CDS and EDS of one `outbound|port|subset|host`. */
export interface EnvoyCluster {
  name: string;
  groups: LocalityGroup[];
  /** Whether `locality_weighted_lb_config` is set. */
  localityWeighted: boolean;
  /** Percent; 0 switches panic off. */
  panicThreshold: number;
  lbPolicy: LbPolicy;
  /** For RING_HASH. */
  hash?: { key: HashKey; minRingSize: number };
  connectTimeoutMs: number;
  outlier?: OutlierSettings;
  /** Absent: no limits. */
  circuitBreakers?: CircuitBreakers;
  /** A connection is closed after so many requests; absent: never. */
  maxRequestsPerConnection?: number;
  /** An unused connection is closed after this. Default: one hour. */
  idleTimeoutMs?: number;
}

/** Envoy's route-level retry policy as Istio writes it. */
export interface RetryPolicy {
  attempts: number;
  /** No connection could be made. */
  connectFailure: boolean;
  /** Any 5xx, or no answer at all. */
  on5xx: boolean;
  /** 502, 503, 504, or no answer at all. */
  onGatewayError: boolean;
  /** A connection that broke, or a try that took too long. */
  onReset?: boolean;
  statusCodes: number[];
  perTryTimeoutMs?: number;
  /** `retryRemoteLocalities`: the `previous_priorities` retry priority with update_frequency 2. */
  remoteLocalities: boolean;
}

export interface HttpRequest {
  method: string;
  /** Path with query. */
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body?: string;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** An open connection. Rejects only with the signal's reason; while packets vanish nothing settles. */
export interface Link {
  /** False once the peer's FIN or RST has arrived. */
  isOpen(): boolean;
  /** Sends one request; `reset` when the connection broke before the answer. */
  exchange(
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<HttpResponse | 'reset'>;
}

/** How a proxy reaches hosts. */
export interface Transport {
  /** `timeout` when TCP itself gave up, which is long after any proxy does. */
  connect(
    endpoint: Endpoint,
    signal?: AbortSignal,
  ): Promise<Link | 'refused' | 'timeout'>;
}

/** A pod as the data plane needs it. */
export interface PodView {
  clusterId: string;
  namespace: string;
  name: string;
  uid: string;
  ip: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  serviceAccount: string;
  nodeName: string;
  locality: Locality;
  running: boolean;
  ready: boolean;
  /** Whether injection added a proxy when the pod was made. */
  sidecar: boolean;
  containers: {
    name: string;
    image: string;
    args: string[];
    env: Record<string, string>;
  }[];
}

/** Random numbers in [0, 1). */
export type RandomSource = () => number;

/** Time of the data plane: real time, possibly sped up for tests. */
export interface DataPlaneTime {
  /** Monotonic milliseconds of data-plane time. */
  now(): number;
  /** Resolves after `ms` of data-plane time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
