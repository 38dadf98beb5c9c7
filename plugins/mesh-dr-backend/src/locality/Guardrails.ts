import {
  activeFreeze,
  trafficFindings,
  type FreezeWindow,
  type LintFinding,
  type RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ChangeStore } from '../database/ChangeStore';
import type { Planned } from './Previewer';

/** A wait that is no longer than this is sat out; a longer one is told. */
export const LONGEST_WAIT_MS = 15_000;

export interface GuardrailConfig {
  /** Least time between two changes that concern the same services. */
  waitPeriodMs: number;
  /** See `TrafficLimits`. */
  maxLoadFactor: number;
  freezeWindows: FreezeWindow[];
}

/** What kind of change is judged: the way back is never held up by calendar or clock. */
export type Direction = 'forward' | 'back';

/** Operating practice that the linter cannot know: where calls would go now, when rules may change, how fast one after another. */
export class Guardrails {
  constructor(
    private readonly store: ChangeStore,
    private readonly config: GuardrailConfig,
    private readonly now: () => number,
  ) {}

  /** Findings about a plan at this moment. */
  async judge(planned: Planned, direction: Direction): Promise<LintFinding[]> {
    const { effects, preview } = planned;
    return [
      ...trafficFindings(effects, this.config, preview.intent),
      ...(direction === 'forward'
        ? [...this.freeze(), ...(await this.wait(preview.target))]
        : []),
    ];
  }

  /** Milliseconds until the next change of a target may follow the last one. */
  async waitMs(target: RuleTarget): Promise<number> {
    const { waitPeriodMs } = this.config;
    if (waitPeriodMs === 0) return 0;
    const last = await this.store.lastApplied(target);
    return last
      ? Math.max(0, Date.parse(last.at) + waitPeriodMs - this.now())
      : 0;
  }

  private freeze(): LintFinding[] {
    const active = activeFreeze(
      this.config.freezeWindows,
      new Date(this.now()),
    );
    if (!active) return [];
    const { window, until } = active;
    return [
      {
        id: 'guardrail-freeze-window',
        guardrail: 'freeze-window',
        severity: 'refuse',
        message: `Rules are frozen until ${until}: ${window.reason}. Rolling back stays possible.`,
        values: { until, reason: window.reason },
        evidence: 'meshDr.guardrails.freezeWindows',
      },
    ];
  }

  private async wait(target: RuleTarget): Promise<LintFinding[]> {
    const waitMs = await this.waitMs(target);
    if (waitMs === 0) return [];
    const seconds = Math.ceil(waitMs / 1000);
    const period = this.config.waitPeriodMs / 1000;
    const long = waitMs > LONGEST_WAIT_MS;
    return [
      {
        id: 'guardrail-wait-period',
        guardrail: 'wait-period',
        severity: long ? 'refuse' : 'inform',
        message: `Another change was applied a moment ago; ${
          long
            ? `the next one may follow in ${seconds} s`
            : `this one waits ${seconds} s more`
        }.`,
        values: { seconds, period },
        evidence: `meshDr.guardrails.waitPeriod: ${period} s`,
      },
    ];
  }
}
