import type {
  CreateShiftRequest,
  Page,
  ShiftStatus,
  ShiftTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';
import { requestedPage } from './requestedPage';

/** A shift as it is kept; how far it got follows from its changes. */
export interface StoredShift {
  id: string;
  status: ShiftStatus;
  requestedBy: string;
  requestedAt: string;
  finishedAt?: string;
  request: CreateShiftRequest;
  detail?: string;
}

export interface ShiftQuery {
  meshId?: string;
  namespace?: string;
  name?: string;
  status?: ShiftStatus;
  /** 1 to 200; default 50. */
  limit?: number;
  cursor?: string;
}

interface ShiftRow {
  id: string;
  mesh_id: string;
  namespace: string;
  name: string;
  status: ShiftStatus;
  requested_by: string;
  requested_at: string;
  finished_at: string | null;
  request: string;
  detail: string | null;
}

const ACTIVE: ShiftStatus[] = [
  'pending-approval',
  'running',
  'paused',
  'aborting',
];

/** Gradual shifts in the plugin's database (SQLite or PostgreSQL). */
export class ShiftStore {
  /** @param onMove - told the mesh whenever a shift began or moved on */
  constructor(
    private readonly db: Knex,
    private readonly onMove: (meshId: string) => void = () => {},
  ) {}

  async insert(shift: StoredShift): Promise<void> {
    const { meshId, namespace, name } = shift.request.target;
    await this.table().insert({
      id: shift.id,
      mesh_id: meshId,
      namespace,
      name,
      status: shift.status,
      requested_by: shift.requestedBy,
      requested_at: shift.requestedAt,
      finished_at: null,
      request: JSON.stringify(shift.request),
      detail: shift.detail ?? null,
    });
    this.onMove(meshId);
  }

  async get(id: string): Promise<StoredShift | undefined> {
    const row = await this.table().where({ id }).first();
    return row && fromRow(row);
  }

  /** Newest first. */
  list(query: ShiftQuery): Promise<Page<StoredShift>> {
    return requestedPage(this.table(), query, fromRow);
  }

  /** Shifts that are not over, the oldest first. */
  async listActive(): Promise<StoredShift[]> {
    const rows = await this.table()
      .whereIn('status', ACTIVE)
      .orderBy('requested_at');
    return rows.map(fromRow);
  }

  /** The shift of a service that is not over. */
  async findActive(target: ShiftTarget): Promise<StoredShift | undefined> {
    const { meshId, namespace, name } = target;
    const row = await this.table()
      .where({ mesh_id: meshId, namespace, name })
      .whereIn('status', ACTIVE)
      .first();
    return row && fromRow(row);
  }

  /** Moves a shift on, atomically; false when it was not in that status any more. */
  async transition(
    id: string,
    from: ShiftStatus,
    to: ShiftStatus,
    fields: { detail?: string; finishedAt?: string } = {},
  ): Promise<boolean> {
    const updated = await this.table()
      .where({ id, status: from })
      .update({
        status: to,
        ...(fields.detail !== undefined && { detail: fields.detail }),
        ...(fields.finishedAt && { finished_at: fields.finishedAt }),
      });
    if (updated !== 1) return false;
    const moved = await this.get(id);
    if (moved) this.onMove(moved.request.target.meshId);
    return true;
  }

  private table() {
    return this.db<ShiftRow>('shifts');
  }
}

function fromRow(row: ShiftRow): StoredShift {
  return {
    id: row.id,
    status: row.status,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    request: JSON.parse(row.request),
    ...(row.finished_at && { finishedAt: row.finished_at }),
    ...(row.detail && { detail: row.detail }),
  };
}

/** Why nothing else may change the rule of a shift's service. */
export function activeShiftText({ id, request, status }: StoredShift): string {
  const wait = status === 'paused' ? 'resume it and wait' : 'wait';
  return `A shift of this service from ${request.from} to ${request.to} is ${status}; abort shift ${id} first, or ${wait} until it is over.`;
}
