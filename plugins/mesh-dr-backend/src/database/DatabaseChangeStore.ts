import type {
  ChangeStatus,
  Page,
  RuleDrift,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';
import { fromRow, toColumns, toRow, type ChangeRow } from './changeRows';
import type {
  ChangePatch,
  ChangeQuery,
  ChangeStore,
  StoredChange,
} from './ChangeStore';
import { requestedPage } from './requestedPage';

/** How many rows one look at deadlines takes up. */
const SWEPT = 200;

const SAME_SERVICE = `coalesce(changes.namespace, '') = coalesce(newest.namespace, '')
  and coalesce(changes.name, '') = coalesce(newest.name, '')`;

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

  list(query: ChangeQuery): Promise<Page<StoredChange>> {
    const { since, until, meshWide, namespace, name, ...rest } = query;
    const service = {
      ...(namespace && { namespace }),
      ...(name && { name }),
    };
    const widened = meshWide && Object.keys(service).length > 0;
    const table = this.db<ChangeRow>('changes').modify(q => {
      if (since) q.where('requested_at', '>=', since);
      if (until) q.where('requested_at', '<', until);
      if (widened) {
        q.where(concerning =>
          concerning.where('scope', 'mesh').orWhere(service),
        );
      }
    });
    return requestedPage(
      table,
      widened ? rest : { ...rest, ...service },
      fromRow,
    );
  }

  async listOverdueApprovals(now: string): Promise<StoredChange[]> {
    const rows = await this.db<ChangeRow>('changes')
      .where('status', 'pending-approval')
      .where('approval_expires_at', '<=', now)
      .orderBy('approval_expires_at')
      .limit(SWEPT);
    return rows.map(fromRow);
  }

  async listSteps(shiftId: string): Promise<StoredChange[]> {
    const rows = await this.db<ChangeRow>('changes')
      .where('shift_id', shiftId)
      .orderBy('shift_step');
    return rows.map(fromRow);
  }

  async listStanding(): Promise<StoredChange[]> {
    const target = ['mesh_id', 'scope', 'namespace', 'name'];
    const newest = this.db('changes')
      .where('status', 'applied')
      .groupBy(target)
      .select(target)
      .max('applied_at as applied_at');
    // Targets that are meshes have neither namespace nor name, and null equals nothing.
    const rows: ChangeRow[] = await this.db('changes')
      .where('status', 'applied')
      .innerJoin(newest.as('newest'), on =>
        on
          .on('changes.mesh_id', 'newest.mesh_id')
          .on('changes.scope', 'newest.scope')
          .on('changes.applied_at', 'newest.applied_at')
          .on(this.db.raw(SAME_SERVICE)),
      )
      .orderBy('changes.id')
      .select('changes.*');
    return rows.map(fromRow);
  }

  async setDrift(id: string, drift?: RuleDrift): Promise<void> {
    await this.db<ChangeRow>('changes')
      .where({ id })
      .update({ drift: drift ? JSON.stringify(drift) : null });
  }

  async listReturnsDue(now: string): Promise<StoredChange[]> {
    const rows = await this.db<ChangeRow>('changes')
      .where('status', 'applied')
      .where('return_at', '<=', now)
      .orderBy('return_at')
      .limit(SWEPT);
    return rows.map(fromRow);
  }

  async setReturn(
    id: string,
    fields: { returnAt?: string; returnError: string },
  ): Promise<void> {
    await this.db<ChangeRow>('changes')
      .where({ id })
      .update({
        return_at: fields.returnAt ?? null,
        return_error: fields.returnError,
      });
  }

  async lastApplied(
    target: RuleTarget,
  ): Promise<{ id: string; at: string } | undefined> {
    const row = await this.db<ChangeRow>('changes')
      .where('mesh_id', target.meshId)
      .whereNotNull('applied_at')
      .modify(query => {
        if (target.scope === 'mesh') return;
        const { namespace, name } = target;
        query.where(concerned =>
          concerned.where('scope', 'mesh').orWhere({ namespace, name }),
        );
      })
      .orderBy('applied_at', 'desc')
      .first();
    return row && { id: row.id, at: row.applied_at! };
  }

  async transition(
    id: string,
    from: ChangeStatus,
    to: ChangeStatus,
    fields: ChangePatch = {},
  ): Promise<boolean> {
    const updated = await this.db<ChangeRow>('changes')
      .where({ id, status: from })
      .update({ status: to, ...toColumns(fields) });
    return updated === 1;
  }
}
