import type { Persistence, Persistent, SandboxLog } from '../contract';
import { CloudData, emptyCloud } from './data';

/** The one place that holds the cloud's resources. Operations change `data` and the dispatcher commits. */
export class CloudStore implements Persistent {
  readonly snapshotKey = 'cloud';
  data: CloudData = emptyCloud();
  /** Grows with every commit; caches of derived things compare it. */
  version = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly persistence: Persistence,
    private readonly log: SandboxLog,
  ) {
    persistence.register(this);
  }

  /** Makes the change durable and tells those who watch. */
  commit(): void {
    this.version++;
    this.persistence.changed();
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

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Forgets every resource; outages stay until they are ended. */
  reset(): void {
    this.data = { ...emptyCloud(), regionsDown: this.data.regionsDown };
    this.commit();
  }

  dump(): unknown {
    return this.data;
  }

  load(state: unknown): void {
    this.data = { ...emptyCloud(), ...(state as CloudData) };
    this.version++;
  }
}
