import type { Persistence } from '../contract';
import type { SeededSource } from '../random';
import { concerns, type FaultCall, type FaultRule } from './rule';

const PART = 'faults';

/** A rule, how many calls it was about, and how many it struck. */
export interface FaultEntry {
  rule: FaultRule;
  matched: number;
  fired: number;
  /** Where it came from; a restart reads the file anew. */
  origin: 'control' | 'file';
}

/**
 * All fault rules. They survive a restart with their counts; the draws of a rule with a probability follow from the
 * seed, the rule's id and the count of its calls.
 */
export class FaultBook {
  private readonly entries = new Map<string, FaultEntry>();
  private readonly added = new Set<(rule: FaultRule) => void>();
  private readonly removed = new Set<(rule: FaultRule) => void>();
  private next = 1;

  constructor(
    private readonly persistence: Persistence,
    private readonly random: SeededSource,
  ) {
    persistence.addTable({
      name: PART,
      entries: () => this.entries,
      load: records => {
        for (const [id, entry] of records) {
          if ((entry as FaultEntry).origin === 'file') continue;
          this.entries.set(id, entry as FaultEntry);
          const serial = /^fault-(\d+)$/.exec(id);
          if (serial) this.next = Math.max(this.next, Number(serial[1]) + 1);
        }
      },
    });
  }

  /** Adds a rule; one of the same id is replaced. */
  add(
    rule: Omit<FaultRule, 'id'> & { id?: string },
    origin: FaultEntry['origin'] = 'control',
  ): FaultRule {
    const made: FaultRule = { ...rule, id: rule.id ?? this.freshId() };
    if (this.entries.has(made.id)) this.remove(made.id);
    const entry = { rule: made, matched: 0, fired: 0, origin };
    this.keep(entry);
    this.entries.set(made.id, entry);
    for (const listener of this.added) listener(made);
    return made;
  }

  remove(id: string): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    this.persistence.append([{ part: PART, key: id }]);
    this.entries.delete(id);
    for (const listener of this.removed) listener(entry.rule);
    return true;
  }

  list(): FaultEntry[] {
    return [...this.entries.values()];
  }

  /** The first rule that strikes the call. Every rule up to it that is about the call counts it. */
  strike(call: FaultCall): FaultRule | undefined {
    for (const entry of this.entries.values()) {
      if (this.strikes(entry.rule, call)) return entry.rule;
    }
    return undefined;
  }

  /** Whether one rule strikes the call, which it counts if it is about it. */
  strikes(rule: FaultRule, call: FaultCall): boolean {
    const entry = this.entries.get(rule.id);
    if (!entry || !concerns(rule, call)) return false;
    entry.matched += 1;
    const fires = this.isDue(entry);
    if (fires) entry.fired += 1;
    this.keep(entry);
    return fires;
  }

  /** Tells every rule that is added; returns the unsubscriber. */
  onAdded(listener: (rule: FaultRule) => void): () => void {
    this.added.add(listener);
    return () => this.added.delete(listener);
  }

  onRemoved(listener: (rule: FaultRule) => void): () => void {
    this.removed.add(listener);
    return () => this.removed.delete(listener);
  }

  private isDue({ rule, matched, fired }: FaultEntry): boolean {
    const { nth, every, first, after, times, probability } = rule;
    return (
      (nth === undefined || matched === nth) &&
      (every === undefined || matched % every === 0) &&
      (first === undefined || matched <= first) &&
      (after === undefined || matched > after) &&
      (times === undefined || fired < times) &&
      (probability === undefined ||
        this.random.fraction(`${rule.id} ${matched}`) < probability)
    );
  }

  private freshId(): string {
    while (this.entries.has(`fault-${this.next}`)) this.next += 1;
    return `fault-${this.next++}`;
  }

  private keep(entry: FaultEntry): void {
    this.persistence.append([{ part: PART, key: entry.rule.id, value: entry }]);
  }
}
