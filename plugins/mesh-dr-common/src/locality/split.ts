import { groupFractions, priorityLoad } from './loadsplit';
import { assignLocalities } from './priorities';
import type {
  CallerLocality,
  LoadSplit,
  LocalityEndpoints,
  LocalityLbSetting,
  ModelVersions,
  OutlierDetection,
} from './types';

/** Envoy's own panic threshold (percent), in force where Istio sets none. */
const ENVOY_PANIC_THRESHOLD = 50;

/**
 * Predicts where the calls of one proxy go: what istiod sends it (priorities, weights), then what Envoy makes of that
 * (health, load, panic, locality weights). Deterministic; shares are expectations in percent.
 *
 * Without `outlierDetection` hosts are never taken out by errors: `healthy` then counts as far as Kubernetes readiness
 * only (`notReady`).
 */
export function predictSplit(input: {
  caller: CallerLocality;
  endpoints: LocalityEndpoints[];
  setting: LocalityLbSetting;
  outlierDetection?: OutlierDetection;
  versions: ModelVersions;
}): LoadSplit {
  const { outlierDetection, versions } = input;
  const { groups, weighted } = assignLocalities(input);
  if (groups.length === 0) {
    return {
      shares: {},
      byLocality: {},
      health: [],
      load: [],
      noHealthyUpstream: true,
    };
  }
  const levels = Math.max(...groups.map(group => group.priority)) + 1;
  const byPriority = Array.from({ length: levels }, (_, level) =>
    groups.filter(group => group.priority === level),
  );
  const { health, load, panic } = priorityLoad(
    byPriority.map(members => ({
      total: sum(members.map(group => group.total)),
      healthy: sum(members.map(group => group.healthy)),
    })),
    panicThreshold(outlierDetection, versions),
  );

  const shares: Record<string, number> = {};
  const byLocality: Record<string, number> = {};
  byPriority.forEach((members, level) => {
    const fractions = groupFractions(members, {
      weighted,
      panic: panic[level],
    });
    members.forEach((group, i) => {
      const share = load[level] * fractions[i];
      if (group.total > 0) {
        const key = group.zone ? `${group.region}/${group.zone}` : group.region;
        shares[group.region] = (shares[group.region] ?? 0) + share;
        byLocality[key] = (byLocality[key] ?? 0) + share;
      }
    });
  });
  const answered = sum(Object.values(shares)) > 0;
  return {
    shares: answered ? shares : {},
    byLocality: answered ? byLocality : {},
    health,
    load,
    noHealthyUpstream: !answered,
  };
}

/** Istio ties the threshold to `minHealthPercent` (default 0: no panic) once outlier detection is set. */
function panicThreshold(
  outlierDetection: OutlierDetection | undefined,
  versions: ModelVersions,
): number {
  if (outlierDetection) {
    return outlierDetection.minHealthPercent ?? 0;
  }
  return versions.sendUnready ? 0 : ENVOY_PANIC_THRESHOLD;
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
