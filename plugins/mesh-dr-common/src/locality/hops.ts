/** Shares in percent by region. */
export type Shares = Record<string, number>;

/** For each region of the caller, the shares (percent) of the next service's regions. */
export type HopMatrix = Record<string, Shares>;

/**
 * Where calls end after one more hop: the share vector times the hop's matrix. `entry` says where the callers stand.
 * A region of `entry` that the matrix lacks cannot answer; its calls are missing from the result, so that the sum shows
 * how many get through. E.g. 90/10 followed by {A: 90/10, B: 50/50} gives 86/14.
 */
export function composeHops(entry: Shares, hopMatrix: HopMatrix): Shares {
  const result: Shares = {};
  for (const [region, share] of Object.entries(entry)) {
    for (const [next, percent] of Object.entries(hopMatrix[region] ?? {})) {
      result[next] = (result[next] ?? 0) + (share * percent) / 100;
    }
  }
  return result;
}
