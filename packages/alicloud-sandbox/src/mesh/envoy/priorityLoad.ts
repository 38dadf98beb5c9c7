/** Hosts of one priority: all of them, and those neither ejected nor unhealthy in EDS. */
export interface PriorityHealth {
  total: number;
  healthy: number;
}

/** What `LoadBalancerBase` derives from the health of the priorities. */
export interface PriorityLoads {
  /** Percent per priority, with the overprovisioning factor 1.4. */
  health: number[];
  /** Percent of requests per priority; sums to 100. */
  load: number[];
  /** Priorities that ignore health. */
  panic: boolean[];
}

const OVERPROVISIONING = 140;

/** `recalculatePerPriorityState` and `recalculatePerPriorityPanic` of Envoy's load balancer, in its integer arithmetic. */
export function priorityLoads(
  priorities: PriorityHealth[],
  panicThreshold: number,
): PriorityLoads {
  const health = priorities.map(({ total, healthy }) =>
    total === 0
      ? 0
      : Math.min(100, Math.floor((OVERPROVISIONING * healthy) / total)),
  );
  const available = Math.min(
    100,
    health.reduce((sum, h) => sum + h, 0),
  );
  const panic = priorities.map(() => false);
  if (available === 0 && panicThreshold === 0) {
    // The loads must sum to 100; nobody is eligible there, so the request ends in 503 UH.
    return {
      health,
      load: priorities.map((_, p) => (p === 0 ? 100 : 0)),
      panic,
    };
  }
  const load = shareOut(health, available);
  if (available < 100) {
    priorities.forEach(({ total, healthy }, p) => {
      const percent = total === 0 ? 0 : (100 * healthy) / total;
      panic[p] = percent < panicThreshold;
    });
    if (panic.every(Boolean)) {
      return { health, load: totalPanicLoad(priorities), panic };
    }
  }
  return { health, load, panic };
}

/** Loads of a retry that avoids the attempted priorities (`previous_priorities`); the given loads if nothing is left. */
export function loadsAvoiding(
  health: number[],
  load: number[],
  excluded: Set<number>,
): number[] {
  const left = health.map((h, p) => (excluded.has(p) ? 0 : h));
  const available = Math.min(
    100,
    left.reduce((sum, h) => sum + h, 0),
  );
  return available === 0 ? load : shareOut(left, available);
}

/** The priority a draw in 1..100 falls on. */
export function choosePriority(load: number[], draw: number): number {
  let cumulative = 0;
  for (let p = 0; p < load.length; p++) {
    cumulative += load[p];
    if (draw <= cumulative) {
      return p;
    }
  }
  return 0;
}

function shareOut(health: number[], available: number): number[] {
  let left = 100;
  const load = health.map(h => {
    const share =
      available === 0 ? 0 : Math.min(left, Math.floor((h * 100) / available));
    left -= share;
    return share;
  });
  const first = health.findIndex(h => h > 0);
  if (left > 0 && first >= 0) {
    load[first] += left;
  }
  return load;
}

function totalPanicLoad(priorities: PriorityHealth[]): number[] {
  const hosts = priorities.reduce((sum, p) => sum + p.total, 0);
  if (hosts === 0) {
    return priorities.map((_, p) => (p === 0 ? 100 : 0));
  }
  const load = priorities.map(p => Math.floor((100 * p.total) / hosts));
  const rest = 100 - load.reduce((sum, l) => sum + l, 0);
  load[priorities.findIndex(p => p.total > 0)] += rest;
  return load;
}
