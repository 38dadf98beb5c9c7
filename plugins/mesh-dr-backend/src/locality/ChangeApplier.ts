import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { beginOwnEvent } from '../access/ownDecision';
import type { StoredChange } from '../database/ChangeStore';
import type { ChangeLedger } from './ChangeLedger';
import type { ChangeLocks } from './ChangeLocks';
import type { RuleWriter } from './RuleWriter';
import type { Verification } from './types';

/** Carries stored changes out and finishes those that a process left half-way. */
export class ChangeApplier {
  constructor(
    private readonly deps: {
      ledger: ChangeLedger;
      locks: ChangeLocks;
      writer: RuleWriter;
      auditor: AuditorService;
      logger: LoggerService;
      now: () => number;
    },
  ) {}

  /**
   * Applies a change that is `applying` and reads back. The outcome is stored; a conflict is also thrown. The caller holds
   * the mesh's lock.
   */
  async carryOut(change: StoredChange): Promise<StoredChange> {
    const { ledger, writer, logger } = this.deps;
    const say = (message: string) =>
      logger.info(`Change ${change.id}: ${message}`);
    try {
      const result = await writer.apply(change.target, change.plan, say);
      await this.settle(change, result);
    } catch (error) {
      const { name, message } = error as Error;
      say(`failed: ${message}`);
      // An answer that was lost does not mean that nothing was written.
      const seen =
        name === 'ConflictError'
          ? undefined
          : await writer.verify(change.target, change.plan).catch(() => {});
      if (seen?.ok) {
        await this.settle(change, {
          ok: true,
          detail: `${seen.detail}, although writing it ended with: ${message}`,
        });
      } else {
        await ledger.move(change, 'applying', 'failed', { error: message });
      }
      if (name === 'ConflictError') throw error;
    }
    return ledger.get(change.id);
  }

  private async settle(
    change: StoredChange,
    result: Verification,
  ): Promise<void> {
    const { ledger, now } = this.deps;
    const at = new Date(now()).toISOString();
    await ledger.move(change, 'applying', result.ok ? 'applied' : 'failed', {
      appliedAt: at,
      verified: { at, ...result },
      ...(!result.ok && { error: result.detail }),
    });
    if (result.ok && change.rollbackOf) {
      const original = await ledger.get(change.rollbackOf);
      await ledger.tryMove(original, 'applied', 'rolled-back');
    }
  }

  /** Carries on in another process's place, which an auditor should see. */
  private async takeOver(change: StoredChange): Promise<void> {
    const { id, target, requestedBy } = change;
    const event = await beginOwnEvent(this.deps.auditor, 'change-resume', {
      changeId: id,
      target: { ...target },
      requestedBy,
    });
    try {
      const { status, error } = await this.carryOut(change);
      await (status === 'applied'
        ? event.success()
        : event.fail({ error: new Error(error ?? `it is ${status}`) }));
    } catch (error) {
      await event.fail({ error: error as Error });
      throw error;
    }
  }

  /** Finishes changes that were being applied when a process died. */
  async resume(): Promise<void> {
    const { ledger, locks, logger } = this.deps;
    const { items } = await ledger.list({ status: 'applying' });
    for (const change of items) {
      await locks
        .tryHold(change.target, async () => {
          const current = await ledger.get(change.id);
          if (current.status !== 'applying') return;
          logger.info(`Resuming change ${change.id}`);
          await this.takeOver(current);
        })
        .catch((error: Error) =>
          logger.warn(
            `Change ${change.id} could not be resumed: ${error.message}`,
          ),
        );
    }
  }
}
