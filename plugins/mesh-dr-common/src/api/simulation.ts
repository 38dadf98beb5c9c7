import type { SourcedCall } from '../whatif/calls';
import type { KnownCall } from '../whatif/snapshot';
import type {
  BeforeAfter,
  CallSource,
  HopShares,
  LinkTraffic,
  ServiceOutcome,
  WhatIfEdit,
} from '../whatif/types';
import type { LocalityIntent } from '../locality/types';
import type { PredictedOutage } from './outages';
import type { Timestamp } from './types';

/** Something taken away or scaled; rules are proposed by intent. */
export type SimulatedEdit = Exclude<WhatIfEdit, { kind: 'rule' }>;

/** Asks what would happen to the calls through a mesh. */
export interface SimulationRequest {
  /** Applied one after the other. */
  edits: SimulatedEdit[];
  /** Rules as they might be: of services, or without `service` of the whole mesh. */
  rules?: {
    service?: { namespace: string; name: string };
    intent: LocalityIntent;
  }[];
  /** Calls between services beside those of gateways, of the catalog and of observed traffic; what they say wins. */
  calls?: KnownCall[];
  /**
   * Requests per second by id of an entry. Default: as observed; 1 each where nothing can be, which makes figures relative.
   */
  requestsPerSecond?: Record<string, number>;
  /** Requests per second that one ready endpoint takes, by `namespace/name`. */
  capacityPerEndpoint?: Record<string, number>;
  /** Services to tell about, as `namespace/name`; default: those with the highest load, 50 at most. */
  services?: string[];
}

/** How the rate of an entry is known: the request says it, metrics show it, or nobody knows and 1 stands for it. */
export type RateSource = 'declared' | 'observed' | 'assumed';

/** What Istio's metrics say of who calls whom. */
export type TrafficState =
  /** Rates are means over the window. `reason`: the last question failed, this is what was read before. */
  | {
      state: 'ok';
      windowMinutes: number;
      readAt: Timestamp;
      reason?: string;
    }
  | { state: 'unavailable'; reason: string }
  /** `meshDr.metrics.prometheus` names no address for the mesh. */
  | { state: 'not-configured' };

/** Calls, shares and loads before and after, once ejections have settled; retries are left out. */
export interface SimulationResult {
  /** Percent of all requests that enter and fail. */
  failedPercent: BeforeAfter;
  entries: {
    id: string;
    region: string;
    requestsPerSecond: BeforeAfter;
    failedPercent: BeforeAfter;
    rateSource: RateSource;
  }[];
  /** Every hop to a service told about. */
  hops: {
    from: string;
    to: string;
    optional?: boolean;
    source: CallSource;
    callers: HopShares[];
  }[];
  services: (ServiceOutcome & {
    /** Where an edit takes a region down: requests that fail, under the rules of now and the proposed ones. */
    outage?: PredictedOutage;
    /** Requests per second that the service was seen to get. */
    observedPerSecond?: number;
  })[];
  /** Calls between regions; bandwidth where the network was read, in Mbit/s, and what is used of it in percent. */
  links: (LinkTraffic & {
    bandwidthMbps?: number;
    usedPercent?: BeforeAfter;
  })[];
  /** Calls the graph is made of, beside those of gateways. */
  calls: SourcedCall[];
  /** Where observed calls and rates come from, or why there are none. */
  traffic: TrafficState;
  /** Hops left out because they close a circle. */
  circular: string[];
}
