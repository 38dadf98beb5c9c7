import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import type {
  Change,
  ChangeExport,
  CreateChangeRequest,
  GuardrailOverride,
  Page,
  Preview,
  PreviewRequest,
  RollbackRequest,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ChangeQuery, StoredChange } from '../database/ChangeStore';
import type { Fleet } from '../fleet/Fleet';
import type { Expectation } from '../routes/etag';
import type { ChangeApplier } from './ChangeApplier';
import type { ChangeIntake } from './ChangeIntake';
import { publicChange, type ChangeLedger } from './ChangeLedger';
import type { ChangeLocks } from './ChangeLocks';
import type { ChangePlanner } from './ChangePlanner';
import type { Guardrails } from './Guardrails';
import { exportChange } from './exportChange';
import { assertApplicable, differenceFrom } from './judgement';
import type { Planned } from './Previewer';
import { ChangePacer } from './ChangePacer';

/** Previews kept to say what changed since; older ones are merely refused. */
const PREVIEWS_KEPT = 200;
/** A rule that lasts longer is no exception any more. */
const LONGEST_LIFE_MS = 90 * 24 * 3_600_000;

/**
 * The one pipeline for rule edits: preview → change → (approval) → apply → read back → history; rolling back is a change
 * of its own. Business alone: who may do what is decided around it.
 */
export class ChangeService {
  private readonly previews = new Map<string, Preview>();
  private readonly pacer: ChangePacer;

  constructor(
    private readonly deps: {
      fleet: Fleet;
      ledger: ChangeLedger;
      locks: ChangeLocks;
      planner: ChangePlanner;
      intake: ChangeIntake;
      applier: ChangeApplier;
      guardrails: Guardrails;
      now: () => number;
    },
  ) {
    this.pacer = new ChangePacer(deps.locks, deps.guardrails, deps.now);
  }

