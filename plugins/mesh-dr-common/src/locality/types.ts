/**
 * Locality rules in the words of Istio. An intent is what a person wants; an effective rule is what a proxy obeys.
 * Field names follow istio/api `networking/v1alpha3/destination_rule.proto`.
 */

/** Istio duration text, e.g. `30s`, `1m`, `500ms`. */
export type Duration = string;

export interface OutlierDetection {
  consecutive5xxErrors?: number;
  consecutiveGatewayErrors?: number;
  interval?: Duration;
  baseEjectionTime?: Duration;
  /** Percent of all endpoints of the Envoy cluster, all priorities together; Envoy's default is 10. */
  maxEjectionPercent?: number;
  minHealthPercent?: number;
  /** Failures of connections are counted apart from answers. */
  splitExternalLocalOriginErrors?: boolean;
  /** Only with split origins; default 5. */
  consecutiveLocalOriginFailures?: number;
}

export interface ConnectionPool {
  /** `connectionPool.tcp.connectTimeout`. */
  connectTimeout?: Duration;
  /** `connectionPool.http.maxRequestsPerConnection`. */
  maxRequestsPerConnection?: number;
}

export interface FailoverRule {
  from: string;
  to: string;
}

export interface DistributionRule {
  from: string;
  /** Region → whole percent, 1 to 100, summing to exactly 100. */
  to: Record<string, number>;
}

export type LocalityIntent =
  | { mode: 'off' }
  | {
      mode: 'failover';
      failover: FailoverRule[];
      outlierDetection?: OutlierDetection;
      connectionPool?: ConnectionPool;
    }
  | {
      mode: 'distribution';
      distribute: DistributionRule[];
      outlierDetection?: OutlierDetection;
      connectionPool?: ConnectionPool;
    }
  | {
      /** One region first for every caller; the others, and so the one that is emptied, stay as the last resort. */
      mode: 'evacuation';
      /** Region to be emptied. A rule read back names only where its calls go, so it is absent then. */
      from?: string;
      to: string;
      outlierDetection?: OutlierDetection;
      connectionPool?: ConnectionPool;
    };

/** `localityLbSetting` of MeshConfig or of a DestinationRule. `enabled` defaults to true. */
export interface LocalityLbSetting {
  enabled?: boolean;
  failover?: FailoverRule[];
  distribute?: DistributionRule[];
  failoverPriority?: string[];
  /** `zoneAwareLbSetting` of a DestinationRule (Istio ≥ 1.31): regions are priorities, Envoy spreads inside a region. */
  zoneAware?: boolean;
}

/** The rule a caller's proxy obeys for one service port (and subset), and where each half comes from. */
export interface EffectiveRule {
  locality: {
    setting: LocalityLbSetting;
    /** `service`: the Service's `trafficDistribution`. */
    source: 'destination-rule' | 'service' | 'mesh' | 'default';
    /** e.g. `DestinationRule default/reviews`. */
    object?: string;
    /** Why this setting and no other, one sentence. */
    reason?: string;
    /** Priorities form although outlier detection is absent. */
    forced?: true;
  };
  outlierDetection?: {
    settings: OutlierDetection;
    object: string;
  };
  /** Connection settings in force, when a DestinationRule sets any. */
  connectionPool?: {
    settings: ConnectionPool;
    object: string;
  };
  /** `loadBalancer.simple` in force, e.g. `PASSTHROUGH` (which knows no localities); `CONSISTENT_HASH` when it hashes. */
  loadBalancer?: string;
  /** Objects that would apply but are overridden, with the reason. */
  shadowed: { object: string; reason: string }[];
}

/** One endpoint group as the model counts it: a region (and zone) with total and healthy hosts. */
export interface LocalityEndpoints {
  region: string;
  zone?: string;
  subzone?: string;
  total: number;
  /** Hosts Envoy would use: ready and not ejected. */
  healthy: number;
  /** Of `total`, those Kubernetes reports as not ready. Istio before 1.31 does not send them at all. */
  notReady?: number;
  /** Labels that all hosts of the group share, as far as a `failoverPriority` compares them; region and zone need none. */
  labels?: Record<string, string>;
}

/** Where the calling proxy stands; all empty when the proxy has no locality. */
export interface CallerLocality {
  region?: string;
  zone?: string;
  subzone?: string;
  /** Labels of the proxy's pod, for `failoverPriority`. */
  labels?: Record<string, string>;
}

/** Behaviour that differs between releases (LOCALITY section C). */
export interface ModelVersions {
  /** Istio ≥ 1.31 sends not-ready endpoints as UNHEALTHY. */
  sendUnready: boolean;
  /** Envoy ≥ 1.28 (Istio ≥ 1.20) enforces maxEjectionPercent on the first host too. */
  strictEjection: boolean;
  /** Istio ≤ 1.23 retries a 503 by default. */
  retry503: boolean;
  /** Istio ≥ 1.24 merges DestinationRules for one host only if their `exportTo` is equal. */
  mergeByExportTo: boolean;
  /** Values of a Service's `trafficDistribution` that are heeded: from Istio 1.25 `PreferClose`, from 1.27 all three. */
  trafficDistribution: false | 'close' | 'same-zone-and-node';
  /** Istio ≥ 1.31 knows `zoneAwareLbSetting`. */
  zoneAware: boolean;
}

/** Shares in percent by region; `noHealthyUpstream` when Envoy would answer 503 UH. */
export interface LoadSplit {
  shares: Record<string, number>;
  /** Shares by `region/zone`. */
  byLocality: Record<string, number>;
  /** Health per priority, integer percent as Envoy computes. */
  health: number[];
  /** Load per priority, integer percent. */
  load: number[];
  noHealthyUpstream: boolean;
}
