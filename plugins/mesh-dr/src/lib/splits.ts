import type { PredictedSplit } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Callers of one region whose calls go the same ways now and afterwards. */
export interface SplitRow {
  region: string;
  callerIds: string[];
  before?: PredictedSplit;
  after?: PredictedSplit;
  /** True when no other row is about this region. */
  wholeRegion: boolean;
}

/** Puts before and after of each caller side by side; callers of a region that fare alike share a row. */
export function splitRows(
  before: PredictedSplit[],
  after: PredictedSplit[],
): SplitRow[] {
  const ids = [...new Set([...after, ...before].map(s => s.callerId))];
  const rows = new Map<string, Omit<SplitRow, 'wholeRegion'>>();
  for (const id of ids) {
    const was = before.find(split => split.callerId === id);
    const becomes = after.find(split => split.callerId === id);
    const region = (becomes ?? was)?.callerRegion ?? '';
    const key = JSON.stringify([
      region,
      [was, becomes].map(split => [split?.shares, split?.noHealthyUpstream]),
    ]);
    const row = rows.get(key);
    rows.set(key, {
      region,
      callerIds: [...(row?.callerIds ?? []), id],
      before: was,
      after: becomes,
    });
  }
  const all = [...rows.values()];
  return all.map(row => ({
    ...row,
    wholeRegion: all.filter(other => other.region === row.region).length === 1,
  }));
}
