import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';

/** Durable work in progress and done. */
export interface OperationStore {
  insert(operation: Operation): Promise<void>;
  get(id: string): Promise<Operation | undefined>;
  /** The running operation of a mesh and cluster, if any. */
  findRunning(
    meshId: string,
    clusterId: string,
  ): Promise<Operation | undefined>;
  /** All running operations, to be resumed. */
  listRunning(): Promise<Operation[]>;
  /** Writes progress, status, end and diagnosis, unless the operation has ended meanwhile: then false. */
  update(operation: Operation): Promise<boolean>;
  /** Changes what is stored, whoever else writes; `change` returns undefined to leave it. Returns what is stored then. */
  amend(
    id: string,
    change: (stored: Operation) => Operation | undefined,
  ): Promise<Operation | undefined>;
}

interface OperationRow {
  id: string;
  kind: Operation['kind'];
  mesh_id: string;
  cluster_id: string;
  status: Operation['status'];
  started_at: string;
  finished_at: string | null;
  requested_by: string;
  progress: string;
  diagnosis: string | null;
}

/** Operations in the plugin's database (SQLite or PostgreSQL). */
export class DatabaseOperationStore implements OperationStore {
  /** @param onMove - told the mesh whenever an operation began or moved on */
  constructor(
    private readonly db: Knex,
    private readonly onMove: (meshId: string) => void = () => {},
  ) {}

  async insert(operation: Operation): Promise<void> {
    await this.db<OperationRow>('operations').insert(toRow(operation));
    this.onMove(operation.meshId);
  }

  async get(id: string): Promise<Operation | undefined> {
    const row = await this.db<OperationRow>('operations').where({ id }).first();
    return row && fromRow(row);
  }

  async findRunning(
    meshId: string,
    clusterId: string,
  ): Promise<Operation | undefined> {
    const row = await this.db<OperationRow>('operations')
      .where({ mesh_id: meshId, cluster_id: clusterId, status: 'running' })
      .first();
    return row && fromRow(row);
  }

  async listRunning(): Promise<Operation[]> {
    const rows = await this.db<OperationRow>('operations').where({
      status: 'running',
    });
    return rows.map(fromRow);
  }

  async update(operation: Operation): Promise<boolean> {
    const { id, ...fields } = toRow(operation);
    const rows = await this.db<OperationRow>('operations')
      .where({ id, status: 'running' })
      .update(fields);
    if (rows === 1) this.onMove(operation.meshId);
    return rows === 1;
  }

  async amend(
    id: string,
    change: (stored: Operation) => Operation | undefined,
  ): Promise<Operation | undefined> {
    for (;;) {
      const stored = await this.get(id);
      const wanted = stored && change(stored);
      if (!wanted) return stored;
      const { status, progress } = toRow(stored);
      const rows = await this.db<OperationRow>('operations')
        .where({ id, status, progress })
        .update(toRow(wanted));
      if (rows !== 1) continue;
      this.onMove(wanted.meshId);
      return wanted;
    }
  }
}

function toRow(operation: Operation): OperationRow {
  return {
    id: operation.id,
    kind: operation.kind,
    mesh_id: operation.meshId,
    cluster_id: operation.clusterId,
    status: operation.status,
    started_at: operation.startedAt,
    finished_at: operation.finishedAt ?? null,
    requested_by: operation.requestedBy,
    progress: JSON.stringify(operation.progress),
    diagnosis: operation.diagnosis ? JSON.stringify(operation.diagnosis) : null,
  };
}

function fromRow(row: OperationRow): Operation {
  return {
    id: row.id,
    kind: row.kind,
    meshId: row.mesh_id,
    clusterId: row.cluster_id,
    status: row.status,
    startedAt: row.started_at,
    requestedBy: row.requested_by,
    progress: JSON.parse(row.progress),
    ...(row.finished_at && { finishedAt: row.finished_at }),
    ...(row.diagnosis && { diagnosis: JSON.parse(row.diagnosis) }),
  };
}
