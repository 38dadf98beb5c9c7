import type { SplitInput } from '../locality/split';
import type { Duration, ModelVersions } from '../locality/types';

/** How hosts fail. */
export type Failure =
  /** Connections are refused, as by a node that lives while its pods do not. */
  | { kind: 'refuse' }
  /** Every request is answered with this status, 500 to 599. */
  | { kind: 'answers'; status: number }
  /** Packets vanish, as when a region is cut off. */
  | { kind: 'black-hole' }
  /** Answers come well, but late. */
  | { kind: 'slow'; delayMs: number };

/** `http[].retries` of a VirtualService. */
export interface RetrySettings {
  attempts?: number;
  /** Comma-separated words; default: Istio's. */
  retryOn?: string;
  perTryTimeout?: Duration;
  retryRemoteLocalities?: boolean;
}

/** One kind of caller, the service it calls, and what befalls the service. */
export interface OutageInput
  extends Pick<
    SplitInput,
    'caller' | 'endpoints' | 'setting' | 'outlierDetection' | 'forced'
  > {
  /** Where hosts fail; they stay registered. */
  failing: { region: string; zone?: string };
  failure: Failure;
  /** Number of calling proxies: each has to learn by itself. */
  proxies: number;
  /** Of all these proxies together. */
  requestsPerSecond: number;
  outageSeconds: number;
  /** Undefined: Istio's default, two more attempts on connect failures. `attempts: 0`: none. */
  retries?: RetrySettings;
  /** Default 10 s (Istio's). Bounds connecting, which no other time limit of a try does. */
  connectTimeout?: Duration;
  /** `http[].timeout`, all attempts together; default none. */
  timeout?: Duration;
  /** Open connections of a proxy to each host when it is cut off: requests on them hang. Default 1. */
  keptConnections?: number;
  /** Requests to play, about; fewer are faster and coarser. Default 40,000. */
  effort?: number;
  versions: ModelVersions;
}

/** A time during which proxies learn (again) that hosts fail. */
export interface Bout {
  /** Mean of the proxies. */
  seconds: number;
  /** Requests that fail, all proxies together. */
  failed: number;
  /** Of them, those that no time limit ends: they hang until TCP gives up. */
  hanging: number;
  /** What requests of this time wait longer than usual: mean and 99th percentile, in ms; hanging ones left out. */
  addedMs: { mean: number; p99: number };
}

/** What an outage costs. Expectations; the same input gives the same figures. */
export interface OutageForecast {
  /** Hosts that fail and that a proxy would use otherwise. */
  failingHosts: number;
  /** Of them, those that a proxy may eject by the cap. */
  ejectable: number;
  /** Failures in a row that eject a host; undefined when failures of this kind never do. */
  errorsToEject?: number;
  /** Why they never do. */
  notCounted?:
    | 'no-outlier-detection'
    | 'no-counter'
    | 'no-failure'
    | 'never-adds-up'
    | 'not-charged';
  /** From the beginning until every proxy has ejected what it may. */
  first: Bout;
  /** Afterwards, between re-tests: what the cap spares, what nobody answers, or all of it where nothing is counted. */
  steady: { failedPercent: number; addedMs: number };
  /** When ejected hosts come back to be tried, in seconds since the beginning, and what each time costs. */
  retests: { atSeconds: number[]; each: Bout };
  /** Requests that fail during the whole outage. */
  failed: number;
  /** Percent of the requests that fail after the first bout. */
  floorPercent: number;
}
