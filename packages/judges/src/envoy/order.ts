/**
 * The order in which earliest-deadline-first scheduling takes weighted turns, by whole numbers: the k-th turn of a weight
 * w is due at k/w. Turns that are due at the same moment form one group; which of them comes first is decided by rounding
 * in floating point and by where the schedule started, so nothing is claimed about the order within a group.
 */
export function dueTurns(weights: number[]): number[][] {
  const divisor = weights.reduce(gcd);
  const reduced = weights.map(w => w / divisor);
  const multiple = reduced.reduce((a, b) => (a * b) / gcd(a, b));
  const groups = new Map<number, number[]>();
  reduced.forEach((weight, i) => {
    for (let k = 1; k <= weight; k++) {
      const due = k * (multiple / weight);
      groups.set(due, [...(groups.get(due) ?? []), i]);
    }
  });
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/**
 * Where in the cycle a sequence of picks starts, if it follows the cycle from its first pick to its last; the order
 * within a group is free.
 * @returns position in the cycle; undefined when the sequence follows it from no position
 */
export function startInCycle(
  picks: number[],
  cycle: number[][],
): number | undefined {
  const length = cycle.flat().length;
  return Array.from({ length }, (_, start) => start).find(start =>
    follows(picks, cycle, start),
  );
}

function follows(picks: number[], cycle: number[][], start: number): boolean {
  let position = -start;
  for (let g = 0; position < picks.length; g = (g + 1) % cycle.length) {
    const group = cycle[g];
    const seen = picks.slice(
      Math.max(0, position),
      Math.max(0, position + group.length),
    );
    position += group.length;
    // A group that the sequence cuts off, at its start or end, shows only some of its turns.
    const left = [...group];
    for (const pick of seen) {
      const at = left.indexOf(pick);
      if (at < 0) {
        return false;
      }
      left.splice(at, 1);
    }
  }
  return true;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
