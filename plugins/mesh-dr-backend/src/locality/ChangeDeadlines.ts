import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { auditOwnDecision } from '../access/ownDecision';
import type { StoredChange } from '../database/ChangeStore';
import type { ChangeReturns } from './ChangeReturns';
import type { ChangeService } from './ChangeService';

/**
 * What happens to changes because time passes. Every replica looks; a step in the database decides which of them acts, so
 * a deadline is kept though the process that set it is gone.
 */
export class ChangeDeadlines {
  constructor(
    private readonly deps: {
      changes: ChangeService;
      returns: ChangeReturns;
      auditor: AuditorService;
      logger: LoggerService;
    },
  ) {}

  /** Never rejects: what fails is tried again next time. */
  async keep(): Promise<void> {
    const { changes, returns } = this.deps;
    await this.attempt('Expiring approvals', async () => {
      for (const change of await changes.expireApprovals()) {
        await this.audit('change-expire', change);
      }
    });
    await this.attempt('Returning changes', async () => {
      for (const { change, error } of await returns.returnDue()) {
        await this.audit('change-return', change, error);
      }
    });
  }

  private async attempt(what: string, work: () => Promise<void>) {
    await work().catch((error: Error) =>
      this.deps.logger.warn(`${what} failed: ${error.message}`),
    );
  }

  private audit(
    eventId: string,
    { id, target, requestedBy }: StoredChange,
    error?: string,
  ): Promise<void> {
    const meta = { changeId: id, target: { ...target }, requestedBy };
    return auditOwnDecision(this.deps.auditor, eventId, meta, error);
  }
}
