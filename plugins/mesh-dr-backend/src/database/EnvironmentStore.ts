import type {
  EnvironmentDetail,
  EnvironmentDrift,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';

/** An environment as it is kept; its regions follow from its spec. */
export type StoredEnvironment = Omit<EnvironmentDetail, 'regions'>;

/** Environments that templates provisioned, by name. */
export interface EnvironmentStore {
  list(): Promise<StoredEnvironment[]>;
  get(name: string): Promise<StoredEnvironment | undefined>;
  /** Inserts or replaces; an earlier comparison with the cloud is forgotten, because it was made with another spec. */
  put(environment: Omit<StoredEnvironment, 'drift'>): Promise<void>;
  /** Writes a comparison, unless the environment was replaced since `updatedAt`. */
  setDrift(
    name: string,
    updatedAt: string,
    drift: EnvironmentDrift,
  ): Promise<void>;
  /** As `put`, but only over the version of `updatedAt`; false when it is not there any more. */
  replace(
    environment: Omit<StoredEnvironment, 'drift'>,
    updatedAt: string,
  ): Promise<boolean>;
  /** False when there was none, or, with `updatedAt`, not of that version. */
  delete(name: string, updatedAt?: string): Promise<boolean>;
}

interface EnvironmentRow {
  name: string;
  account: string;
  owner: string | null;
  status: StoredEnvironment['status'];
  spec: string;
  parts: string;
  updated_at: string;
  updated_by: string;
  drift: string | null;
  drift_checked_at: string | null;
}

/** Environments in the plugin's database (SQLite or PostgreSQL). */
export class DatabaseEnvironmentStore implements EnvironmentStore {
  /** @param onMove - told the name of an environment that was written, compared or forgotten */
  constructor(
    private readonly db: Knex,
    private readonly onMove: (name: string) => void = () => {},
  ) {}

  async list(): Promise<StoredEnvironment[]> {
    const rows = await this.table().orderBy('name');
    return rows.map(fromRow);
  }

  async get(name: string): Promise<StoredEnvironment | undefined> {
    const row = await this.table().where({ name }).first();
    return row && fromRow(row);
  }

  async put(environment: Omit<StoredEnvironment, 'drift'>): Promise<void> {
    await this.table().insert(toRow(environment)).onConflict('name').merge();
    this.onMove(environment.name);
  }

  async replace(
    environment: Omit<StoredEnvironment, 'drift'>,
    updatedAt: string,
  ): Promise<boolean> {
    const updated = await this.table()
      .where({ name: environment.name, updated_at: updatedAt })
      .update(toRow(environment));
    return this.moved(environment.name, updated);
  }

  async setDrift(
    name: string,
    updatedAt: string,
    drift: EnvironmentDrift,
  ): Promise<void> {
    const compared = await this.table()
      .where({ name, updated_at: updatedAt })
      .update({
        drift: JSON.stringify(drift),
        drift_checked_at: drift.checkedAt,
      });
    this.moved(name, compared);
  }

  async delete(name: string, updatedAt?: string): Promise<boolean> {
    const deleted = await this.table()
      .where({ name, ...(updatedAt && { updated_at: updatedAt }) })
      .delete();
    return this.moved(name, deleted);
  }

  private moved(name: string, rows: number): boolean {
    if (rows === 1) this.onMove(name);
    return rows === 1;
  }

  private table() {
    return this.db<EnvironmentRow>('environments');
  }
}

function toRow(environment: Omit<StoredEnvironment, 'drift'>): EnvironmentRow {
  return {
    name: environment.name,
    account: environment.account,
    owner: environment.owner ?? null,
    status: environment.status,
    spec: JSON.stringify(environment.spec),
    parts: JSON.stringify(environment.parts),
    updated_at: environment.updatedAt,
    updated_by: environment.updatedBy,
    drift: null,
    drift_checked_at: null,
  };
}

function fromRow(row: EnvironmentRow): StoredEnvironment {
  return {
    name: row.name,
    account: row.account,
    ...(row.owner && { owner: row.owner }),
    status: row.status,
    spec: JSON.parse(row.spec),
    parts: JSON.parse(row.parts),
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    ...(row.drift && { drift: JSON.parse(row.drift) }),
  };
}
