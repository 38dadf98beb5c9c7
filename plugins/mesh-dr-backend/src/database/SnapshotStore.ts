import type { Knex } from 'knex';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** A packed snapshot may be so large: some hundred thousand pods, since their facts repeat themselves. */
const MAX_BYTES = 8 * 1024 * 1024;
/** And so large unpacked, so that a damaged row cannot fill the memory. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Replicas' clocks may differ by so much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** Rows of another shape are passed over; raised whenever facts change their shape. */
const FORMAT = 1;

/** What was last known of a mesh or of one of its clusters. */
export interface Snapshot<T = unknown> {
  /** Mesh or cluster id. */
  id: string;
  kind: 'mesh' | 'cluster';
  meshId: string;
  account: string;
  /** When it was last known to be so; ISO 8601. */
  observedAt: string;
  content: T;
}

interface SnapshotRow {
  id: string;
  kind: Snapshot['kind'];
  mesh_id: string;
  account: string;
  observed_at: string;
  content: Buffer;
}

/** A snapshot that would take more room than it is worth. */
export class SnapshotTooLargeError extends Error {}

/** Snapshots in the plugin's database (SQLite or PostgreSQL), packed. One row per mesh and cluster. */
export class SnapshotStore {
  constructor(
    private readonly db: Knex,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** All that can be read; `onDamaged` is told the id of what cannot. */
  async load(onDamaged: (id: string) => void): Promise<Snapshot[]> {
    const found: Snapshot[] = [];
    // One after the other: unpacked they are large.
    for (const { id } of await this.table().select('id').orderBy('id')) {
      const row = await this.table().where({ id }).first();
      if (!row) continue;
      try {
        const { format, content } = JSON.parse(
          String(
            await unpack(row.content, { maxOutputLength: MAX_UNPACKED_BYTES }),
          ),
        );
        if (format === FORMAT) found.push({ ...fromRow(row), content });
      } catch {
        onDamaged(id);
      }
    }
    return found;
  }

  /**
   * Inserts, or replaces what is older: several replicas write the same rows.
   *
   * @throws SnapshotTooLargeError when it is too large to be kept
   */
  async save({ content, ...snapshot }: Snapshot): Promise<void> {
    const packed = await pack(JSON.stringify({ format: FORMAT, content }));
    if (packed.length > this.maxBytes) {
      throw new SnapshotTooLargeError(
        `it takes ${packed.length} bytes packed, and ${this.maxBytes} is the most that is kept`,
      );
    }
    await this.table()
      .insert({
        id: snapshot.id,
        kind: snapshot.kind,
        mesh_id: snapshot.meshId,
        account: snapshot.account,
        observed_at: snapshot.observedAt,
        content: packed,
      })
      .onConflict('id')
      .merge()
      .where(olderThan('fleet_snapshots.observed_at', snapshot.observedAt));
  }

  /** Notes that what is kept was still so at `observedAt`. */
  async touch(ids: string[], observedAt: string): Promise<void> {
    await this.table()
      .whereIn('id', ids)
      .where(olderThan('observed_at', observedAt))
      .update({ observed_at: observedAt });
  }

  async forget(ids: string[]): Promise<void> {
    await this.table().whereIn('id', ids).delete();
  }

  private table() {
    return this.db<SnapshotRow>('fleet_snapshots');
  }
}

/** Older, or from a clock that was wrong. */
function olderThan(column: string, at: string) {
  const future = new Date(Date.parse(at) + CLOCK_TOLERANCE_MS).toISOString();
  return (query: Knex.QueryBuilder) =>
    query.where(column, '<', at).orWhere(column, '>', future);
}

function fromRow(row: SnapshotRow): Omit<Snapshot, 'content'> {
  return {
    id: row.id,
    kind: row.kind,
    meshId: row.mesh_id,
    account: row.account,
    observedAt: row.observed_at,
  };
}
