/** Earliest-deadline-first weighted round robin, as Envoy's `EdfScheduler`: a deterministic cycle. */
export class EdfScheduler<T> {
  private now = 0;
  private order = 0;
  private readonly entries: {
    item: T;
    weight: number;
    deadline: number;
    order: number;
  }[] = [];

  get size(): number {
    return this.entries.length;
  }

  /** `weight` must be positive. */
  add(item: T, weight: number): void {
    this.entries.push({
      item,
      weight,
      deadline: this.now + 1 / weight,
      order: this.order++,
    });
  }

  /** The entry whose deadline comes first; it is put back with its next deadline. */
  pick(): T | undefined {
    let first = this.entries[0];
    if (!first) {
      return undefined;
    }
    for (const entry of this.entries) {
      if (
        entry.deadline < first.deadline ||
        (entry.deadline === first.deadline && entry.order < first.order)
      ) {
        first = entry;
      }
    }
    this.now = first.deadline;
    first.deadline += 1 / first.weight;
    first.order = this.order++;
    return first.item;
  }
}
