import type { CloudData } from './data';
import type { CloudDiff } from './records';

/** Changes older than this (simulated milliseconds) are visible to everybody. */
const LONGEST_LAG_MS = 24 * 3600_000;

interface Change {
  collection: string;
  id: string;
  at: number;
  /** What a deleted resource was. */
  record?: unknown;
}

/** Which resources came and went lately: what a read of an eventually consistent service may not know yet. */
export class RecentChanges {
  private changes: Change[] = [];

  /** `elapsed` tells simulated time. */
  constructor(private readonly elapsed: () => number) {}

  note(diff: CloudDiff): void {
    const at = this.elapsed();
    if (this.changes[0] && this.changes[0].at < at - LONGEST_LAG_MS) {
      this.changes = this.changes.filter(c => c.at >= at - LONGEST_LAG_MS);
    }
    for (const { collection, id } of diff.born) {
      this.changes.push({ collection, id, at });
    }
    for (const { collection, id, record } of diff.died) {
      if (id) this.changes.push({ collection, id, at, record });
    }
  }

  /** The cloud without what was created, and with what was deleted, in the last `lagMs`. */
  before(data: CloudData, lagMs: number): CloudData {
    const view: Record<string, any> = { ...data };
    const copied = new Set<string>();
    const since = this.elapsed() - lagMs;
    // Backwards, so that what came and went in between ends as it began.
    for (let i = this.changes.length - 1; i >= 0; i -= 1) {
      const { collection, id, at, record } = this.changes[i];
      if (at <= since) break;
      if (!copied.has(collection)) {
        view[collection] = { ...view[collection] };
        copied.add(collection);
      }
      if (record === undefined) delete view[collection][id];
      else view[collection][id] = record;
    }
    return view as CloudData;
  }
}
