import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type {
  CreateShiftRequest,
  Page,
  Shift,
  ShiftStatus,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { randomUUID } from 'node:crypto';
import {
  activeShiftText,
  type ShiftQuery,
  type ShiftStore,
  type StoredShift,
} from '../database/ShiftStore';
import type { Fleet } from '../fleet/Fleet';
import type { ChangeLedger } from '../locality/ChangeLedger';
import type { ChangeLocks } from '../locality/ChangeLocks';
import type { Expectation } from '../routes/etag';
import type { ShiftRunner } from './ShiftRunner';
import type { SuccessRates } from './SuccessRates';

/** Starts, shows, pauses and ends gradual shifts. */
export class ShiftService {
  constructor(
    private readonly deps: {
      fleet: Fleet;
      store: ShiftStore;
      ledger: ChangeLedger;
      locks: ChangeLocks;
      runner: ShiftRunner;
      rates: SuccessRates;
      now: () => number;
    },
  ) {}

  /**
   * Starts a shift with its first step. Throws InputError or ConflictError when any of its steps would be refused now, or
   * another shift of the service is not over.
   */
  async create(request: CreateShiftRequest, by: string): Promise<Shift> {
    const { fleet, store, locks, runner, rates, now } = this.deps;
    const { mesh } = await fleet.require(request.target.meshId);
    const target = { ...request.target, meshId: mesh.serviceMeshId };
    if (
      request.abortOn?.minSuccessPercent !== undefined &&
      !(await rates.isKnown(target.meshId))
    ) {
      throw new InputError(
        `abortOn.minSuccessPercent needs the request metrics of mesh ${mesh.name}, and this portal has none; set meshDr.metrics.prometheus, or leave it out: the pods of the region are watched in any case`,
      );
    }
    const shift: StoredShift = {
      id: randomUUID(),
      status: 'running',
      requestedBy: by,
      requestedAt: new Date(now()).toISOString(),
      request: { ...request, target },
    };
    await locks.hold(ruleTarget(shift), async () => {
      const other = await store.findActive(target);
      if (other) throw new ConflictError(activeShiftText(other));
      await runner.rehearse(shift);
      await store.insert(shift);
      await runner.step(shift, 0);
    });
    return this.get(shift.id);
  }

  async get(id: string): Promise<Shift> {
    return this.shown(await this.stored(id));
  }

  async list(
    query: Omit<ShiftQuery, 'meshId'> & { mesh?: string },
  ): Promise<Page<Shift>> {
    const { mesh, ...rest } = query;
    const meshId =
      mesh && (await this.deps.fleet.require(mesh)).mesh.serviceMeshId;
    const page = await this.deps.store.list({
      ...rest,
      ...(meshId && { meshId }),
    });
    const items = await Promise.all(page.items.map(item => this.shown(item)));
    return { ...page, items };
  }

  /** Keeps a running shift at its step; the target region is still watched. Throws ConflictError when it is not running. */
  async pause(
    id: string,
    reason: string,
    by: string,
    expected?: Expectation,
  ): Promise<Shift> {
    const detail = `Paused by ${by}: ${reason}`;
    return this.move(id, ['running', 'paused'], detail, expected);
  }

  /** Lets a paused shift go on. Throws ConflictError when it is not paused. */
  async resume(
    id: string,
    reason: string,
    by: string,
    expected?: Expectation,
  ): Promise<Shift> {
    const detail = `Resumed by ${by}: ${reason}`;
    return this.move(id, ['paused', 'running'], detail, expected);
  }

  /** Goes back to the rule before the shift, also after it was completed. Throws ConflictError when it is over otherwise. */
  async abort(
    id: string,
    reason: string,
    by: string,
    expected?: Expectation,
  ): Promise<Shift> {
    const { store, locks, runner } = this.deps;
    const asked = await this.stored(id);
    await locks.hold(ruleTarget(asked), async () => {
      const shift = await this.stored(id);
      expected?.(await this.shown(shift));
      if (
        !['pending-approval', 'running', 'paused', 'completed'].includes(
          shift.status,
        )
      ) {
        throw new ConflictError(
          `Shift ${id} is ${shift.status}; there is nothing to abort`,
        );
      }
      const detail = `Aborted by ${by}: ${reason}`;
      if (await store.transition(id, shift.status, 'aborting', { detail })) {
        await runner.goBack({ ...shift, status: 'aborting', detail }, by);
      }
    });
    return this.get(id);
  }

  private async move(
    id: string,
    [from, to]: [ShiftStatus, ShiftStatus],
    detail: string,
    expected?: Expectation,
  ): Promise<Shift> {
    const { store, locks } = this.deps;
    // The lock keeps a step from being taken between the look and the pause.
    await locks.hold(ruleTarget(await this.stored(id)), async () => {
      const shift = await this.stored(id);
      expected?.(await this.shown(shift));
      if (!(await store.transition(id, from, to, { detail }))) {
        throw new ConflictError(
          `Shift ${id} is ${shift.status}; only one that is ${from} can become ${to}`,
        );
      }
    });
    return this.get(id);
  }

  private async stored(id: string): Promise<StoredShift> {
    const shift = await this.deps.store.get(id);
    if (!shift) throw new NotFoundError(`No shift has the id '${id}'`);
    return shift;
  }

  private async shown(stored: StoredShift): Promise<Shift> {
    const { request, ...shift } = stored;
    const steps = await this.deps.ledger.store.listSteps(stored.id);
    const reached = steps.filter(({ status }) => status === 'applied');
    const last = reached[reached.length - 1];
    return {
      ...request,
      ...shift,
      percent: last ? request.steps[last.shiftStep!] : 0,
      changeIds: steps.map(({ id }) => id),
    };
  }
}

/** The target of a shift's changes. */
export function ruleTarget({ request }: StoredShift) {
  return { scope: 'service' as const, ...request.target };
}
