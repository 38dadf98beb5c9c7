import type { Endpoint, Locality, LocalityGroup } from '../types';

/** Istio's `LocalityLoadBalancerSetting`, as found in a DestinationRule or in MeshConfig. */
export interface LocalityLbSetting {
  enabled?: boolean;
  failover?: { from: string; to: string }[];
  distribute?: { from: string; to: Record<string, number> }[];
  failoverPriority?: string[];
}

/** The proxy istiod computes for. */
export interface ProxyLocality {
  locality: Locality;
  /** Pod labels plus topology labels. */
  labels: Record<string, string>;
}

/** Splits `region/zone/subzone`. */
export function parseLocality(text: string): Locality {
  const [region = '', zone = '', subzone = ''] = text.split('/');
  return { region, zone, subzone };
}

/** `region/zone/subzone` without trailing empty segments. */
export function formatLocality(locality: Locality): string {
  return [locality.region, locality.zone, locality.subzone]
    .join('/')
    .replace(/\/+$/, '');
}

/** Groups endpoints as EDS does: a locality without an endpoint does not exist. */
export function groupByLocality(endpoints: Endpoint[]): LocalityGroup[] {
  const groups = new Map<string, LocalityGroup>();
  for (const endpoint of endpoints) {
    const name = formatLocality(endpoint.locality);
    const group = groups.get(name) ?? {
      locality: endpoint.locality,
      priority: 0,
      weight: 0,
      endpoints: [],
    };
    group.endpoints.push(endpoint);
    group.weight += endpoint.weight;
    groups.set(name, group);
  }
  return [...groups.keys()].sort().map(name => groups.get(name)!);
}

/** The setting in force: a DestinationRule's replaces the mesh's in entirety; `enabled: false` means none. */
export function effectiveSetting(
  rule: LocalityLbSetting | undefined,
  mesh: LocalityLbSetting | undefined,
): LocalityLbSetting | undefined {
  const setting = rule ?? mesh;
  return setting?.enabled === false ? undefined : setting;
}

/**
 * What istiod makes of a Service's `trafficDistribution` (the first cluster's that has one): an order of labels, which holds
 * without outlier detection, too.
 */
export function preferNear(
  asked: (string | undefined)[],
  heeded: 'with-subzone' | 'without-subzone' | undefined,
): LocalityLbSetting | undefined {
  const value = asked.find(Boolean)?.toLowerCase();
  const zone = [
    'topology.istio.io/network',
    'topology.kubernetes.io/region',
    'topology.kubernetes.io/zone',
  ];
  const subzone = [...zone, 'topology.istio.io/subzone'];
  const newer = heeded === 'without-subzone';
  const orders: Record<string, string[] | false> = {
    preferclose: newer ? zone : heeded !== undefined && subzone,
    prefersamezone: newer && zone,
    prefersamenode: newer && [...subzone, 'kubernetes.io/hostname'],
  };
  const order = value !== undefined && orders[value];
  return order ? { failoverPriority: order } : undefined;
}

/** `ApplyLocalityLoadBalancer` of istiod: weights or priorities, in place of the plain grouping. */
export function applyLocalityLb(
  groups: LocalityGroup[],
  proxy: ProxyLocality,
  setting: LocalityLbSetting | undefined,
  /** Outlier detection is set, or the setting does without. */
  prioritised: boolean,
): LocalityGroup[] {
  if (!setting) {
    return groups;
  }
  if (setting.distribute?.length) {
    return distribute(groups, proxy.locality, setting.distribute);
  }
  if (!prioritised) {
    return groups;
  }
  if (setting.failoverPriority?.length) {
    return byLabels(groups, proxy, setting);
  }
  return compact(
    groups.map(group => ({
      ...group,
      priority: failoverRank(proxy.locality, group.locality, setting.failover),
    })),
  );
}

