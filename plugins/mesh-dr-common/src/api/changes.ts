import type { GuardrailOverride } from '../guardrails/types';
import type { LocalityIntent } from '../locality/types';
import type { LintFinding, RuleTarget, Timestamp } from './types';

/** Every status a change can have; all but `pending-approval`, `applying` and `applied` are final. */
export const CHANGE_STATUSES = [
  'pending-approval',
  'applying',
  'applied',
  'failed',
  'rejected',
  'expired',
  'rolled-back',
] as const;

export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/** How the rule in force differs from what a change left: somebody edited it elsewhere. */
export interface RuleDrift {
  /** When it was first seen. */
  seenAt: Timestamp;
  /** `deleted`: the object is gone; `recreated`: one is there that the change took away. */
  kind: 'edited' | 'deleted' | 'recreated';
  /** The portal's fields that differ, as text; one that is not set has no value. */
  fields: { name: string; wanted?: string; found?: string }[];
}

/** One edit of a locality rule, from its request to its outcome. */
export interface Change {
  id: string;
  target: RuleTarget;
  intent: LocalityIntent;
  status: ChangeStatus;
  requestedBy: string;
  requestedAt: Timestamp;
  reason: string;
  hash: string;
  approvedBy?: string;
  /** Until when a waiting change can be approved; after that it is `expired`. */
  approvalExpiresAt?: Timestamp;
  appliedAt?: Timestamp;
  /** Owned fields before and after, as text for a diff. */
  before: string;
  after: string;
  findings: LintFinding[];
  /** When the rule returns by itself to what it was before. */
  expiresAt?: Timestamp;
  /** Why it did not return by itself, e.g. because somebody edited the rule meanwhile. */
  returnError?: string;
  /** Guardrails that were set aside for it, by name. */
  overrides?: GuardrailOverride[];
  /** Result of reading back what was written. */
  verified?: { at: Timestamp; ok: boolean; detail: string };
  error?: string;
  /** Only of the last change of a rule. */
  drift?: RuleDrift;
  /** The gradual shift of which it is a step. */
  shiftId?: string;
  /** Set on a change that undoes another. */
  rollbackOf?: string;
}

export interface CreateChangeRequest {
  target: RuleTarget;
  intent: LocalityIntent;
  reason: string;
  /** Hash of the preview that was looked at; a differing state is refused with 409. */
  previewHash?: string;
  /** When the rule is to return by itself to what it is now; at most 90 days ahead. */
  expiresAt?: Timestamp;
  /** A second person has to approve it, whatever `meshDr.approval` says; for programs that propose. */
  needsApproval?: boolean;
  /** Guardrails to set aside; needs `mesh-dr.change.break-glass`. */
  overrides?: GuardrailOverride[];
}

export interface RollbackRequest {
  reason: string;
  /** Guardrails to set aside; needs `mesh-dr.change.break-glass`. */
  overrides?: GuardrailOverride[];
}
