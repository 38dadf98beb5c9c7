/** Something that happens at a moment of simulated time. */
export interface Wait {
  /** Simulated milliseconds on the clock's own scale. */
  dueAt: number;
  task: () => void;
  state: 'waiting' | 'cancelled' | 'over';
}

interface Entry {
  wait: Wait;
  /** Equal moments keep the order in which they were asked for. */
  turn: number;
}

const earlier = (a: Entry, b: Entry) =>
  a.wait.dueAt < b.wait.dueAt ||
  (a.wait.dueAt === b.wait.dueAt && a.turn < b.turn);

/** Waits in the order in which they end, as a binary heap; a cancelled one is dropped when its turn comes. */
export class Waits {
  private entries: Entry[] = [];
  private turns = 0;
  private cancelled = 0;

  /** Waits that are not cancelled. */
  get size(): number {
    return this.entries.length - this.cancelled;
  }

  add(wait: Wait): void {
    const { entries } = this;
    entries.push({ wait, turn: this.turns++ });
    let at = entries.length - 1;
    while (at > 0) {
      const parent = Math.floor((at - 1) / 2);
      if (!earlier(entries[at], entries[parent])) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  cancel(wait: Wait): void {
    if (wait.state !== 'waiting') return;
    wait.state = 'cancelled';
    this.cancelled += 1;
    // Long waits that are always cancelled must not pile up.
    if (this.cancelled > 1000 && this.cancelled > this.entries.length / 2) {
      this.entries = this.entries
        .filter(entry => entry.wait.state === 'waiting')
        .sort((a, b) => (earlier(a, b) ? -1 : 1));
      this.cancelled = 0;
    }
  }

  /** The wait that ends first. */
  first(): Wait | undefined {
    while (this.entries[0]?.wait.state === 'cancelled') {
      this.shift();
      this.cancelled -= 1;
    }
    return this.entries[0]?.wait;
  }

  /** Takes the first wait out, if it ends by `moment`. */
  takeDue(moment: number): Wait | undefined {
    const wait = this.first();
    if (!wait || wait.dueAt > moment) return undefined;
    this.shift();
    wait.state = 'over';
    return wait;
  }

  clear(): void {
    this.entries = [];
    this.cancelled = 0;
  }

  private shift(): void {
    const { entries } = this;
    const last = entries.pop()!;
    if (entries.length === 0) return;
    entries[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      let least = at;
      for (const child of [left, left + 1]) {
        if (child < entries.length && earlier(entries[child], entries[least])) {
          least = child;
        }
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    const { entries } = this;
    [entries[a], entries[b]] = [entries[b], entries[a]];
  }
}
