import type {
  PermissionCondition,
  PermissionCriteria,
} from '@backstage/plugin-permission-common';
import type { Grant } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Knex } from 'knex';

/** A grant with what its initiator was allowed beyond the operations named. */
export interface StoredGrant extends Grant {
  /** Whether `rule.change` covers mesh-wide rules too: the initiator held that permission when asking. */
  meshRules: boolean;
  /** Which services `rule.change` covers: what the permission policy asked for then; every service where it asked nothing. */
  ruleConditions?: PermissionCriteria<PermissionCondition>;
}

/** Operation grants, live and past. */
export interface GrantStore {
  insert(grant: StoredGrant): Promise<void>;
  get(id: string): Promise<StoredGrant | undefined>;
  /** Newest first; of one initiator, or of all. At most 500. */
  list(initiator?: string): Promise<StoredGrant[]>;
  /** Marks as revoked; keeps an earlier mark. */
  revoke(id: string, at: string): Promise<void>;
}

interface GrantRow {
  id: string;
  initiator: string;
  environment: string;
  operations: string;
  mesh_rules: boolean | number;
  rule_conditions: string | null;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
}

/** Grants in the plugin's database (SQLite or PostgreSQL). */
export class DatabaseGrantStore implements GrantStore {
  constructor(private readonly db: Knex) {}

  async insert(grant: StoredGrant): Promise<void> {
    await this.db<GrantRow>('grants').insert({
      id: grant.id,
      initiator: grant.initiator,
      environment: grant.environment,
      operations: JSON.stringify(grant.operations),
      mesh_rules: grant.meshRules,
      rule_conditions: grant.ruleConditions
        ? JSON.stringify(grant.ruleConditions)
        : null,
      created_at: grant.createdAt,
      expires_at: grant.expiresAt,
      revoked_at: grant.revokedAt ?? null,
    });
  }

  async get(id: string): Promise<StoredGrant | undefined> {
    const row = await this.db<GrantRow>('grants').where({ id }).first();
    return row && fromRow(row);
  }

  async list(initiator?: string): Promise<StoredGrant[]> {
    const rows = await this.db<GrantRow>('grants')
      .modify(query => {
        if (initiator) query.where({ initiator });
      })
      .orderBy('created_at', 'desc')
      .limit(500);
    return rows.map(fromRow);
  }

  async revoke(id: string, at: string): Promise<void> {
    await this.db<GrantRow>('grants')
      .where({ id })
      .whereNull('revoked_at')
      .update({ revoked_at: at });
  }
}

function fromRow(row: GrantRow): StoredGrant {
  return {
    id: row.id,
    initiator: row.initiator,
    environment: row.environment,
    operations: JSON.parse(row.operations),
    // SQLite has no boolean.
    meshRules: Boolean(row.mesh_rules),
    ...(row.rule_conditions && {
      ruleConditions: JSON.parse(row.rule_conditions),
    }),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ...(row.revoked_at && { revokedAt: row.revoked_at }),
  };
}
