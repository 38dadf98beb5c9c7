import { ConflictError } from '@backstage/errors';
import type {
  LintFinding,
  LocalityIntent,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { activeShiftText, type ShiftStore } from '../database/ShiftStore';
import type { Direction, Guardrails } from './Guardrails';
import type { Planned, Previewer } from './Previewer';
import type { ChangePlan } from './types';

/** Plans a change and says everything there is to say about it: the linter's findings and the guardrails'. */
export class ChangePlanner {
  constructor(
    private readonly previewer: Previewer,
    private readonly guardrails: Guardrails,
    private readonly shifts: ShiftStore,
  ) {}

  /** To an intent, from the rule as it is now; `shiftId` tells that it is a step of that shift. */
  async forward(
    target: RuleTarget,
    intent: LocalityIntent,
    shiftId?: string,
  ): Promise<Planned> {
    const planned = await this.previewer.forIntent(target, intent);
    const others = await this.otherShifts(planned.preview.target, shiftId);
    return this.judged(planned, 'forward', others);
  }

  /** To before an applied plan. Throws ConflictError when somebody edited the rule since. */
  async back(target: RuleTarget, done: ChangePlan): Promise<Planned> {
    return this.judged(await this.previewer.forRollback(target, done), 'back');
  }

  /** Throws ConflictError while a shift of the service is not over: its own way back leads to before all its steps. */
  async assertNoShift(target: RuleTarget): Promise<void> {
    const [found] = await this.otherShifts(target, undefined);
    if (found) throw new ConflictError(found.message);
  }

  /** One active shift per service: nothing else changes its rule meanwhile. */
  private async otherShifts(
    target: RuleTarget,
    shiftId: string | undefined,
  ): Promise<LintFinding[]> {
    if (target.scope !== 'service') return [];
    const shift = await this.shifts.findActive(target);
    if (!shift || shift.id === shiftId) return [];
    const { from, to } = shift.request;
    return [
      {
        id: 'guardrail-active-shift',
        guardrail: 'active-shift',
        severity: 'refuse',
        message: activeShiftText(shift),
        values: { shift: shift.id, from, to },
        evidence: `shift ${shift.id} is ${shift.status}`,
      },
    ];
  }

  private async judged(
    planned: Planned,
    direction: Direction,
    others: LintFinding[] = [],
  ): Promise<Planned> {
    const found = await this.guardrails.judge(planned, direction);
    const findings = [...planned.preview.findings, ...found, ...others];
    const applicable = findings.every(({ severity }) => severity !== 'refuse');
    return {
      ...planned,
      preview: { ...planned.preview, findings, applicable },
    };
  }
}
