import type { Persistence, SandboxLog, StateChange } from '../contract';
import { CloudData, emptyCloud } from './data';
import { cloudFromRecords, KeptCloud, type CloudDiff } from './records';

const PART = 'cloud';

/** The one place that holds the cloud's resources. Operations change `data` and the dispatcher commits. */
export class CloudStore {
  data: CloudData = emptyCloud();
  /** Grows with every commit; caches of derived things compare it. */
  version = 0;
  private readonly kept = new KeptCloud();
  private readonly listeners = new Set<() => void>();
  private readonly witnesses = new Set<(diff: CloudDiff) => void>();
  private readonly companions: (() => {
    changes: StateChange[];
    apply(): void;
  })[] = [];

  constructor(
    private readonly persistence: Persistence,
    private readonly log: SandboxLog,
  ) {
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
    for (const witness of this.witnesses) witness(diff);
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

  /** Tells which resources came and went with each commit. */
  onDiff(witness: (diff: CloudDiff) => void): void {
    this.witnesses.add(witness);
  }

  /** Forgets every resource; outages stay until they are ended. */
  reset(): void {
    this.data = { ...emptyCloud(), regionsDown: this.data.regionsDown };
    this.commit();
  }
}
