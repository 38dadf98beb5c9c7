import type { Persistence, SandboxLog, StateChange } from '../contract';
import { CloudData, emptyCloud } from './data';
import { RecentChanges } from './recent';
import { cloudFromRecords, KeptCloud } from './records';

const PART = 'cloud';

/** The one place that holds the cloud's resources. Operations change `data` and the dispatcher commits. */
export class CloudStore {
  data: CloudData = emptyCloud();
  /** Grows with every commit; caches of derived things compare it. */
  version = 0;
  private readonly kept = new KeptCloud();
  private readonly listeners = new Set<() => void>();
  private readonly recent: RecentChanges;
  private readonly companions: (() => {
    changes: StateChange[];
    apply(): void;
  })[] = [];

  constructor(
    private readonly persistence: Persistence,
    private readonly log: SandboxLog,
    elapsed: () => number = () => 0,
  ) {
    this.recent = new RecentChanges(elapsed);
    persistence.addTable({
      name: PART,
      entries: () => this.kept.entries(),
      load: records => {
        this.data = cloudFromRecords(records);
        this.kept.load(records);
        this.version++;
      },
    });
  }

  /**
   * Makes the change durable and tells those who watch.
   * @throws StateError when it could not be made durable: the caller must not be told that it happened.
   */
  commit(): void {
    this.version++;
    const diff = this.kept.diff(PART, this.data);
    const others = this.companions.map(companion => companion());
    this.persistence.append([
      ...diff.changes,
      ...others.flatMap(other => other.changes),
    ]);
    diff.apply();
    for (const other of others) other.apply();
    this.recent.note(diff);
    for (const listener of this.listeners) {
      try {
        listener();
      } catch (error) {
        // The change is made: a listener's failure is not the caller's.
        this.log.warn('a listener of the cloud failed', {
          error: error instanceof Error ? error.stack : String(error),
        });
      }
    }
  }

  /** Keeps the changes of something else together with every commit, so that neither is there without the other. */
  commitWith(companion: () => { changes: StateChange[]; apply(): void }): void {
    this.companions.push(companion);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Runs `read` on the cloud as it was `lagMs` of simulated time ago, as far as resources came or went since. */
  asBefore<T>(lagMs: number, read: () => T): T {
    const now = this.data;
    this.data = this.recent.before(now, lagMs);
    try {
      return read();
    } finally {
      this.data = now;
    }
  }

  /** Forgets every resource and ends every outage. */
  reset(): void {
    this.data = emptyCloud();
    this.commit();
  }
}
