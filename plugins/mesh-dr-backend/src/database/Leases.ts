import { ConflictError } from '@backstage/errors';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { sleep } from '../util/abort';

interface LeaseRow {
  key: string;
  owner: string;
  expires_at: string;
}

/** How long a waiter rests between two looks at a lease that somebody holds. */
const RETRY_MS = 25;

/** A lease held; it ends by itself unless renewed. */
export interface Lease {
  /** Extends the lease by its length; false when it was lost meanwhile. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Mutual exclusion between replicas that share the database. Insertion into a table with a unique key decides; an owner
 * that died is succeeded once its lease has ended.
 */
export class Leases {
  private readonly queues = new Map<string, Promise<void>>();

  constructor(
    private readonly db: Knex,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes the lease, or returns undefined when somebody holds it. */
  async tryAcquire(key: string, ttlMs: number): Promise<Lease | undefined> {
    const owner = randomUUID();
    const leases = () => this.db<LeaseRow>('leases');
    await leases()
      .where({ key })
      .where('expires_at', '<', this.iso(0))
      .delete();
    const inserted = await leases()
      .insert({ key, owner, expires_at: this.iso(ttlMs) })
      .onConflict('key')
      .ignore()
      .then(() => leases().where({ key, owner }).first());
    if (!inserted) return undefined;
    return {
      renew: async () => {
        const rows = await leases()
          .where({ key, owner })
          .update({ expires_at: this.iso(ttlMs) });
        return rows === 1;
      },
      release: async () => {
        await leases().where({ key, owner }).delete();
      },
    };
  }

  /**
   * Runs `work` while holding the lease, which is renewed meanwhile. Throws ConflictError when it could not be had
   * within `waitMs`.
   */
  async hold<T>(
    key: string,
    options: { ttlMs: number; waitMs: number; what: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const giveUpAt = this.now() + options.waitMs;
    return this.queued(key, options, async () => {
      let lease = await this.tryAcquire(key, options.ttlMs);
      while (!lease) {
        if (this.now() >= giveUpAt) throw busy(options.what);
        await sleep(RETRY_MS);
        lease = await this.tryAcquire(key, options.ttlMs);
      }
      return this.during(lease, options.ttlMs, work);
    });
  }

  /** Runs `work` under the lease if it is free, renewing it meanwhile; false when somebody holds it. */
  async tryHold(
    key: string,
    ttlMs: number,
    work: () => Promise<void>,
  ): Promise<boolean> {
    const lease = await this.tryAcquire(key, ttlMs);
    if (!lease) return false;
    await this.during(lease, ttlMs, work);
    return true;
  }

  /**
   * One waiter per key asks the database, the others of this process queue behind it: a thousand that ask at once would
   * keep the one who holds the lease from its work.
   */
  private async queued<T>(
    key: string,
    options: { waitMs: number; what: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const before = this.queues.get(key) ?? Promise.resolve();
    let leave = () => {};
    const mine = new Promise<void>(resolve => {
      leave = resolve;
    });
    const tail = before.then(() => mine);
    this.queues.set(key, tail);
    const waiting = new AbortController();
    try {
      const inTime = await Promise.race([
        before.then(() => true),
        sleep(options.waitMs, waiting.signal).then(
          () => false,
          () => true,
        ),
      ]);
      if (!inTime) throw busy(options.what);
      return await work();
    } finally {
      waiting.abort();
      leave();
      if (this.queues.get(key) === tail) this.queues.delete(key);
    }
  }

  private async during<T>(
    lease: Lease,
    ttlMs: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const renewal = setInterval(
      () => lease.renew().catch(() => false),
      ttlMs / 3,
    );
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await lease.release();
    }
  }

  private iso(offsetMs: number): string {
    return new Date(this.now() + offsetMs).toISOString();
  }
}

function busy(what: string): Error {
  return new ConflictError(
    `${what} is being changed by another request; try again in a moment`,
  );
}
