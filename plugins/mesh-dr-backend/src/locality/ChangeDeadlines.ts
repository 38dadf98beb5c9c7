import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { StoredChange } from '../database/ChangeStore';
import type { ChangeService } from './ChangeService';

/**
 * What happens to changes because time passes. Every replica looks; a step in the database decides which of them acts, so
 * a deadline is kept though the process that set it is gone.
 */
export class ChangeDeadlines {
  constructor(
    private readonly changes: ChangeService,
    private readonly auditor: AuditorService,
    private readonly logger: LoggerService,
  ) {}

  /** Never rejects: what fails is tried again next time. */
  async keep(): Promise<void> {
    await this.attempt('expiring approvals', async () => {
      for (const change of await this.changes.expireApprovals()) {
        await this.audit('change-expire', change);
      }
    });
  }

  private async attempt(what: string, work: () => Promise<void>) {
    await work().catch((error: Error) =>
      this.logger.warn(`${what} failed: ${error.message}`),
    );
  }

  private async audit(eventId: string, change: StoredChange): Promise<void> {
    const event = await this.auditor.createEvent({
      eventId,
      severityLevel: 'medium',
      meta: {
        changeId: change.id,
        target: { ...change.target },
        requestedBy: change.requestedBy,
      },
    });
    await event.success();
  }
}
