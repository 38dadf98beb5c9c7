import type { StorageEvent } from '../contract';
import type { KindRow } from './kinds';

/** One remembered change; `rv` is the version that the change made. */
export interface HistoryEntry extends StorageEvent {
  rv: number;
  row: KindRow;
}

type Listener = (entry: HistoryEntry) => void;

/** A restart skips so many versions: what a killed process did not save must not be confused with what follows. */
const RESTART_GAP = 1000;

/** The version counter of a cluster, its latest changes, and who listens to them. */
export class ChangeHistory {
  private readonly size: number;
  private readonly listeners = new Set<Listener>();
  private readonly pending: HistoryEntry[] = [];
  private entries: HistoryEntry[] = [];
  private announcing = false;
  private current: number;
  /** Changes up to this version are forgotten. */
  private compacted: number;

  constructor(start: number, size: number) {
    this.current = start;
    this.compacted = start;
    this.size = size;
  }

  get version(): number {
    return this.current;
  }

  /** The next version, now taken. */
  advance(): number {
    this.current += 1;
    return this.current;
  }

  /** Goes on from a saved version, without memory: watchers of older versions must list again. */
  restart(saved: number): void {
    this.current = Math.max(this.current, saved + RESTART_GAP);
    this.compacted = this.current;
    this.entries = [];
  }

  /** Remembers a change and tells the listeners. */
  record(entry: HistoryEntry): void {
    this.entries.push(entry);
    // Forgetting a quarter at a time keeps this cheap.
    if (this.entries.length > this.size * 1.25) {
      const surplus = this.entries.length - this.size;
      const dropped = this.entries.splice(0, surplus);
      this.compacted = dropped[dropped.length - 1].rv;
    }
    this.announce(entry);
  }

  /** Changes after `version`, oldest first; undefined when some are forgotten, or it lies in the future. */
  since(version: number): HistoryEntry[] | undefined {
    if (version < this.compacted || version > this.current) return undefined;
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.entries[middle].rv > version) high = middle;
      else low = middle + 1;
    }
    return this.entries.slice(low);
  }

  follow(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Listeners may write; what they cause is announced after all listeners heard of the cause. */
  private announce(entry: HistoryEntry) {
    this.pending.push(entry);
    if (this.announcing) return;
    this.announcing = true;
    try {
      for (let next = this.pending.shift(); next; next = this.pending.shift()) {
        for (const listener of [...this.listeners]) listener(next);
      }
    } finally {
      this.announcing = false;
    }
  }
}
