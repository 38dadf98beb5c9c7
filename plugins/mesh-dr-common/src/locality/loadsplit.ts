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

/** Room for the priorities of one split, reused from split to split. */
export interface PriorityScratch {
  total: number[];
  healthy: number[];
  health: number[];
  load: number[];
  panic: boolean[];
}

/** Fresh room. */
export function priorityScratch(): PriorityScratch {
  return { total: [], healthy: [], health: [], load: [], panic: [] };
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
  const scratch = priorityScratch();
  scratch.total = hosts.map(({ total }) => total);
  scratch.healthy = hosts.map(({ healthy }) => healthy);
  fillPriorityLoad(scratch, hosts.length, panicThreshold);
  const { health, load, panic } = scratch;
  return { health, load, panic };
}

/** `priorityLoad` over the first `count` entries of `total` and `healthy`, without making objects. */
export function fillPriorityLoad(
  scratch: PriorityScratch,
  count: number,
  panicThreshold: number,
): void {
  const { total, healthy, health, load, panic } = scratch;
  let sum = 0;
  for (let p = 0; p < count; p++) {
    health[p] =
      total[p] > 0
        ? Math.min(100, Math.floor((OVERPROVISIONING * healthy[p]) / total[p]))
        : 0;
    sum += health[p];
  }
  const available = Math.min(100, sum);
  let inPanic = 0;
  for (let p = 0; p < count; p++) {
    panic[p] =
      available < 100 &&
      (total[p] > 0 ? (100 * healthy[p]) / total[p] : 0) < panicThreshold;
    inPanic += panic[p] ? 1 : 0;
  }
  if (count > 0 && inPanic === count) {
    shareOut(load, total, count, sumOf(total, count));
  } else {
    shareOut(load, health, count, available);
  }
}

/** 100 percent in whole parts by `values`; what rounding leaves goes to the first that has any; without any, all to 0. */
export function shareOut(
  load: number[],
  values: number[],
  count: number,
  all: number,
): void {
  let left = 100;
  let first = -1;
  for (let p = 0; p < count; p++) {
    load[p] = all > 0 ? Math.min(left, Math.floor((values[p] * 100) / all)) : 0;
    left -= load[p];
    if (first < 0 && values[p] > 0) {
      first = p;
    }
  }
  if (count > 0) {
    load[Math.max(0, first)] += left;
  }
}

function sumOf(values: number[], count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += values[i];
  }
  return sum;
}

/**
 * What one group weighs against the others of its priority; 0 when it cannot answer. Weighted: Envoy's
 * `weight × min(1, 1.4 × healthy/total)` per locality; otherwise (and in panic) hosts are picked uniformly. A ring of
 * hashes takes the weights as they are, and in panic holds all hosts (`thread_aware_lb_impl.cc`).
 */
export function groupValue(
  total: number,
  healthy: number,
  weight: number,
  options: { weighted: boolean; panic: boolean; consistentHash?: boolean },
): number {
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
}

/** Share of each group inside one priority, as fractions summing to 1, or all 0 when nobody can answer. */
export function groupFractions(
  groups: Pick<LocalityGroup, 'total' | 'healthy' | 'weight'>[],
  options: { weighted: boolean; panic: boolean; consistentHash?: boolean },
): number[] {
  const values = groups.map(({ total, healthy, weight }) =>
    groupValue(total, healthy, weight, options),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map(value => (sum > 0 ? value / sum : 0));
}
