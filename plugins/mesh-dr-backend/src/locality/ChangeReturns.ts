import type { LoggerService } from '@backstage/backend-plugin-api';
import { SYSTEM_REF } from '../access/ownDecision';
import type { StoredChange } from '../database/ChangeStore';
import type { ChangeIntake } from './ChangeIntake';
import type { ChangeLedger } from './ChangeLedger';
import type { ChangeLocks } from './ChangeLocks';
import type { ChangePlanner } from './ChangePlanner';
import { assertApplicable } from './judgement';

const RETRY_MS = 60_000;

/** How the return of a change went. */
export interface Returned {
  change: StoredChange;
  /** Why it did not return; absent when it did. */
  error?: string;
}

/** Brings rules back whose time is over. The end was agreed on with the change, so it needs no second approval. */
export class ChangeReturns {
  constructor(
    private readonly deps: {
      ledger: ChangeLedger;
      locks: ChangeLocks;
      planner: ChangePlanner;
      intake: ChangeIntake;
      logger: LoggerService;
      now: () => number;
    },
  ) {}

  /** Returns what is due. What somebody edited meanwhile stays, and says so; what cannot return yet is tried again. */
  async returnDue(): Promise<Returned[]> {
    const { ledger, locks, now } = this.deps;
    const due = await ledger.store.listReturnsDue(this.time(now()));
    const returned: Returned[] = [];
    for (const { id, target } of due) {
      await locks.tryHold(target, async () => {
        const change = await ledger.get(id);
        const isDue = change.returnAt && change.returnAt <= this.time(now());
        if (change.status !== 'applied' || !isDue) return;
        const error = await this.bringBack(change);
        returned.push({ change, ...(error && { error }) });
      });
    }
    return returned;
  }

  /** The reason when the rule stays as it is. */
  private async bringBack(change: StoredChange): Promise<string | undefined> {
    const { ledger, planner, intake, logger, now } = this.deps;
    const { id, target, plan, expiresAt } = change;
    const stay = async (message: string, final: boolean) => {
      const returnAt = final ? undefined : this.time(now() + RETRY_MS);
      const returnError = `The rule did not return at ${expiresAt}: ${message}`;
      await ledger.store.setReturn(id, { returnAt, returnError });
      ledger.tell({ ...change, returnError });
      logger.warn(`Change ${id}: ${returnError}`);
      return returnError;
    };
    try {
      const planned = await planner.back(target, plan);
      try {
        assertApplicable(planned.preview);
      } catch (error) {
        return await stay((error as Error).message, false);
      }
      const back = await intake.take(planned, {
        by: SYSTEM_REF,
        reason: `The change was to last until ${expiresAt}`,
        rollbackOf: id,
        approvedBefore: true,
      });
      return back.status === 'applied'
        ? undefined
        : await stay(back.error ?? back.status, false);
    } catch (error) {
      const { name, message } = error as Error;
      return stay(message, name === 'ConflictError');
    }
  }

  private time(at: number): string {
    return new Date(at).toISOString();
  }
}
