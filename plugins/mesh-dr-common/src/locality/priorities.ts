import type {
  CallerLocality,
  DistributionRule,
  FailoverRule,
  LocalityEndpoints,
  LocalityLbSetting,
  ModelVersions,
  OutlierDetection,
} from './types';

/** One group of endpoints as istiod sends it to a proxy (one `LocalityLbEndpoints` of EDS). */
export interface LocalityGroup {
  region: string;
  zone: string;
  subzone: string;
  /** 0 is tried first; without gaps over all groups. */
  priority: number;
  weight: number;
  /** Hosts in the group; 0 when `distribute` emptied it. */
  total: number;
  /** Of them, those the proxy may use. */
  healthy: number;
}

/** What istiod computes for one proxy. */
export interface Assignment {
  groups: LocalityGroup[];
  /** Whether the proxy weighs localities (`LocalityWeightedLbConfig`) or picks hosts uniformly. */
  weighted: boolean;
}

/**
 * Endpoint groups, priorities and weights that istiod sends to a proxy standing at `caller`.
 *
 * Follows istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go`: `distribute` first; otherwise priorities, but
 * only when outlier detection is set (an empty one suffices).
 */
export function assignLocalities(input: {
  caller: CallerLocality;
  endpoints: LocalityEndpoints[];
  setting: LocalityLbSetting;
  outlierDetection?: OutlierDetection;
  versions: ModelVersions;
}): Assignment {
  const { caller, setting, outlierDetection } = input;
  const groups = groupEndpoints(input);
  const enabled = setting.enabled !== false;
  const distribute = enabled ? setting.distribute ?? [] : [];
  const failover = enabled ? setting.failover ?? [] : [];
  const failoverPriority = enabled ? setting.failoverPriority ?? [] : [];

  if (distribute.length) {
    return {
      groups: applyDistribute(caller, groups, distribute),
      weighted: true,
    };
  }
  if (!enabled || !outlierDetection) {
    return { groups, weighted: false };
  }
  const raw = groups.map(group =>
    failoverPriority.length
      ? labelPriority(caller, group, failoverPriority)
      : failoverPriorityOf(caller, group, failover),
  );
  return {
    groups: compact(groups, raw),
    weighted: failover.length > 0 || failoverPriority.length > 0,
  };
}

/** Endpoints that reach the proxy, grouped by full locality. A locality without endpoints does not exist in EDS. */
function groupEndpoints(input: {
  endpoints: LocalityEndpoints[];
  outlierDetection?: OutlierDetection;
  versions: ModelVersions;
}): LocalityGroup[] {
  const { endpoints, outlierDetection, versions } = input;
  const sendUnready =
    versions.sendUnready && !(Number(outlierDetection?.minHealthPercent) > 0);
  const groups = new Map<string, LocalityGroup>();
  for (const endpoint of endpoints) {
    const notReady = Math.min(endpoint.notReady ?? 0, endpoint.total);
    const ready = endpoint.total - notReady;
    const total = sendUnready ? endpoint.total : ready;
    if (total <= 0) {
      continue;
    }
    const { region, zone = '', subzone = '' } = endpoint;
    const key = [region, zone, subzone].join('/');
    const group = groups.get(key) ?? {
      region,
      zone,
      subzone,
      priority: 0,
      weight: 0,
      total: 0,
      healthy: 0,
    };
    group.total += total;
    group.weight += total;
    // Without outlier detection a proxy never takes a host out of use by itself.
    group.healthy += outlierDetection
      ? Math.max(0, Math.min(endpoint.healthy, ready))
      : ready;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Whether a locality is covered by a pattern of a rule: `cn-hangzhou`, `cn-hangzhou/*`, `cn-hangzhou/cn-hangzhou-h`, `*`.
 * Segments left out match everything (istio `util.LocalityMatch`).
 */
export function localityMatches(
  locality: CallerLocality,
  pattern: string,
): boolean {
  if (pattern === '*') {
    return true;
  }
  const [region, zone = '*', subzone = '*'] = pattern.split('/');
  const covers = (wanted: string, actual: string | undefined) =>
    wanted === '*' || wanted === '' || wanted === (actual ?? '');
  return (
    (region === '*' || region === (locality.region ?? '')) &&
    covers(zone, locality.zone) &&
    covers(subzone, locality.subzone)
  );
}

function applyDistribute(
  caller: CallerLocality,
  groups: LocalityGroup[],
  distribute: DistributionRule[],
): LocalityGroup[] {
  const rule = distribute.find(({ from }) => localityMatches(caller, from));
  if (!rule) {
    return groups;
  }
  const unmatched = new Set(groups.map((_, index) => index));
  const weights = new Map<number, number>();
  for (const [pattern, percent] of Object.entries(rule.to)) {
    const matched = [...unmatched].filter(index =>
      localityMatches(groups[index], pattern),
    );
    const sum = matched.reduce((n, index) => n + groups[index].weight, 0);
    for (const index of matched) {
      unmatched.delete(index);
      weights.set(
        index,
        Math.ceil((groups[index].weight * percent) / sum) ||
          groups[index].weight,
      );
    }
  }
  return groups.map((group, index) =>
    unmatched.has(index)
      ? { ...group, total: 0, healthy: 0 }
      : { ...group, weight: weights.get(index)! },
  );
}

/** 0 same subzone, 1 same zone, 2 same region, 3 elsewhere, 4 elsewhere and not where a failover rule points to. */
function failoverPriorityOf(
  caller: CallerLocality,
  group: LocalityGroup,
  failover: FailoverRule[],
): number {
  if ((caller.region ?? '') === group.region) {
    if ((caller.zone ?? '') !== group.zone) {
      return 2;
    }
    return (caller.subzone ?? '') === group.subzone ? 0 : 1;
  }
  const rule = failover.find(({ from }) => from === (caller.region ?? ''));
  return rule && rule.to !== group.region ? 4 : 3;
}

const localityLabels: Record<string, (locality: CallerLocality) => string> = {
  'topology.kubernetes.io/region': locality => locality.region ?? '',
  'topology.kubernetes.io/zone': locality => locality.zone ?? '',
  'topology.istio.io/subzone': locality => locality.subzone ?? '',
};

/**
 * `failoverPriority`: the nth label counts only when all before it match; nothing matched is the lowest priority. Only
 * the locality labels are known here; any other label is taken as not matching.
 */
function labelPriority(
  caller: CallerLocality,
  group: LocalityGroup,
  labels: string[],
): number {
  let matched = 0;
  for (const label of labels) {
    const [key, fixed] = label.split('=');
    const valueOf = localityLabels[key];
    if (!valueOf || valueOf(group) !== (fixed ?? valueOf(caller))) {
      break;
    }
    matched++;
  }
  return labels.length - matched;
}

/** Closes gaps: Envoy wants priorities 0, 1, 2, …; so a remote region becomes 0 when the local one has no endpoints. */
function compact(groups: LocalityGroup[], raw: number[]): LocalityGroup[] {
  const levels = [...new Set(raw)].sort((a, b) => a - b);
  return groups.map((group, index) => ({
    ...group,
    priority: levels.indexOf(raw[index]),
  }));
}
