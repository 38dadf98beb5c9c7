import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import type {
  Change,
  ChangeStatus,
  CreateChangeRequest,
  LintFinding,
  Page,
  Preview,
  PreviewRequest,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { randomUUID } from 'node:crypto';
import type { ApprovalPolicy } from '../config';
import type {
  ChangeQuery,
  ChangeStore,
  StoredChange,
} from '../database/ChangeStore';
import type { Leases } from '../database/Leases';
import type { Fleet } from '../fleet/Fleet';
import type { Planned, Previewer } from './Previewer';
import type { RuleWriter } from './RuleWriter';

const LOCK_MS = 30_000;
const LOCK_WAIT_MS = 90_000;
/** Previews kept to say what changed since; older ones are merely refused. */
const PREVIEWS_KEPT = 200;

/**
 * The one pipeline for rule edits: preview → change → (approval) → apply → read back → history; rolling back is a change
 * of its own. Business alone: who may do what is decided around it.
 */
export class ChangeService {
  private readonly previews = new Map<string, Preview>();

  constructor(
    private readonly deps: {
      fleet: Fleet;
      previewer: Previewer;
      writer: RuleWriter;
      store: ChangeStore;
      leases: Leases;
      logger: LoggerService;
      approval: ApprovalPolicy;
    },
  ) {}

  async preview(request: PreviewRequest): Promise<Preview> {
    const { preview } = await this.deps.previewer.forIntent(
      request.target,
      request.intent,
    );
    this.previews.delete(preview.hash);
    this.previews.set(preview.hash, preview);
    for (const hash of this.previews.keys()) {
      if (this.previews.size <= PREVIEWS_KEPT) break;
      this.previews.delete(hash);
    }
    return preview;
  }

  /**
   * Stores the change and applies it, unless it has to wait for a second person. Throws InputError when the linter
   * refuses it, ConflictError when the state is not the one that was previewed.
   */
  async create(request: CreateChangeRequest, by: string): Promise<Change> {
    const target = await this.resolve(request.target);
    return this.locked(target, async () => {
      const planned = await this.deps.previewer.forIntent(
        target,
        request.intent,
      );
      this.assertPreviewed(request.previewHash, planned.preview);
      assertApplicable(planned.preview.findings);
      return this.store(planned, { reason: request.reason, by });
    });
  }

  async get(id: string): Promise<Change> {
    return publicChange(await this.stored(id));
  }

  async list(
    query: Omit<ChangeQuery, 'meshId'> & { mesh?: string },
  ): Promise<Page<Change>> {
    const { mesh, ...rest } = query;
    const meshId =
      mesh && (await this.deps.fleet.require(mesh)).mesh.serviceMeshId;
    const page = await this.deps.store.list({
      ...rest,
      ...(meshId && { meshId }),
    });
    return { ...page, items: page.items.map(publicChange) };
  }

  /** Applies a waiting change. Throws NotAllowedError when the approver is the requester. */
  async approve(id: string, by: string): Promise<Change> {
    const change = await this.stored(id);
    assertWaiting(change);
    if (change.requestedBy === by) {
      throw new NotAllowedError(
        `${by} asked for this change; somebody else has to approve it`,
      );
    }
    return this.locked(change.target, async () => {
      await this.move(change, 'pending-approval', 'applying', {
        approvedBy: by,
      });
      return this.carryOut({ ...change, status: 'applying', approvedBy: by });
    });
  }

  async reject(id: string, reason: string, by: string): Promise<Change> {
    const change = await this.stored(id);
    assertWaiting(change);
    await this.move(change, 'pending-approval', 'rejected', {
      error: `Rejected by ${by}: ${reason}`,
    });
    return this.get(id);
  }

  /** Makes a change that leads back to before another one. Throws ConflictError when somebody edited the rule since. */
  async rollback(id: string, reason: string, by: string): Promise<Change> {
    const original = await this.stored(id);
    if (original.status !== 'applied') {
      throw new ConflictError(
        `Change ${id} is ${original.status}; only an applied change can be rolled back`,
      );
    }
    return this.locked(original.target, async () => {
      const planned = await this.deps.previewer.forRollback(
        original.target,
        original.plan,
      );
      return this.store(planned, { reason, by, rollbackOf: id });
    });
  }

  /** Finishes changes that were being applied when a process died. */
  async resume(): Promise<void> {
    const { items } = await this.deps.store.list({ status: 'applying' });
    for (const change of items) {
      const lease = await this.deps.leases.tryAcquire(
        lockKey(change.target),
        LOCK_MS,
      );
      // Held: whoever holds it is at work on this mesh.
      if (!lease) continue;
      try {
        const current = await this.stored(change.id);
        if (current.status !== 'applying') continue;
        this.deps.logger.info(`Resuming change ${change.id}`);
        await this.carryOut(current);
      } catch (error) {
        this.deps.logger.warn(
          `Change ${change.id} could not be resumed: ${
            (error as Error).message
          }`,
        );
      } finally {
        await lease.release();
      }
    }
  }

  private async store(
    { preview, plan }: Planned,
    request: { reason: string; by: string; rollbackOf?: string },
  ): Promise<Change> {
    const waits = this.waits(preview.target);
    const change: StoredChange = {
      id: randomUUID(),
      target: preview.target,
      intent: preview.intent,
      status: waits ? 'pending-approval' : 'applying',
      requestedBy: request.by,
      requestedAt: new Date().toISOString(),
      reason: request.reason,
      hash: preview.hash,
      before: preview.before,
      after: preview.after,
      findings: preview.findings,
      plan,
      ...(request.rollbackOf && { rollbackOf: request.rollbackOf }),
    };
    await this.deps.store.insert(change);
    return waits ? publicChange(change) : this.carryOut(change);
  }

  /** Applies and reads back; the outcome is stored, a conflict is also thrown. */
  private async carryOut(change: StoredChange): Promise<Change> {
    const { writer, logger } = this.deps;
    const say = (message: string) =>
      logger.info(`Change ${change.id}: ${message}`);
    try {
      const result = await writer.apply(change.target, change.plan, say);
      const at = new Date().toISOString();
      await this.move(change, 'applying', result.ok ? 'applied' : 'failed', {
        appliedAt: at,
        verified: { at, ...result },
        ...(!result.ok && { error: result.detail }),
      });
      if (result.ok && change.rollbackOf) {
        await this.deps.store.transition(
          change.rollbackOf,
          'applied',
          'rolled-back',
        );
      }
    } catch (error) {
      await this.move(change, 'applying', 'failed', {
        error: (error as Error).message,
      });
      say(`failed: ${(error as Error).message}`);
      if ((error as Error).name === 'ConflictError') throw error;
    }
    return this.get(change.id);
  }

  private waits(target: RuleTarget): boolean {
    const { approval } = this.deps;
    return (
      approval === 'always' || (approval === 'mesh' && target.scope === 'mesh')
    );
  }

  private assertPreviewed(hash: string | undefined, now: Preview): void {
    if (!hash || hash === now.hash) return;
    const seen = this.previews.get(hash);
    const differs = (['before', 'after', 'intent'] as const).filter(
      part => seen && JSON.stringify(seen[part]) !== JSON.stringify(now[part]),
    );
    let detail = `The state now is: ${now.before || 'no rule'}`;
    if (seen) {
      detail = differs.includes('before')
        ? `Previewed was:\n${seen.before}\nnow it is:\n${now.before}`
        : `Other parts of the same object were edited; the fields of the rule are as previewed`;
    }
    throw new ConflictError(
      `The state is not the one that was previewed; look at a new preview. ${detail}`,
    );
  }

  private async move(
    change: StoredChange,
    from: ChangeStatus,
    to: ChangeStatus,
    fields: Parameters<ChangeStore['transition']>[3],
  ): Promise<void> {
    if (!(await this.deps.store.transition(change.id, from, to, fields))) {
      const { status } = await this.stored(change.id);
      throw new ConflictError(
        `Change ${change.id} is ${status} meanwhile, not ${from}`,
      );
    }
  }

  private async stored(id: string): Promise<StoredChange> {
    const change = await this.deps.store.get(id);
    if (!change) throw new NotFoundError(`No change has the id '${id}'`);
    return change;
  }

  /** Targets may name the mesh; history and locks go by its id. */
  private async resolve<T extends RuleTarget>(target: T): Promise<T> {
    const { mesh } = await this.deps.fleet.require(target.meshId);
    return { ...target, meshId: mesh.serviceMeshId };
  }

  private locked<T>(target: RuleTarget, work: () => Promise<T>): Promise<T> {
    return this.deps.leases.hold(
      lockKey(target),
      {
        ttlMs: LOCK_MS,
        waitMs: LOCK_WAIT_MS,
        what: `The rules of mesh ${target.meshId}`,
      },
      work,
    );
  }
}

function lockKey({ meshId }: RuleTarget): string {
  return `mesh:${meshId}`;
}

function assertWaiting(change: Change): void {
  if (change.status !== 'pending-approval') {
    throw new ConflictError(
      `Change ${change.id} is ${change.status} and waits for no approval`,
    );
  }
}

function assertApplicable(findings: LintFinding[]): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  if (refusals.length > 0) {
    throw new InputError(
      refusals
        .map(
          ({ message, fix }) =>
            `${message}${fix ? ` Remedy: ${fix.label}.` : ''}`,
        )
        .join(' '),
    );
  }
}

function publicChange({ plan: _, ...change }: StoredChange): Change {
  return change;
}
