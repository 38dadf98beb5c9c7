import type {
  AuditorService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  shiftHealth,
  shiftIntent,
  type LintFinding,
  type ShiftStatus,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { auditOwnDecision, SYSTEM_REF } from '../access/ownDecision';
import type { StoredChange } from '../database/ChangeStore';
import type { ShiftStore, StoredShift } from '../database/ShiftStore';
import type { ChangeIntake } from '../locality/ChangeIntake';
import type { ChangeLedger } from '../locality/ChangeLedger';
import type { ChangeLocks } from '../locality/ChangeLocks';
import type { ChangePlanner } from '../locality/ChangePlanner';
import { assertApplicable } from '../locality/judgement';
import type { ServicePlan } from '../locality/types';
import type { TopologyService } from '../topology/TopologyService';
import { ruleTarget } from './ShiftService';
import type { SuccessRates } from './SuccessRates';

/** Guardrails that make a step wait instead of ending the shift. */
const PASSING: LintFinding['guardrail'][] = ['freeze-window', 'wait-period'];

/**
 * Moves shifts on: watches the target region, takes the next step when the hold is over, goes back when something is wrong.
 * How far a shift got is read from its changes, so that any process can go on where another one died.
 */
export class ShiftRunner {
  constructor(
    private readonly deps: {
      store: ShiftStore;
      ledger: ChangeLedger;
      locks: ChangeLocks;
      planner: ChangePlanner;
      intake: ChangeIntake;
      topology: TopologyService;
      rates: SuccessRates;
      auditor: AuditorService;
      logger: LoggerService;
      now: () => number;
    },
  ) {}

  /** Never rejects: a shift that cannot be looked at now is looked at next time. */
  async runDue(): Promise<void> {
    const { store, locks, logger } = this.deps;
    for (const { id, ...rest } of await store.listActive()) {
      await locks
        .tryHold(ruleTarget({ id, ...rest }), async () => {
          const shift = await store.get(id);
          if (shift) await this.look(shift);
        })
        .catch((error: Error) =>
          logger.warn(`Shift ${id} could not be moved on: ${error.message}`),
        );
    }
  }

  /** Throws what the last step would be refused for, so that no shift begins that cannot end. */
  async rehearse(shift: StoredShift): Promise<void> {
    const { steps, overrides } = shift.request;
    for (const percent of new Set([steps[0], steps[steps.length - 1]])) {
      const { preview } = await this.plan(shift, percent);
      assertApplicable(preview, overrides);
    }
  }

  /** Takes a step as a change. The caller holds the mesh's lock. */
  async step(shift: StoredShift, index: number): Promise<StoredChange> {
    const { intake, store } = this.deps;
    const { steps, overrides, reason } = shift.request;
    const planned = await this.plan(shift, steps[index]);
    assertApplicable(planned.preview, overrides);
    const change = await intake.take(planned, {
      by: shift.requestedBy,
      reason: `${reason} (${steps[index]} %, step ${index + 1} of ${
        steps.length
      })`,
      overrides,
      // Whoever approved the first step saw all of them.
      approvedBefore: index > 0,
      shift: { id: shift.id, step: index },
    });
    if (change.status === 'pending-approval') {
      await store.transition(shift.id, 'running', 'pending-approval');
    }
    return change;
  }

  /** Brings the rule back to what it was before the first step. The caller holds the mesh's lock. */
  async goBack(shift: StoredShift, by: string): Promise<void> {
    const { ledger, planner, intake } = this.deps;
    const steps = await ledger.store.listSteps(shift.id);
    for (const waiting of steps) {
      await ledger.tryMove(waiting, 'pending-approval', 'rejected', {
        error: shift.detail ?? 'The shift was aborted',
      });
    }
    const taken = steps.filter(
      ({ status }) => status === 'applied' || status === 'rolled-back',
    );
    const last = taken[taken.length - 1];
    // A process that died after the way back was written left the rest of the book-keeping.
    if (!last || last.status === 'rolled-back') {
      await this.closeSteps(taken);
      await this.finish(shift, 'aborted', shift.detail, by);
      return;
    }
    try {
      const planned = await planner.back(last.target, together(taken));
      assertApplicable(planned.preview);
      const back = await intake.take(planned, {
        by,
        reason: shift.detail ?? 'The shift was aborted',
        rollbackOf: last.id,
        approvedBefore: true,
      });
      if (back.status !== 'applied') {
        throw new Error(back.error ?? `the way back is ${back.status}`);
      }
      await this.closeSteps(taken);
      await this.finish(shift, 'aborted', shift.detail, by);
    } catch (error) {
      await this.finish(
        shift,
        'failed',
        `${shift.detail}. The rule stays as it is: ${(error as Error).message}`,
        by,
      );
    }
  }

  private async closeSteps(steps: StoredChange[]): Promise<void> {
    for (const step of steps) {
      await this.deps.ledger.tryMove(step, 'applied', 'rolled-back');
    }
  }

  private async look(shift: StoredShift): Promise<void> {
    const steps = await this.deps.ledger.store.listSteps(shift.id);
    const last = steps[steps.length - 1];
    if (shift.status === 'aborting') {
      await this.goBack(shift, SYSTEM_REF);
      return;
    }
    switch (last?.status) {
      case undefined:
        // The process died between storing the shift and its first step.
        if (shift.status !== 'paused') await this.advance(shift, 0);
        return;
      case 'pending-approval':
      case 'applying':
        return;
      case 'applied':
        await this.watch(shift, last, steps);
        return;
      case 'failed':
        await this.retreat(shift, `Step failed: ${last.error}`);
        return;
      default:
        await this.finish(
          shift,
          'aborted',
          `Its last step is ${last.status}${
            last.error ? `: ${last.error}` : ''
          }`,
        );
    }
  }

  private async watch(
    shift: StoredShift,
    last: StoredChange,
    steps: StoredChange[],
  ): Promise<void> {
    const { store, topology, rates, planner, now } = this.deps;
    const { target, to, abortOn, holdSeconds } = shift.request;
    if (shift.status === 'pending-approval') {
      await store.transition(shift.id, 'pending-approval', 'running');
      Object.assign(shift, { status: 'running' });
    }
    const health = shiftHealth(
      await topology.get(target),
      to,
      abortOn,
      abortOn?.minSuccessPercent === undefined
        ? undefined
        : await rates.successPercent(target, to),
    );
    if (health.state === 'bad') {
      await this.retreat(shift, `Went back because ${health.reason}`);
      return;
    }
    const held = Date.parse(last.appliedAt!) + holdSeconds * 1000 <= now();
    if (!held || health.state === 'unknown' || shift.status === 'paused') {
      return;
    }
    try {
      // What somebody else wrote since is shown, not overwritten.
      await planner.back(last.target, last.plan);
    } catch (error) {
      if ((error as Error).name !== 'ConflictError') throw error;
      await this.finish(shift, 'failed', (error as Error).message);
      return;
    }
    if (steps.length === shift.request.steps.length) {
      await this.finish(shift, 'completed');
    } else {
      await this.advance(shift, steps.length);
    }
  }

  private async advance(shift: StoredShift, index: number): Promise<void> {
    const { overrides = [], steps } = shift.request;
    const { preview } = await this.plan(shift, steps[index]);
    const waitsFor = preview.findings.filter(
      ({ severity, guardrail }) =>
        severity === 'refuse' &&
        PASSING.includes(guardrail) &&
        !overrides.some(name => name === guardrail),
    );
    if (waitsFor.length > 0) {
      const detail = waitsFor.map(({ message }) => message).join(' ');
      await this.deps.store.transition(shift.id, 'running', 'running', {
        detail,
      });
      return;
    }
    try {
      const change = await this.step(shift, index);
      await this.audit('shift-step', shift, { changeId: change.id });
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'ConflictError' && name !== 'InputError') throw error;
      await this.retreat(shift, `Went back because ${message}`);
    }
  }

  private async retreat(shift: StoredShift, detail: string): Promise<void> {
    const { store } = this.deps;
    if (
      await store.transition(shift.id, shift.status, 'aborting', { detail })
    ) {
      await this.goBack({ ...shift, status: 'aborting', detail }, SYSTEM_REF);
    }
  }

  private async finish(
    shift: StoredShift,
    status: ShiftStatus,
    detail?: string,
    initiator = SYSTEM_REF,
  ): Promise<void> {
    const finishedAt = new Date(this.deps.now()).toISOString();
    const { id } = shift;
    const ended = await this.deps.store.transition(id, shift.status, status, {
      detail: detail ?? '',
      finishedAt,
    });
    if (!ended) return;
    await this.audit(
      'shift-end',
      shift,
      { status, initiator },
      status === 'completed' ? undefined : detail,
    );
  }

  private async plan(shift: StoredShift, percent: number) {
    const { topology, planner } = this.deps;
    const seen = await topology.get(shift.request.target);
    return planner.forward(
      ruleTarget(shift),
      shiftIntent(shift.request, percent, seen),
      shift.id,
    );
  }

  private async audit(
    eventId: string,
    { id, request, requestedBy }: StoredShift,
    facts: Record<string, string>,
    problem?: string,
  ): Promise<void> {
    const { target } = request;
    await auditOwnDecision(
      this.deps.auditor,
      eventId,
      { shiftId: id, target: { ...target }, requestedBy, ...facts },
      problem,
    );
  }
}

/** Several steps after each other, as if they were one change. */
function together(steps: StoredChange[]): ServicePlan {
  const [first, last] = [steps[0].plan, steps[steps.length - 1].plan];
  if (first.kind !== 'service' || last.kind !== 'service') {
    throw new ConflictError('The steps of a shift change a service');
  }
  return { ...last, before: first.before, ownedBefore: first.ownedBefore };
}
