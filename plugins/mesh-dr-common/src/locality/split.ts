import { groupFractions, priorityLoad } from './loadsplit';
import { assignLocalities, type AssignmentInput } from './priorities';
import type { LoadSplit, OutlierDetection } from './types';

/** Envoy's own panic threshold (percent), in force where Istio sets none. */
const ENVOY_PANIC_THRESHOLD = 50;

/** What `predictSplit` looks at. */
export interface SplitInput extends AssignmentInput {
  /** Hosts are found by hashing: then the availability of a locality does not lower its weight. */
  consistentHash?: boolean;
}

/**
 * Predicts where the calls of one proxy go: what istiod sends it (priorities, weights), then what Envoy makes of that
 * (health, load, panic, locality weights). Deterministic; shares are expectations in percent.
 *
 * Without `outlierDetection` hosts are never taken out by errors: `healthy` then counts as far as Kubernetes readiness
 * only (`notReady`).
 */
export function predictSplit(input: SplitInput): LoadSplit {
  const { outlierDetection, versions, consistentHash = false } = input;
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
      consistentHash,
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

/** Percent of healthy hosts below which health is ignored. Istio ties it to `minHealthPercent` (default 0: no panic) once outlier detection is set. */
export function panicThreshold(
  outlierDetection: OutlierDetection | undefined,
  versions: SplitInput['versions'],
): number {
  if (outlierDetection) {
    return outlierDetection.minHealthPercent ?? 0;
  }
  return versions.sendUnready ? 0 : ENVOY_PANIC_THRESHOLD;
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
