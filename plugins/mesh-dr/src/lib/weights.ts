/** Region → whole percent. In a draft every region has an entry, 0 included; the values always sum to 100. */
export type Weights = Record<string, number>;

/**
 * Shares `total` whole points among `regions` in proportion to `basis` (evenly when the basis is all zero), by largest
 * remainder, so that the parts always add up to exactly `total`.
 */
function apportion(regions: string[], basis: Weights, total: number): Weights {
  const sum = regions.reduce((acc, region) => acc + (basis[region] ?? 0), 0);
  const exact = regions.map(region =>
    sum > 0
      ? (total * (basis[region] ?? 0)) / sum
      : total / Math.max(regions.length, 1),
  );
  const floors = exact.map(Math.floor);
  let left = total - floors.reduce((acc, value) => acc + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - floors[index] }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    floors[index] += 1;
    left -= 1;
  }
  return Object.fromEntries(
    regions.map((region, index) => [region, floors[index]]),
  );
}

/**
 * Sets one region's weight and lets the others give or take the rest in proportion to what they had, so that the row
 * always sums to 100. Values outside 0 to 100 are clamped, fractions rounded. A single region always has 100.
 */
export function setWeight(
  weights: Weights,
  region: string,
  value: number,
): Weights {
  const others = Object.keys(weights).filter(other => other !== region);
  if (others.length === 0) {
    return { [region]: 100 };
  }
  const own = Math.min(100, Math.max(0, Math.round(value)));
  const rest = apportion(others, weights, 100 - own);
  return Object.fromEntries(
    Object.keys(weights).map(key => [key, key === region ? own : rest[key]]),
  );
}

/** A first proposal for callers of one region: 90 % stay local as in the guide, the others share the rest. */
export function initialWeights(local: string, regions: string[]): Weights {
  const all = regions.includes(local) ? regions : [local, ...regions];
  const even = Object.fromEntries(all.map(region => [region, 0]));
  return setWeight(even, local, 90);
}

/** Completes a stored row with the regions it does not name, so that each has a slider. */
export function completeWeights(to: Weights, regions: string[]): Weights {
  const all = [...new Set([...regions, ...Object.keys(to)])];
  return Object.fromEntries(all.map(region => [region, to[region] ?? 0]));
}

/** What Istio accepts: weights of 1 to 100 only, regions with 0 left out. */
export function withoutZeros(weights: Weights): Weights {
  return Object.fromEntries(
    Object.entries(weights).filter(([, weight]) => weight > 0),
  );
}
