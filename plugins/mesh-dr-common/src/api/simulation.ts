import type { KnownCall } from '../whatif/snapshot';
import type {
  BeforeAfter,
  HopShares,
  LinkTraffic,
  ServiceOutcome,
  WhatIfEdit,
} from '../whatif/types';
import type { LocalityIntent } from '../locality/types';
import type { PredictedOutage } from './outages';

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
  /** Calls between services beside those of gateways and of the catalog. */
  calls?: KnownCall[];
  /** Requests per second by id of an entry; default 1 each, which makes all figures relative. */
  requestsPerSecond?: Record<string, number>;
  /** Requests per second that one ready endpoint takes, by `namespace/name`. */
  capacityPerEndpoint?: Record<string, number>;
  /** Services to tell about, as `namespace/name`; default: those with the highest load, 50 at most. */
  services?: string[];
}

/** Calls, shares and loads before and after, once ejections have settled; retries are left out. */
export interface SimulationResult {
  /** Percent of all requests that enter and fail. */
  failedPercent: BeforeAfter;
  entries: {
    id: string;
    region: string;
    requestsPerSecond: BeforeAfter;
    failedPercent: BeforeAfter;
  }[];
  /** Every hop to a service told about. */
  hops: {
    from: string;
    to: string;
    optional?: boolean;
    callers: HopShares[];
  }[];
  services: (ServiceOutcome & {
    /** Where an edit takes a region down: requests that fail, under the rules of now and the proposed ones. */
    outage?: PredictedOutage;
  })[];
  /** Calls between regions; bandwidth where the network was read, in Mbit/s, and what is used of it in percent. */
  links: (LinkTraffic & {
    bandwidthMbps?: number;
    usedPercent?: BeforeAfter;
  })[];
  /** Calls the graph is made of, beside those of gateways. */
  calls: KnownCall[];
  /** Hops left out because they close a circle. */
  circular: string[];
}
