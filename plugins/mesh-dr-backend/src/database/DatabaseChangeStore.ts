import type {
  ChangeStatus,
  Page,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';
import type { ChangeQuery, ChangeStore, StoredChange } from './ChangeStore';
import { decodeCursor, encodeCursor } from './cursor';

interface ChangeRow {
  id: string;
  mesh_id: string;
  scope: 'mesh' | 'service';
  namespace: string | null;
  name: string | null;
  status: ChangeStatus;
  requested_by: string;
  requested_at: string;
  reason: string;
  hash: string;
  approved_by: string | null;
  applied_at: string | null;
  rollback_of: string | null;
  intent: string;
  before: string;
  after: string;
  findings: string;
  plan: string;
  verified: string | null;
  error: string | null;
}

const DEFAULT_LIMIT = 50;

/** Changes in the plugin's database (SQLite or PostgreSQL). */
export class DatabaseChangeStore implements ChangeStore {
  constructor(private readonly db: Knex) {}

  async insert(change: StoredChange): Promise<void> {
    await this.db<ChangeRow>('changes').insert(toRow(change));
  }

  async get(id: string): Promise<StoredChange | undefined> {
    const row = await this.db<ChangeRow>('changes').where({ id }).first();
    return row && fromRow(row);
  }

  async list(query: ChangeQuery): Promise<Page<StoredChange>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rows = await this.db<ChangeRow>('changes')
      .modify(q => {
        if (query.meshId) q.where('mesh_id', query.meshId);
        if (query.namespace) q.where('namespace', query.namespace);
        if (query.name) q.where('name', query.name);
        if (query.status) q.where('status', query.status);
        if (query.cursor) {
          const [requestedAt, id] = decodeCursor(query.cursor);
          q.where(after =>
            after
              .where('requested_at', '<', requestedAt)
              .orWhere(same =>
                same.where('requested_at', requestedAt).where('id', '<', id),
              ),
          );
        }
      })
      .orderBy([
        { column: 'requested_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const last = page[page.length - 1];
    return {
      items: page.map(fromRow),
      ...(rows.length > limit && {
        nextCursor: encodeCursor([last.requested_at, last.id]),
      }),
    };
  }

  async transition(
    id: string,
    from: ChangeStatus,
    to: ChangeStatus,
    fields: Partial<
      Pick<StoredChange, 'approvedBy' | 'appliedAt' | 'verified' | 'error'>
    > = {},
  ): Promise<boolean> {
    const updated = await this.db<ChangeRow>('changes')
      .where({ id, status: from })
      .update({
        status: to,
        ...(fields.approvedBy !== undefined && {
          approved_by: fields.approvedBy,
        }),
        ...(fields.appliedAt !== undefined && { applied_at: fields.appliedAt }),
        ...(fields.verified !== undefined && {
          verified: JSON.stringify(fields.verified),
        }),
        ...(fields.error !== undefined && { error: fields.error }),
      });
    return updated === 1;
  }
}

function toRow(change: StoredChange): ChangeRow {
  const { target } = change;
  return {
    id: change.id,
    mesh_id: target.meshId,
    scope: target.scope,
    namespace: target.scope === 'service' ? target.namespace : null,
    name: target.scope === 'service' ? target.name : null,
    status: change.status,
    requested_by: change.requestedBy,
    requested_at: change.requestedAt,
    reason: change.reason,
    hash: change.hash,
    approved_by: change.approvedBy ?? null,
    applied_at: change.appliedAt ?? null,
    rollback_of: change.rollbackOf ?? null,
    intent: JSON.stringify(change.intent),
    before: change.before,
    after: change.after,
    findings: JSON.stringify(change.findings),
    plan: JSON.stringify(change.plan),
    verified: change.verified ? JSON.stringify(change.verified) : null,
    error: change.error ?? null,
  };
}

function fromRow(row: ChangeRow): StoredChange {
  const target: RuleTarget =
    row.scope === 'service'
      ? {
          scope: 'service',
          meshId: row.mesh_id,
          namespace: row.namespace!,
          name: row.name!,
        }
      : { scope: 'mesh', meshId: row.mesh_id };
  return {
    id: row.id,
    target,
    intent: JSON.parse(row.intent),
    status: row.status,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    reason: row.reason,
    hash: row.hash,
    before: row.before,
    after: row.after,
    findings: JSON.parse(row.findings),
    plan: JSON.parse(row.plan),
    ...(row.approved_by && { approvedBy: row.approved_by }),
    ...(row.applied_at && { appliedAt: row.applied_at }),
    ...(row.verified && { verified: JSON.parse(row.verified) }),
    ...(row.error && { error: row.error }),
    ...(row.rollback_of && { rollbackOf: row.rollback_of }),
  };
}
