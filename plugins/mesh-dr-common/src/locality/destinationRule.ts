import type {
  ConnectionPool,
  LocalityLbSetting,
  OutlierDetection,
} from './types';

/** The parts of `trafficPolicy` that decide about locality; anything else may be present and is ignored. */
export interface TrafficPolicyLike {
  loadBalancer?: {
    simple?: string;
    consistentHash?: unknown;
    localityLbSetting?: LocalityLbSetting;
    zoneAwareLbSetting?: Pick<
      LocalityLbSetting,
      'enabled' | 'failover' | 'failoverPriority'
    >;
    [key: string]: unknown;
  };
  outlierDetection?: OutlierDetection & {
    /** Deprecated name of `consecutive5xxErrors`. */
    consecutiveErrors?: number;
  };
  connectionPool?: {
    tcp?: { connectTimeout?: string; [key: string]: unknown };
    http?: { maxRequestsPerConnection?: number; [key: string]: unknown };
    [key: string]: unknown;
  };
  portLevelSettings?: (TrafficPolicyLike & { port?: { number?: number } })[];
  [key: string]: unknown;
}

/** An Istio DestinationRule as read from a cluster, as far as the model needs it. */
export interface DestinationRuleLike {
  metadata: {
    name: string;
    namespace?: string;
    creationTimestamp?: string;
    [key: string]: unknown;
  };
  spec: {
    host: string;
    exportTo?: string[];
    trafficPolicy?: TrafficPolicyLike;
    subsets?: {
      name: string;
      labels?: Record<string, string>;
      trafficPolicy?: TrafficPolicyLike;
    }[];
    workloadSelector?: unknown;
    [key: string]: unknown;
  };
}

/** `DestinationRule default/reviews`. */
export function destinationRuleRef(rule: DestinationRuleLike): string {
  return `DestinationRule ${rule.metadata.namespace ?? 'default'}/${
    rule.metadata.name
  }`;
}

/** Name of a service inside a mesh, `reviews.default.svc.cluster.local`. */
export function serviceHost(service: {
  namespace: string;
  name: string;
}): string {
  return `${service.name}.${service.namespace}.svc.cluster.local`;
}

/**
 * Host of a rule as Istio reads it: a name without a dot is completed with the rule's own namespace; a name with a dot is
 * taken as it stands, so `reviews.default` matches nothing.
 */
export function resolveHost(host: string, namespace: string): string {
  return host.includes('.') || host === '*'
    ? host
    : `${host}.${namespace}.svc.cluster.local`;
}

/** Whether `pattern` (exact, `*` or `*.suffix`) covers `host`. */
export function hostMatches(pattern: string, host: string): boolean {
  return pattern.startsWith('*')
    ? host.endsWith(pattern.slice(1))
    : pattern === host;
}

/** Connection settings of a traffic policy in the flat form of an intent; undefined when it sets none of them. */
export function connectionPoolOf(
  policy: TrafficPolicyLike | undefined,
): ConnectionPool | undefined {
  const connectTimeout = policy?.connectionPool?.tcp?.connectTimeout;
  const maxRequestsPerConnection =
    policy?.connectionPool?.http?.maxRequestsPerConnection;
  if (connectTimeout === undefined && maxRequestsPerConnection === undefined) {
    return undefined;
  }
  return {
    ...(connectTimeout !== undefined && { connectTimeout }),
    ...(maxRequestsPerConnection !== undefined && { maxRequestsPerConnection }),
  };
}

/** Outlier detection of a traffic policy with the deprecated field name translated. */
export function outlierDetectionOf(
  policy: TrafficPolicyLike | undefined,
): OutlierDetection | undefined {
  const settings = policy?.outlierDetection;
  if (!settings) {
    return undefined;
  }
  const { consecutiveErrors, ...rest } = settings;
  return consecutiveErrors !== undefined &&
    rest.consecutive5xxErrors === undefined &&
    rest.consecutiveGatewayErrors === undefined
    ? { ...rest, consecutiveGatewayErrors: consecutiveErrors }
    : rest;
}
