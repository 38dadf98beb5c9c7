import type {
  ChangeStatus,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ChangePatch, StoredChange } from './ChangeStore';

/** A change as the table keeps it; shapes are JSON text. */
export interface ChangeRow {
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
  approval_expires_at: string | null;
  applied_at: string | null;
  rollback_of: string | null;
  overrides: string | null;
  shift_id: string | null;
  shift_step: number | null;
  expires_at: string | null;
  return_at: string | null;
  return_error: string | null;
  intent: string;
  before: string;
  after: string;
  findings: string;
  plan: string;
  verified: string | null;
  error: string | null;
  drift: string | null;
}

export function toRow(change: StoredChange): ChangeRow {
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
    approval_expires_at: change.approvalExpiresAt ?? null,
    applied_at: change.appliedAt ?? null,
    rollback_of: change.rollbackOf ?? null,
    shift_id: change.shiftId ?? null,
    shift_step: change.shiftStep ?? null,
    expires_at: change.expiresAt ?? null,
    return_at: change.returnAt ?? null,
    return_error: change.returnError ?? null,
    overrides: change.overrides ? JSON.stringify(change.overrides) : null,
    intent: JSON.stringify(change.intent),
    before: change.before,
    after: change.after,
    findings: JSON.stringify(change.findings),
    plan: JSON.stringify(change.plan),
    verified: change.verified ? JSON.stringify(change.verified) : null,
    error: change.error ?? null,
    drift: change.drift ? JSON.stringify(change.drift) : null,
  };
}

/** The columns a patch writes; what it does not name stays. */
export function toColumns(patch: ChangePatch): Partial<ChangeRow> {
  return {
    ...(patch.approvedBy !== undefined && { approved_by: patch.approvedBy }),
    ...(patch.appliedAt !== undefined && { applied_at: patch.appliedAt }),
    ...(patch.verified !== undefined && {
      verified: JSON.stringify(patch.verified),
    }),
    ...(patch.error !== undefined && { error: patch.error }),
  };
}

export function fromRow(row: ChangeRow): StoredChange {
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
    ...(row.approval_expires_at && {
      approvalExpiresAt: row.approval_expires_at,
    }),
    ...(row.applied_at && { appliedAt: row.applied_at }),
    ...(row.verified && { verified: JSON.parse(row.verified) }),
    ...(row.error && { error: row.error }),
    ...(row.drift && { drift: JSON.parse(row.drift) }),
    ...(row.shift_id && {
      shiftId: row.shift_id,
      shiftStep: row.shift_step!,
    }),
    ...(row.expires_at && { expiresAt: row.expires_at }),
    ...(row.return_at && { returnAt: row.return_at }),
    ...(row.return_error && { returnError: row.return_error }),
    ...(row.overrides && { overrides: JSON.parse(row.overrides) }),
    ...(row.rollback_of && { rollbackOf: row.rollback_of }),
  };
}
