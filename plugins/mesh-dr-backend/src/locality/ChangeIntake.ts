import type {
  GuardrailOverride,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { randomUUID } from 'node:crypto';
import type { ApprovalConfig } from '../config';
import type { StoredChange } from '../database/ChangeStore';
import type { ChangeApplier } from './ChangeApplier';
import type { ChangeLedger } from './ChangeLedger';
import type { Planned } from './Previewer';

/** What was asked for along with a plan. */
export interface Asked
  extends Pick<StoredChange, 'reason' | 'rollbackOf' | 'expiresAt'> {
  by: string;
  overrides?: GuardrailOverride[];
  /** Part of something that was approved as a whole, or the end that was agreed on with it. */
  approvedBefore?: boolean;
  /** A program asked: a person has to agree, whatever the policy says. */
  proposed?: boolean;
  /** The step of a gradual shift that it is. */
  shift?: { id: string; step: number };
}

/** Takes a plan that may be carried out into the history, and carries it out unless it waits for a second person. */
export class ChangeIntake {
  constructor(
    private readonly deps: {
      ledger: ChangeLedger;
      applier: ChangeApplier;
      approval: ApprovalConfig;
      now: () => number;
    },
  ) {}

  /** Whether a change of the target waits for a second person. */
  waits(
    { scope }: RuleTarget,
    asked: Pick<Asked, 'overrides' | 'approvedBefore' | 'proposed'>,
  ): boolean {
    const { required } = this.deps.approval;
    if (asked.proposed) return true;
    return (
      !asked.approvedBefore &&
      !asked.overrides?.includes('approval') &&
      (required === 'always' || (required === 'mesh' && scope === 'mesh'))
    );
  }

  /** The caller holds the mesh's lock. Throws ConflictError when the rule was edited at the last moment. */
  async take({ preview, plan }: Planned, asked: Asked): Promise<StoredChange> {
    const { approval, ledger, applier, now } = this.deps;
    const { overrides = [], rollbackOf, expiresAt } = asked;
    const waits = this.waits(preview.target, asked);
    const change: StoredChange = {
      id: randomUUID(),
      target: preview.target,
      intent: preview.intent,
      status: waits ? 'pending-approval' : 'applying',
      requestedBy: asked.by,
      requestedAt: new Date(now()).toISOString(),
      reason: asked.reason,
      hash: preview.hash,
      before: preview.before,
      after: preview.after,
      findings: preview.findings,
      plan,
      ...(waits && {
        approvalExpiresAt: new Date(now() + approval.validForMs).toISOString(),
      }),
      ...(overrides.length > 0 && { overrides }),
      ...(rollbackOf && { rollbackOf }),
      ...(asked.shift && {
        shiftId: asked.shift.id,
        shiftStep: asked.shift.step,
      }),
      ...(expiresAt && { expiresAt, returnAt: expiresAt }),
    };
    await ledger.add(change);
    return waits ? change : applier.carryOut(change);
  }
}
