import type {
  EnvoyCluster,
  HashKey,
  LbPolicy,
  OutlierSettings,
} from '../types';
import type { VisibleRule } from './destinationRules';
import { durationMs } from './hosts';
import type { LocalityLbSetting } from './locality';

/** Istio's way of saying that there is no limit; 0 says it as well. */
const UNLIMITED = 4_294_967_295;

/** `TrafficPolicy` of Istio's API, the fields the data plane reads. */
export interface TrafficPolicy {
  loadBalancer?: {
    simple?: string;
    consistentHash?: Record<string, any>;
    localityLbSetting?: LocalityLbSetting;
  };
  connectionPool?: {
    tcp?: { connectTimeout?: string; maxConnections?: number };
    http?: {
      http1MaxPendingRequests?: number;
      http2MaxRequests?: number;
      maxRequestsPerConnection?: number;
      maxRetries?: number;
      idleTimeout?: string;
    };
  };
  outlierDetection?: Record<string, any>;
  portLevelSettings?: (TrafficPolicy & { port?: { number?: number } })[];
}

/**
 * Policy for one port and subset. A `portLevelSettings` entry replaces the whole policy of its level; a subset's
 * policy is laid over the top-level one, field by field.
 */
export function effectivePolicy(
  rule: VisibleRule | undefined,
  port: number,
  subset: string | undefined,
): TrafficPolicy {
  const top = forPort(rule?.trafficPolicy, port) ?? {};
  const own = rule?.subsets.find(s => s.name === subset)?.trafficPolicy;
  if (!own) {
    return top;
  }
  const portEntry = own.portLevelSettings?.find(p => p.port?.number === port);
  return (
    portEntry ?? {
      loadBalancer: own.loadBalancer ?? top.loadBalancer,
      connectionPool: own.connectionPool ?? top.connectionPool,
      outlierDetection: own.outlierDetection ?? top.outlierDetection,
    }
  );
}

function forPort(
  policy: TrafficPolicy | undefined,
  port: number,
): TrafficPolicy | undefined {
  return (
    policy?.portLevelSettings?.find(p => p.port?.number === port) ?? policy
  );
}

/** Envoy's outlier detection with Istio's and Envoy's defaults; undefined when the policy has none. */
export function outlierSettings(
  policy: TrafficPolicy,
  strictCap: boolean,
): OutlierSettings | undefined {
  const od = policy.outlierDetection;
  if (!od) {
    return undefined;
  }
  const base = durationMs(od.baseEjectionTime) ?? 30_000;
  return {
    consecutive5xx: Number(od.consecutive5xxErrors ?? 5),
    consecutiveGateway: Number(od.consecutiveGatewayErrors ?? 0),
    splitLocalOrigin: od.splitExternalLocalOriginErrors === true,
    consecutiveLocalOrigin: Number(od.consecutiveLocalOriginFailures ?? 5),
    intervalMs: durationMs(od.interval) ?? 10_000,
    baseEjectionMs: base,
    maxEjectionMs: Math.max(300_000, base),
    maxEjectionPercent: Number(od.maxEjectionPercent) || 10,
    strictCap,
  };
}

/** Connection settings of the Envoy cluster; what the policy leaves out has no limit, and a connect timeout of 10 s. */
export function connectionSettings({
  connectionPool,
}: TrafficPolicy): Pick<
  EnvoyCluster,
  | 'connectTimeoutMs'
  | 'circuitBreakers'
  | 'maxRequestsPerConnection'
  | 'idleTimeoutMs'
> {
  const { tcp, http } = connectionPool ?? {};
  const limits = {
    maxConnections: limit(tcp?.maxConnections),
    maxPendingRequests: limit(http?.http1MaxPendingRequests),
    maxRequests: limit(http?.http2MaxRequests),
    maxRetries: limit(http?.maxRetries),
  };
  return {
    connectTimeoutMs: durationMs(tcp?.connectTimeout) ?? 10_000,
    circuitBreakers: Object.values(limits).some(l => l !== UNLIMITED)
      ? limits
      : undefined,
    maxRequestsPerConnection: http?.maxRequestsPerConnection || undefined,
    idleTimeoutMs: durationMs(http?.idleTimeout) || undefined,
  };
}

function limit(value: number | undefined): number {
  return Number(value) || UNLIMITED;
}

/** Istio's default for both of Envoy's consistent balancers; Maglev is modelled as a ring. */
const MIN_RING_SIZE = 1024;

/** What is hashed, and the size of the ring; undefined when the policy does not hash. */
export function hashSettings(policy: TrafficPolicy): EnvoyCluster['hash'] {
  const hash = policy.loadBalancer?.consistentHash;
  const key = hash && hashKey(hash);
  return (
    key && {
      key,
      minRingSize:
        Number(hash.ringHash?.minimumRingSize ?? hash.minimumRingSize) ||
        MIN_RING_SIZE,
    }
  );
}

function hashKey(hash: Record<string, any>): HashKey | undefined {
  if (hash.httpHeaderName) {
    return { on: 'header', name: hash.httpHeaderName };
  }
  if (hash.httpQueryParameterName) {
    return { on: 'query', name: hash.httpQueryParameterName };
  }
  if (hash.httpCookie) {
    const { name, path, ttl } = hash.httpCookie;
    const ms = durationMs(ttl);
    return {
      on: 'cookie',
      name,
      path,
      ttlS: ms === undefined ? undefined : ms / 1000,
    };
  }
  return hash.useSourceIp ? { on: 'source' } : undefined;
}

/** Envoy's policy for `simple` or `consistentHash`. */
export function lbPolicy(policy: TrafficPolicy): LbPolicy {
  const { simple, consistentHash } = policy.loadBalancer ?? {};
  if (simple === 'ROUND_ROBIN') {
    return 'ROUND_ROBIN';
  }
  if (consistentHash) {
    return 'RING_HASH';
  }
  return simple === 'RANDOM' ? 'RANDOM' : 'LEAST_REQUEST';
}
