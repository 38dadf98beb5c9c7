/** Envoy's default `update_merge_window`, which Istio leaves alone. */
export const UPDATE_MERGE_WINDOW_MS = 1000;

interface Priority {
  lastUpdate: number;
  /** When the merged update is delivered to the worker threads. */
  due?: number;
}

/**
 * When Envoy's worker threads learn of changed health. The main thread delivers a change at once if the last delivery
 * for the priority is longer ago than the merge window, and otherwise a whole window later, with what is then true. So
 * the first host of a bout of failures is left at once, but a second one, or one that fails again right after it came
 * back, still gets requests for a second.
 */
export class MergeWindow {
  private readonly priorities: Priority[] = [];

  constructor(private readonly windowMs = UPDATE_MERGE_WINDOW_MS) {}

  /** EDS: hosts of these priorities came or went, which is delivered at once together with what was pending. */
  replaced(priorities: number[], at: number): void {
    for (const p of priorities) {
      this.priorities[p] = { lastUpdate: at };
    }
  }

  /** Health changed; returns the priorities (of `count`) in which it is delivered at once. */
  changed(count: number, at: number): number[] {
    const now: number[] = [];
    for (let p = 0; p < count; p++) {
      this.priorities[p] ??= { lastUpdate: -Infinity };
      const priority = this.priorities[p];
      if (at - priority.lastUpdate > this.windowMs) {
        this.priorities[p] = { lastUpdate: at };
        now.push(p);
      } else {
        priority.due ??= at + this.windowMs;
      }
    }
    return now;
  }

  /** Priorities whose merged update has been delivered by `at`. */
  delivered(at: number): number[] {
    const now: number[] = [];
    this.priorities.forEach((priority, p) => {
      if (priority.due !== undefined && priority.due <= at) {
        this.priorities[p] = { lastUpdate: priority.due };
        now.push(p);
      }
    });
    return now;
  }
}
