import type {
  LocalityIntent,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Direction, Guardrails } from './Guardrails';
import type { Planned, Previewer } from './Previewer';
import type { ChangePlan } from './types';

/** Plans a change and says everything there is to say about it: the linter's findings and the guardrails'. */
export class ChangePlanner {
  constructor(
    private readonly previewer: Previewer,
    private readonly guardrails: Guardrails,
  ) {}

  /** To an intent, from the rule as it is now. */
  async forward(target: RuleTarget, intent: LocalityIntent): Promise<Planned> {
    return this.judged(
      await this.previewer.forIntent(target, intent),
      'forward',
    );
  }

  /** To before an applied plan. Throws ConflictError when somebody edited the rule since. */
  async back(target: RuleTarget, done: ChangePlan): Promise<Planned> {
    return this.judged(await this.previewer.forRollback(target, done), 'back');
  }

  private async judged(
    planned: Planned,
    direction: Direction,
  ): Promise<Planned> {
    const found = await this.guardrails.judge(planned, direction);
    const findings = [...planned.preview.findings, ...found];
    const applicable = findings.every(({ severity }) => severity !== 'refuse');
    return {
      ...planned,
      preview: { ...planned.preview, findings, applicable },
    };
  }
}