  async preview(request: PreviewRequest): Promise<Preview> {
    const planned = await this.deps.planner.forward(
      request.target,
      request.intent,
    );
    const outages = planned.outages();
    const preview = {
      ...planned.preview,
      services: planned.preview.services.map((service, i) => ({
        ...service,
        ...(outages[i] && { outage: outages[i] }),
      })),
    };
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
   * refuses it, ConflictError when a guardrail does or the state is not the one that was previewed.
   */
  async create(request: CreateChangeRequest, by: string): Promise<Change> {
    const { planner, intake } = this.deps;
    const target = await this.resolve(request.target);
    const { reason, overrides, needsApproval: proposed } = request;
    const asked = { reason, by, proposed, overrides, ...this.until(request) };
    const paced = !intake.waits(target, asked) && isPaced(request);
    return this.pacer.run(target, paced, async () => {
      const planned = await planner.forward(target, request.intent);
      this.assertPreviewed(request.previewHash, planned.preview);
      assertApplicable(planned.preview, overrides);
      return publicChange(await intake.take(planned, asked));
    });
  }

  async get(id: string): Promise<Change> {
    return publicChange(await this.deps.ledger.get(id));
  }

  /** What a change does, outside the portal too. */
  async export(id: string): Promise<ChangeExport> {
    return exportChange(await this.deps.ledger.get(id));
  }

  async list(
    query: Omit<ChangeQuery, 'meshId'> & { mesh?: string },
  ): Promise<Page<Change>> {
    const { mesh, ...rest } = query;
    const meshId =
      mesh && (await this.deps.fleet.require(mesh)).mesh.serviceMeshId;
    const page = await this.deps.ledger.list({
      ...rest,
      ...(meshId && { meshId }),
    });
    return { ...page, items: page.items.map(publicChange) };
  }

  /**
   * Applies a waiting change, if everything is still as it was when it was asked for. Throws NotAllowedError when the
   * approver is the requester, ConflictError when time is over or the rule was edited since (which ends the change).
   */
  async approve(
    id: string,
    by: string,
    expected?: Expectation,
  ): Promise<Change> {
    const { ledger, applier } = this.deps;
    const asked = assertWaiting(await this.seen(id, expected));
    if (asked.requestedBy === by) {
      throw new NotAllowedError(
        `${by} asked for this change; somebody else has to approve it`,
      );
    }
    return this.pacer.run(asked.target, isPaced(asked), async () => {
      const change = assertWaiting(await this.seen(id, expected));
      await this.assertInTime(change);
      const { preview } = await this.lookAgain(change);
      assertApplicable(preview, change.overrides);
      const applying = await ledger.move(
        change,
        'pending-approval',
        'applying',
        { approvedBy: by },
      );
      return publicChange(await applier.carryOut(applying));
    });
  }

  async reject(
    id: string,
    reason: string,
    by: string,
    expected?: Expectation,
  ): Promise<Change> {
    const { ledger } = this.deps;
    const change = assertWaiting(await this.seen(id, expected));
    const error = `Rejected by ${by}: ${reason}`;
    return publicChange(
      await ledger.move(change, 'pending-approval', 'rejected', { error }),
    );
  }

  /** Makes a change that leads back to before another one. Throws ConflictError when somebody edited the rule since. */
  async rollback(
    id: string,
    request: RollbackRequest,
    by: string,
    expected?: Expectation,
  ): Promise<Change> {
    const { locks, planner, intake } = this.deps;
    const { target } = assertApplied(await this.seen(id, expected));
    const { reason, overrides } = request;
    return locks.hold(target, async () => {
      const { plan } = assertApplied(await this.seen(id, expected));
      await planner.assertNoShift(target);
      const planned = await planner.back(target, plan);
      assertApplicable(planned.preview, overrides);
      const asked = { reason, by, overrides, rollbackOf: id };
      return publicChange(await intake.take(planned, asked));
    });
  }

  /** The change, if it is still the one that the caller has seen. */
  private async seen(
    id: string,
    expected?: Expectation,
  ): Promise<StoredChange> {
    const change = await this.deps.ledger.get(id);
    expected?.(publicChange(change));
    return change;
  }

  /** Ends waiting changes whose time for approval is over; returns them. */
  async expireApprovals(): Promise<StoredChange[]> {
    const { ledger } = this.deps;
    const overdue = await ledger.store.listOverdueApprovals(this.time());
    const expired = await Promise.all(
      overdue.map(change =>
        ledger.tryMove(change, 'pending-approval', 'expired', {
          error: lateText(change),
        }),
      ),
    );
    return expired.flatMap(change => (change ? [change] : []));
  }

  /** Plans a waiting change anew. Throws ConflictError, and ends the change, unless the plan is still the same. */
  private async lookAgain(change: StoredChange): Promise<Planned> {
    const { ledger, planner } = this.deps;
    try {
      const planned = change.rollbackOf
        ? await planner.back(
            change.target,
            assertApplied(await ledger.get(change.rollbackOf)).plan,
          )
        : await planner.forward(change.target, change.intent, change.shiftId);
      if (planned.preview.hash !== change.hash) {
        throw new ConflictError(
          `The rule was edited since the preview, so this change cannot be approved any more; ask for a new one. ${differenceFrom(
            change,
            planned.preview,
          )}`,
        );
      }
      return planned;
    } catch (error) {
      if ((error as Error).name === 'ConflictError') {
        await ledger.move(change, 'pending-approval', 'failed', {
          error: (error as Error).message,
        });
      }
      throw error;
    }
  }

  /** The scheduler looks for overdue changes only now and then. */
  private async assertInTime(change: StoredChange): Promise<void> {
    const { approvalExpiresAt, expiresAt } = change;
    const late = approvalExpiresAt && approvalExpiresAt <= this.time();
    if (!late && !(expiresAt && expiresAt <= this.time())) return;
    const error = late
      ? lateText(change)
      : `The change was to last until ${expiresAt}, which is over`;
    await this.deps.ledger.tryMove(change, 'pending-approval', 'expired', {
      error,
    });
    throw new ConflictError(`${error}; ask for it again`);
  }

  /** When the change is to end by itself, checked and in UTC. */
  private until({ expiresAt }: CreateChangeRequest): { expiresAt?: string } {
    if (!expiresAt) return {};
    const at = Date.parse(expiresAt);
    const latest = this.deps.now() + LONGEST_LIFE_MS;
    if (at <= this.deps.now() || at > latest) {
      throw new InputError(
        `expiresAt is ${expiresAt}, but has to lie between now and ${new Date(
          latest,
        ).toISOString()}; leave it out for a change that stays`,
      );
    }
    return { expiresAt: new Date(at).toISOString() };
  }

  private assertPreviewed(hash: string | undefined, now: Preview): void {
    if (!hash || hash === now.hash) return;
    const seen = this.previews.get(hash);
    throw new ConflictError(
      `The state is not the one that was previewed; look at a new preview. ${
        seen
          ? differenceFrom(seen, now)
          : `The state now is: ${now.before || 'no rule'}`
      }`,
    );
  }

  /** Targets may name the mesh; history and locks go by its id. */
  private async resolve<T extends RuleTarget>(target: T): Promise<T> {
    const { mesh } = await this.deps.fleet.require(target.meshId);
    return { ...target, meshId: mesh.serviceMeshId };
  }

  private time(): string {
    return new Date(this.deps.now()).toISOString();
  }
}

/** Whether the clock holds a change up: not the way back, and not when that was overridden. */
function isPaced(change: {
  overrides?: GuardrailOverride[];
  rollbackOf?: string;
}): boolean {
  return !change.rollbackOf && !change.overrides?.includes('wait-period');
}

function assertWaiting<T extends Change>(change: T): T {
  if (change.status !== 'pending-approval') {
    throw new ConflictError(
      `Change ${change.id} is ${change.status} and waits for no approval`,
    );
  }
  return change;
}

function assertApplied<T extends Change>(change: T): T {
  if (change.status !== 'applied') {
    throw new ConflictError(
      `Change ${change.id} is ${change.status}; only an applied change can be rolled back`,
    );
  }
  return change;
}

function lateText({ requestedAt, approvalExpiresAt }: Change): string {
  return `Nobody approved the change until ${approvalExpiresAt}; it was asked for at ${requestedAt}`;
}
