import type {
  LocalityIntent,
  LocalityLbSetting,
  OutlierDetection,
} from './types';

const REGION_LABEL = 'topology.kubernetes.io/region';

/** `cn-hangzhou/*` and `cn-hangzhou` mean the same; people see the region. */
function regionOf(pattern: string): string {
  return pattern.replace(/(?:\/\*)+$/, '');
}

/**
 * Reads a setting back as an intent. A setting without any list (Istio's default, which merely prefers near endpoints
 * once outlier detection is on) reads as `off`: nobody asked for anything.
 */
export function intentOf(
  setting: LocalityLbSetting,
  outlierDetection?: OutlierDetection,
): LocalityIntent {
  const extra = outlierDetection && { outlierDetection };
  if (setting.enabled === false) {
    return { mode: 'off' };
  }
  if (setting.distribute?.length) {
    return {
      mode: 'distribution',
      distribute: setting.distribute.map(({ from, to }) => ({
        from: regionOf(from),
        to: Object.fromEntries(
          Object.entries(to).map(([key, weight]) => [regionOf(key), weight]),
        ),
      })),
      ...extra,
    };
  }
  const refuge = evacuationTarget(setting);
  if (refuge) {
    return { mode: 'evacuation', to: refuge, ...extra };
  }
  if (setting.failover?.length) {
    return {
      mode: 'failover',
      failover: setting.failover.map(({ from, to }) => ({ from, to })),
      ...extra,
    };
  }
  return { mode: 'off' };
}

/** The `localityLbSetting` that an intent stands for. */
export function intentToSetting(intent: LocalityIntent): LocalityLbSetting {
  switch (intent.mode) {
    case 'failover':
      return { enabled: true, failover: intent.failover };
    case 'distribution':
      return { enabled: true, distribute: intent.distribute };
    case 'evacuation':
      return {
        enabled: true,
        failoverPriority: [`${REGION_LABEL}=${intent.to}`],
      };
    default:
      return { enabled: false };
  }
}

/** The region that a rule in the form of an evacuation puts first for every caller. */
function evacuationTarget({
  failover,
  failoverPriority = [],
}: LocalityLbSetting): string | undefined {
  const [key, region] = failoverPriority[0]?.split('=') ?? [];
  return failoverPriority.length === 1 &&
    !failover?.length &&
    key === REGION_LABEL &&
    region
    ? region
    : undefined;
}

/**
 * The top-level DestinationRule `trafficPolicy` fields that an intent owns. `off` switches locality balancing off for
 * the host and leaves outlier detection and connection settings unowned.
 */
export function intentToTrafficPolicy(intent: LocalityIntent): {
  loadBalancer: { localityLbSetting: LocalityLbSetting };
  outlierDetection?: OutlierDetection;
  connectionPool?: {
    tcp?: { connectTimeout: string };
    http?: { maxRequestsPerConnection: number };
  };
} {
  const loadBalancer = { localityLbSetting: intentToSetting(intent) };
  if (intent.mode === 'off') {
    return { loadBalancer };
  }
  const { connectTimeout, maxRequestsPerConnection } =
    intent.connectionPool ?? {};
  const connectionPool = {
    ...(connectTimeout !== undefined && { tcp: { connectTimeout } }),
    ...(maxRequestsPerConnection !== undefined && {
      http: { maxRequestsPerConnection },
    }),
  };
  return {
    loadBalancer,
    ...(intent.outlierDetection && {
      outlierDetection: intent.outlierDetection,
    }),
    ...(Object.keys(connectionPool).length > 0 && { connectionPool }),
  };
}
