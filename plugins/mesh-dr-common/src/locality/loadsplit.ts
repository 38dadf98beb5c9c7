import type { LocalityGroup } from './priorities';

/** Envoy's over-provisioning factor in percent: a priority counts as full down to 72 % healthy hosts. */
const OVERPROVISIONING = 140;

/** How Envoy spreads requests over priorities. */
export interface PriorityLoad {
  /** Health per priority, integer percent. */
  health: number[];
  /** Load per priority, integer percent, summing to 100. */
  load: number[];
  /** Priorities in panic: health is ignored, every host is eligible. */
  panic: boolean[];
}

/**
 * Load per priority as Envoy computes it, in integers
 * (`load_balancer_impl.cc`: recalculatePerPriorityState, …Panic, recalculateLoadInTotalPanic).
 *
 * @param hosts - hosts per priority, all and healthy
 * @param panicThreshold - percent; 0 switches panic off
 */
export function priorityLoad(
  hosts: { total: number; healthy: number }[],
  panicThreshold: number,
): PriorityLoad {
  const health = hosts.map(({ total, healthy }) =>
    total > 0
      ? Math.min(100, Math.floor((OVERPROVISIONING * healthy) / total))
      : 0,
  );
  const available = Math.min(
    100,
    health.reduce((sum, value) => sum + value, 0),
  );
  const panic = hosts.map(
    ({ total, healthy }) =>
      available < 100 &&
      (total > 0 ? (100 * healthy) / total : 0) < panicThreshold,
  );
  if (panic.length && panic.every(Boolean)) {
    return { health, load: totalPanicLoad(hosts), panic };
  }
  if (available === 0) {
    return { health, load: hosts.map((_, i) => (i === 0 ? 100 : 0)), panic };
  }
  let left = 100;
  const load = health.map(value => {
    const share = Math.min(left, Math.floor((value * 100) / available));
    left -= share;
    return share;
  });
  load[health.findIndex(value => value > 0)] += left;
  return { health, load, panic };
}

function totalPanicLoad(hosts: { total: number }[]): number[] {
  const all = hosts.reduce((sum, { total }) => sum + total, 0);
  if (all === 0) {
    return hosts.map((_, i) => (i === 0 ? 100 : 0));
  }
  const load = hosts.map(({ total }) => Math.floor((100 * total) / all));
  const left = 100 - load.reduce((sum, value) => sum + value, 0);
  load[hosts.findIndex(({ total }) => total > 0)] += left;
  return load;
}

/**
 * Share of each group inside one priority, as fractions summing to 1, or all 0 when nobody can answer. Weighted: Envoy's
 * `weight × min(1, 1.4 × healthy/total)` per locality; otherwise (and in panic) hosts are picked uniformly. A ring of
 * hashes takes the weights as they are, and in panic holds all hosts (`thread_aware_lb_impl.cc`).
 */
export function groupFractions(
  groups: Pick<LocalityGroup, 'total' | 'healthy' | 'weight'>[],
  options: { weighted: boolean; panic: boolean; consistentHash?: boolean },
): number[] {
  const values = groups.map(({ total, healthy, weight }) => {
    if (options.consistentHash && options.weighted) {
      return (options.panic ? total : healthy) > 0 ? weight : 0;
    }
    if (options.panic) {
      return total;
    }
    if (!options.weighted) {
      return healthy;
    }
    return total > 0
      ? weight * Math.min(1, (OVERPROVISIONING / 100) * (healthy / total))
      : 0;
  });
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map(value => (sum > 0 ? value / sum : 0));
}
