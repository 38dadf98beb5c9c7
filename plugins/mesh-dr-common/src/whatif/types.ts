import type { Shares } from '../locality/hops';
import type { SplitInput } from '../locality/split';
import type {
  LocalityEndpoints,
  LocalityLbSetting,
  OutlierDetection,
} from '../locality/types';

/** A service of the graph with its endpoints; `labels` of a group tell versions apart (`version`) and subsets. */
export interface WhatIfService {
  /** `namespace/name`. */
  id: string;
  endpoints: LocalityEndpoints[];
  /** Requests per second that one ready endpoint takes, where somebody declared it. */
  capacityPerEndpoint?: number;
}

/** The parts of an effective rule that decide about shares. Equal rules should be the same object: results are shared. */
export type WhatIfRule = Pick<
  SplitInput,
  'setting' | 'outlierDetection' | 'forced' | 'consistentHash'
> & {
  /** Whether the mesh-wide setting (or Istio's default) is in force, so that a mesh-wide edit changes it. */
  meshWide?: boolean;
};

/** One Envoy cluster a hop uses: a subset (or all) of the callee, and the percent of the calls that it gets. */
export interface WhatIfPool {
  weight: number;
  /** Labels an endpoint must have; undefined: all endpoints. */
  subset?: Record<string, string>;
  /** The route names a subset that nobody defined: 503. */
  undefinedSubset?: boolean;
  rule: WhatIfRule;
}

/**
 * How a call is known: from the routes of a gateway, because somebody declared it (catalog or request), or because Istio's
 * metrics show it.
 */
export type CallSource = 'gateway' | 'declared' | 'observed';

/** Calls of one service (or entry) to another. */
export interface WhatIfHop {
  /** Id of a service or of an entry. */
  from: string;
  /** Id of a service. */
  to: string;
  /** Default 1. */
  callsPerRequest?: number;
  /** Request and answer together, for the traffic between regions. */
  bytesPerCall?: number;
  /** A failed call does not fail the request, as with Bookinfo's reviews. */
  optional?: boolean;
  source?: CallSource;
  pools: WhatIfPool[];
}

/** A place where requests come in: an ingress gateway, or workloads that start requests by themselves. */
export interface WhatIfEntry {
  id: string;
  region: string;
  zone?: string;
  labels?: Record<string, string>;
  /** Default 1, which makes all figures relative. */
  requestsPerSecond?: number;
  /** Each has to learn about failing endpoints by itself. */
  proxies?: number;
}

/** What a what-if starts from. Immutable: what can be computed once is kept per object. */
export interface WhatIfSnapshot {
  /** ASM version, decides about how Istio and Envoy behave. */
  meshVersion: string;
  services: WhatIfService[];
  hops: WhatIfHop[];
  entries: WhatIfEntry[];
}

/** Where something is taken away. */
interface Area {
  region: string;
  /** One zone of the region only. */
  zone?: string;
}

export type WhatIfEdit =
  | ({
      /**
       * Everything there is gone but stays registered, as when a region is cut off: only outlier detection takes calls
       * away. Requests that enter there fail.
       */
      kind: 'down';
      /** Only the endpoints of this service; whoever else stands there lives, its callers too. */
      service?: string;
      /** Requests that enter there come in at the other entries instead, as a global traffic manager would see to. */
      entriesMove?: boolean;
    } & Area)
  /** Endpoints there are deregistered, as when they are scaled to 0; of one service or of all. */
  | ({ kind: 'removed'; service?: string } & Area)
  /** Endpoints with `version` are deregistered, everywhere or in one region. */
  | {
      kind: 'version-removed';
      service: string;
      version: string;
      region?: string;
    }
  /** So many ready endpoints of a service in a region (and zone, and version), in the proportions of now. */
  | ({
      kind: 'replicas';
      service: string;
      version?: string;
      ready: number;
    } & Area)
  /** A rule for one service, or without `service` for all that obey the mesh-wide one. */
  | {
      kind: 'rule';
      service?: string;
      setting?: LocalityLbSetting;
      /** `null` removes it; undefined leaves what there is. */
      outlierDetection?: OutlierDetection | null;
    };

/** A figure before and after. */
export interface BeforeAfter {
  before: number;
  after: number;
}

/** One hop seen by its callers in one region. */
export interface HopShares {
  /** Region (and zone) of the callers. */
  region: string;
  zone?: string;
  /** Percent of the calls by region of the callee; what is missing to 100 gets no answer. Empty when callers are gone. */
  before: Shares;
  after: Shares;
  /** Percent of the calls that fail at this hop: sent to what is down, or answered by nobody. */
  failedPercent: BeforeAfter;
}

/** What a region has to carry for a service. */
export interface RegionLoad {
  region: string;
  ready: BeforeAfter;
  callsPerSecond: BeforeAfter;
  /** Load of one endpoint after, by its load before; by the mean of the service where it had none before. */
  factor: number;
  /** Calls by declared capacity after, when that is known; above 1 is too much. */
  utilisation?: number;
}

export interface ServiceOutcome {
  id: string;
  /** Percent of the calls it gets, end to end, by region. */
  shares: { before: Shares; after: Shares };
  loads: RegionLoad[];
}

export interface LinkTraffic {
  from: string;
  to: string;
  callsPerSecond: BeforeAfter;
  /** Only of hops that say how much they carry. */
  megabitsPerSecond?: BeforeAfter;
}

/** The figures of a what-if that are always worked out. */
export interface WhatIfFigures {
  /** Percent of all requests that enter and fail, all calls that are not optional counted. */
  failedPercent: BeforeAfter;
  entries: {
    id: string;
    region: string;
    requestsPerSecond: BeforeAfter;
    failedPercent: BeforeAfter;
  }[];
  /** Calls from region to other region, all hops together. */
  links: LinkTraffic[];
  /** Hops left out because they close a circle: `from → to`. */
  circular: string[];
}

/** Everything about a what-if as plain data. */
export interface WhatIfReport extends WhatIfFigures {
  services: ServiceOutcome[];
  hops: { from: string; to: string; callers: HopShares[] }[];
}

export interface WhatIfResult extends WhatIfFigures {
  /** Shares of a hop for every place where its callers stand; made when asked for. */
  hop(from: string, to: string): HopShares[];
  /** Shares and load of a service; made when asked for. */
  service(id: string): ServiceOutcome;
  /**
   * Calls of entries that fail before every proxy has ejected what fails, as the verdict counts them: proxies × ejected
   * endpoints × errors in a row, for callers that used what fails. Only of entries whose proxies are known.
   */
  failAtFirst(): number;
  /** Highest load factor of each service that gets calls, highest first. */
  highestLoads(): { service: string; region: string; factor: number }[];
  /** All of it, also of every service and hop: for small graphs, or to send away. `JSON.stringify` takes this form. */
  report(): WhatIfReport;
  toJSON(): WhatIfReport;
}
