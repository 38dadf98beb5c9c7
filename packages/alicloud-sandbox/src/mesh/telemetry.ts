import type { PodView } from './types';

/** Where a connection comes from. */
export interface Origin {
  clusterId: string;
  ip: string;
  /** The pod whose proxy opened it; absent for programs without a sidecar and for load balancers. */
  proxy?: PodView;
}

/** A request as the proxy of its caller saw it: all attempts together. */
export interface OutboundReport {
  meshId: string;
  pod: PodView;
  /** Host name of the service, e.g. `reviews.default.svc.cluster.local`. */
  host: string;
  /** Where the last attempt went. */
  to?: { clusterId: string; pod?: string };
  /** 0 when the caller gave up before an answer. */
  status: number;
  /** Envoy's response flag. */
  flag: string;
  /** Data-plane milliseconds. */
  durationMs: number;
}

/** A request as it reached a pod. */
export interface InboundReport {
  pod: PodView;
  port: number;
  from: Origin;
  status: number;
  durationMs: number;
}

/** Told about every request that proxies handle. Called on the hot path: must be cheap and must not throw. */
export interface Telemetry {
  outbound(report: OutboundReport): void;
  inbound(report: InboundReport): void;
}
