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
  labels?: Record<string, string>;
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

/** What istiod looks at for one proxy and one Envoy cluster. */
export interface AssignmentInput {
  caller: CallerLocality;
  endpoints: LocalityEndpoints[];
  setting: LocalityLbSetting;
  outlierDetection?: OutlierDetection;
  /** Priorities form without outlier detection, too: `trafficDistribution` and zone-aware balancing. */
  forced?: boolean;
  versions: Pick<ModelVersions, 'sendUnready'>;
}

/**
 * Endpoint groups, priorities and weights that istiod sends to a proxy standing at `caller`.
 *
 * Follows istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go`: `distribute` first; otherwise priorities, but
 * only when outlier detection is set (an empty one suffices) or the setting forces them.
 */
export function assignLocalities(input: AssignmentInput): Assignment {
  const { caller, setting, outlierDetection, forced } = input;
  const groups = groupEndpoints(input);
  if (setting.enabled === false) {
    return { groups, weighted: false };
  }
  const { distribute = [], failoverPriority = [] } = setting;
  if (distribute.length) {
    return {
      groups: applyDistribute(caller, groups, distribute),
      weighted: true,
    };
  }
  if (!outlierDetection && !forced) {
    return { groups, weighted: false };
  }
  const groupsByRank = groups.map(group => ({
    ...group,
    priority: priorityRank(caller, group, setting),
  }));
  return {
    groups: compact(
      failoverPriority.length ? joinEqual(groupsByRank) : groupsByRank,
    ),
    weighted: weighsLocalities(setting),
  };
}

/** Whether priorities come with locality weights: for rules that name regions or labels, not for Istio's default. */
export function weighsLocalities({
  zoneAware,
  failover = [],
  failoverPriority = [],
}: LocalityLbSetting): boolean {
  return !zoneAware && failover.length + failoverPriority.length > 0;
}

/**
 * How near a place is to a caller by a setting's order, before gaps are closed: smaller is tried earlier. Regions by
 * `failover`, labels by `failoverPriority`; with both, regions decide among equals.
 */
export function priorityRank(
  caller: CallerLocality,
  place: CallerLocality,
  setting: LocalityLbSetting,
): number {
  const { failover = [], failoverPriority = [], zoneAware } = setting;
  const byRegion = () =>
    Math.max(zoneAware ? 2 : 0, failoverRank(caller, place, failover));
  if (!failoverPriority.length) {
    return byRegion();
  }
  // A rank by regions is at most 4.
  return (
    5 * labelRank(caller, place, failoverPriority) +
    (failover.length || zoneAware ? byRegion() : 0)
  );
}

/** Labels split a locality by rank, not by value: what has the same rank stays one group. */
function joinEqual(groups: LocalityGroup[]): LocalityGroup[] {
  const joined = new Map<string, LocalityGroup>();
  for (const { labels, ...group } of groups) {
    const { region, zone, subzone, priority } = group;
    const key = [priority, region, zone, subzone].join('/');
    const same = joined.get(key);
    joined.set(
      key,
      same
        ? {
            ...same,
            weight: same.weight + group.weight,
            total: same.total + group.total,
            healthy: same.healthy + group.healthy,
          }
        : group,
    );
  }
  return [...joined.values()];
}

/** Endpoints that reach the proxy, grouped by full locality. A locality without endpoints does not exist in EDS. */
function groupEndpoints(input: AssignmentInput): LocalityGroup[] {
  const { endpoints, setting, outlierDetection, versions } = input;
  const byLabels = Boolean(setting.failoverPriority?.length);
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
    const labels = byLabels ? endpoint.labels : undefined;
    const key = [region, zone, subzone, ...labelsOf(labels)].join('/');
    const group = groups.get(key) ?? {
      region,
      zone,
      subzone,
      ...(labels && { labels }),
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

function labelsOf(labels: Record<string, string> = {}): string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
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
function failoverRank(
  caller: CallerLocality,
  place: CallerLocality,
  failover: FailoverRule[],
): number {
  const same = (a: string | undefined, b: string | undefined) =>
    (a ?? '') === (b ?? '');
  if (same(caller.region, place.region)) {
    if (!same(caller.zone, place.zone)) {
      return 2;
    }
    return same(caller.subzone, place.subzone) ? 0 : 1;
  }
  const rule = failover.find(({ from }) => same(from, caller.region));
  return rule && !same(rule.to, place.region) ? 4 : 3;
}

const localityLabels: Record<string, (locality: CallerLocality) => string> = {
  'topology.kubernetes.io/region': locality => locality.region ?? '',
  'topology.kubernetes.io/zone': locality => locality.zone ?? '',
  'topology.istio.io/subzone': locality => locality.subzone ?? '',
};

/**
 * `failoverPriority`: the nth label counts only when all before it match; nothing matched is the lowest priority. `k=v` is
 * compared with v for every proxy, `k` with the proxy's own label; a label that both lack matches.
 */
function labelRank(
  caller: CallerLocality,
  place: CallerLocality,
  labels: string[],
): number {
  const mismatch = labels.findIndex(label => {
    const [key, fixed] = label.split('=');
    return (fixed ?? labelOf(caller, key)) !== labelOf(place, key);
  });
  return mismatch < 0 ? 0 : labels.length - mismatch;
}

function labelOf(place: CallerLocality, key: string): string {
  return localityLabels[key]?.(place) ?? place.labels?.[key] ?? '';
}

/** Closes gaps: Envoy wants priorities 0, 1, 2, …; so a remote region becomes 0 when the local one has no endpoints. */
function compact(groups: LocalityGroup[]): LocalityGroup[] {
  const levels = [...new Set(groups.map(({ priority }) => priority))].sort(
    (a, b) => a - b,
  );
  return groups.map(group => ({
    ...group,
    priority: levels.indexOf(group.priority),
  }));
}