/** Whether istiod sets `locality_weighted_lb_config` on the cluster. */
export function isLocalityWeighted(
  setting: LocalityLbSetting | undefined,
  prioritised: boolean,
): boolean {
  if (setting?.distribute?.length) {
    return true;
  }
  return (
    prioritised &&
    Boolean(setting?.failover?.length || setting?.failoverPriority?.length)
  );
}

/** `LocalityMatch` of istiod: `cn-hangzhou` = `cn-hangzhou/*`; `*` matches all. */
export function localityMatches(locality: Locality, rule: string): boolean {
  if (rule === '*') {
    return true;
  }
  const wanted = parseLocality(rule);
  if (wanted.region !== locality.region) {
    return false;
  }
  if (wanted.zone === '' || wanted.zone === '*') {
    return true;
  }
  if (wanted.zone !== locality.zone) {
    return false;
  }
  return (
    wanted.subzone === '' ||
    wanted.subzone === '*' ||
    wanted.subzone === locality.subzone
  );
}

function distribute(
  groups: LocalityGroup[],
  from: Locality,
  rules: { from: string; to: Record<string, number> }[],
): LocalityGroup[] {
  const rule = rules.find(r => localityMatches(from, r.from));
  if (!rule) {
    return groups;
  }
  const result = groups.map(group => ({ ...group }));
  const unmatched = new Set(result);
  for (const [to, weight] of Object.entries(rule.to)) {
    const matched = [...unmatched].filter(g => localityMatches(g.locality, to));
    const total = matched.reduce((sum, g) => sum + g.weight, 0);
    for (const group of matched) {
      unmatched.delete(group);
      const share = (group.weight * weight) / total;
      if (share > 0) {
        group.weight = Math.ceil(share);
      }
    }
  }
  for (const group of unmatched) {
    group.endpoints = [];
  }
  return result;
}

/** 0 same subzone, 1 same zone, 2 same region, 3 other region, 4 a region `failover` does not name. */
function failoverRank(
  proxy: Locality,
  endpoint: Locality,
  failover: { from: string; to: string }[] | undefined,
): number {
  if (proxy.region === endpoint.region) {
    if (proxy.zone !== endpoint.zone) {
      return 2;
    }
    return proxy.subzone === endpoint.subzone ? 0 : 1;
  }
  const rule = failover?.find(f => f.from === proxy.region);
  return rule && rule.to !== endpoint.region ? 4 : 3;
}

/** `failoverPriority`: the nth label counts only if the first n-1 match; splits a locality into several groups. */
function byLabels(
  groups: LocalityGroup[],
  proxy: ProxyLocality,
  setting: LocalityLbSetting,
): LocalityGroup[] {
  const labels = setting.failoverPriority!;
  const split = groups.flatMap(group => {
    const ranks = new Map<number, Endpoint[]>();
    for (const endpoint of group.endpoints) {
      const mismatch = labels.findIndex(label => {
        const [key, value] = label.split('=', 2);
        return (value ?? proxy.labels[key]) !== endpoint.labels[key];
      });
      const rank = mismatch < 0 ? 0 : labels.length - mismatch;
      ranks.set(rank, [...(ranks.get(rank) ?? []), endpoint]);
    }
    return [...ranks].map(([rank, endpoints]) => ({
      ...group,
      // With `failover` as well, the region order decides among equals.
      priority:
        rank * 5 +
        (setting.failover?.length
          ? failoverRank(proxy.locality, group.locality, setting.failover)
          : 0),
      endpoints,
      weight: endpoints.reduce((sum, e) => sum + e.weight, 0),
    }));
  });
  return compact(split);
}

/** Envoy wants priorities 0..n without gaps. */
function compact(groups: LocalityGroup[]): LocalityGroup[] {
  const used = [...new Set(groups.map(g => g.priority))].sort((a, b) => a - b);
  return groups.map(group => ({
    ...group,
    priority: used.indexOf(group.priority),
  }));
}
