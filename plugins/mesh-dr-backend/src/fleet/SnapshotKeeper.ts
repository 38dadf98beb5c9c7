import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  SnapshotTooLargeError,
  type SnapshotStore,
} from '../database/SnapshotStore';
import type { Fleet } from './Fleet';
import type { Keepable } from './snapshots';

/** At most so often is anything written: a rollout changes a cluster many times a second. */
const INTERVAL_MS = 30_000;

/**
 * Writes down what the fleet knows, so that the next start has something to show of a region that is out by then.
 *
 * Only what is current is written; while a cluster is away, its row stays as it was. A database that is away costs
 * nothing but the rows: the next round writes what is current then.
 */
export class SnapshotKeeper {
  private readonly written = new Map<string, string>();
  private readonly refused = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;
  private trouble: string | undefined;
  private stopped = false;

  constructor(
    private readonly deps: {
      fleet: Fleet;
      store: SnapshotStore;
      logger: LoggerService;
      now?: () => number;
      intervalMs?: number;
    },
  ) {}

  /** Gives the fleet what an earlier process has written, then begins to write. Never rejects. */
  async start(): Promise<void> {
    const { fleet, store, logger } = this.deps;
    try {
      fleet.restore(
        await store.load(id =>
          logger.warn(
            `The snapshot of ${id} in table fleet_snapshots cannot be read; it is passed over and will be written anew`,
          ),
        ),
      );
    } catch (error) {
      logger.warn(`Snapshots of the fleet cannot be read: ${error}`);
    }
    this.schedule();
  }

  /** Writes what is current, once more, and ends. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
  }

  /** Writes what changed since the last time. Never rejects; concurrent calls share one round. */
  write(): Promise<void> {
    this.writing ??= this.round()
      .then(
        () => {
          this.trouble = undefined;
        },
        error => this.complain(error as Error),
      )
      .finally(() => {
        this.writing = undefined;
      });
    return this.writing;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(
      () => this.write().finally(() => this.schedule()),
      this.deps.intervalMs ?? INTERVAL_MS,
    );
    this.timer.unref();
  }

  private async round(): Promise<void> {
    const { fleet, store } = this.deps;
    const all = fleet.keepables();
    const current = all.filter(keepable => keepable.current);
    const same = current.filter(
      ({ id, mark }) => this.written.get(id) === mark,
    );
    for (const keepable of current) {
      if (!same.includes(keepable)) await this.save(keepable);
    }
    if (same.length > 0) {
      await store.touch(
        same.map(({ id }) => id),
        this.now(),
      );
    }
    const gone = fleet.takeGone();
    if (gone.length > 0) {
      for (const id of gone) this.written.delete(id);
      try {
        await store.forget(gone);
      } catch (error) {
        fleet.giveBackGone(gone);
        throw error;
      }
    }
  }

  private async save({ current: _, mark, content, ...snapshot }: Keepable) {
    if (this.refused.get(snapshot.id) === mark) return;
    const observedAt = this.now();
    try {
      await this.deps.store.save({
        ...snapshot,
        observedAt,
        content: content(),
      });
      this.written.set(snapshot.id, mark);
      this.refused.delete(snapshot.id);
    } catch (error) {
      if (!(error instanceof SnapshotTooLargeError)) throw error;
      if (!this.refused.has(snapshot.id)) {
        this.deps.logger.warn(
          `The snapshot of ${snapshot.id} is not kept: ${error.message}`,
        );
      }
      this.refused.set(snapshot.id, mark);
    }
  }

  private now(): string {
    return new Date((this.deps.now ?? Date.now)()).toISOString();
  }

  private complain(error: Error): void {
    if (this.trouble === error.message) return;
    this.trouble = error.message;
    this.deps.logger.warn(
      `Snapshots of the fleet cannot be written, a restart will show what was written before: ${error.message}`,
    );
  }
}
