import { ConflictError, InputError } from '@backstage/errors';
import {
  stepMessage,
  type LocalityIntent,
  type Message,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  MeshLocality,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { sleep } from '../util/abort';
import { canonical } from './canonical';
import type { MeshPlan, MeshRuleState, Say, Verification } from './types';

const READ_BACK_MS = 60_000;
const READ_BACK_PAUSE_MS = 250;
const ON_ATTEMPTS = 3;

interface MeshRef {
  account: string;
  serviceMeshId: string;
}

/** The mesh-wide locality rule, which lives behind the ASM API and has no compare-and-set. */
export class MeshRule {
  constructor(private readonly accounts: AlicloudAccounts) {}

  /** The rule in force, asked of ASM. */
  async read(mesh: MeshRef): Promise<MeshRuleState> {
    return (await this.detail(mesh)).rule;
  }

  plan(before: MeshRuleState, intent: LocalityIntent): MeshPlan {
    return this.planTo(before, ruleFor(intent));
  }

  planTo(before: MeshRuleState, after: MeshRuleState): MeshPlan {
    return {
      kind: 'mesh',
      before,
      after,
      offFirst:
        before.enabled && after.enabled && modeOf(before) !== modeOf(after),
    };
  }

  steps(plan: MeshPlan): Message[] {
    if (sameRule(plan.before, plan.after)) {
      return [
        stepMessage(
          'mesh-same',
          'Nothing: the mesh-wide rule is in force already',
        ),
      ];
    }
    const mode = modeOf(plan.after);
    const off = stepMessage(
      'mesh-off',
      'Switch the mesh-wide locality rule off (UpdateMeshFeature)',
    );
    const on = stepMessage(
      'mesh-on',
      `Switch the mesh-wide locality rule on with ${mode} (UpdateMeshFeature)`,
      { mode },
    );
    const readBack = stepMessage('mesh-read-back', 'Read the rule back');
    if (!plan.after.enabled) return [off, readBack];
    return plan.offFirst ? [off, on, readBack] : [on, readBack];
  }

  /**
   * Brings the rule from `before` to `after`, wherever between the two an interrupted attempt left it. The caller holds
   * the mesh's lock. Throws ConflictError when the rule is neither: somebody edited it elsewhere.
   */
  async apply(mesh: MeshRef, plan: MeshPlan, say: Say): Promise<void> {
    const current = await this.read(mesh);
    if (sameRule(current, plan.after)) return;
    const midway = plan.offFirst && !current.enabled;
    if (!sameRule(current, plan.before) && !midway) {
      throw new ConflictError(
        `The mesh-wide rule was changed elsewhere since the preview. It was ${describe(
          plan.before,
        )}, now it is ${describe(current)}; look at a new preview`,
      );
    }
    if ((plan.offFirst && !midway) || !plan.after.enabled) {
      say('switching the mesh-wide rule off');
      await this.set(mesh, { enabled: false });
    }
    if (!plan.after.enabled) return;
    try {
      await this.switchOn(mesh, plan.after, say);
    } catch (error) {
      if (!plan.offFirst) throw error;
      say('putting the earlier rule back');
      await this.set(mesh, plan.before);
      throw new Error(
        `${(error as Error).message}; the earlier rule was put back`,
      );
    }
  }

  async verify(mesh: MeshRef, plan: MeshPlan): Promise<Verification> {
    const current = await this.read(mesh);
    return {
      ok: sameRule(current, plan.after),
      detail: `ASM reads back ${describe(current)}`,
    };
  }

  private async switchOn(mesh: MeshRef, rule: MeshRuleState, say: Say) {
    for (let attempt = 1; ; attempt++) {
      try {
        say(`switching the mesh-wide rule on with ${modeOf(rule)}`);
        await this.set(mesh, rule);
        return;
      } catch (error) {
        if (attempt >= ON_ATTEMPTS) throw error;
        say(`attempt ${attempt} failed: ${(error as Error).message}`);
        await sleep(READ_BACK_PAUSE_MS * attempt);
      }
    }
  }

  /** Writes and waits until ASM shows it: updates are asynchronous. */
  private async set(mesh: MeshRef, rule: MeshRuleState): Promise<void> {
    const { asm } = this.accounts.get(mesh.account);
    const { serviceMeshId } = mesh;
    await this.until(mesh, ({ state }) => state === 'running', 'running');
    await asm.updateLocality({ serviceMeshId, setting: settingOf(rule) });
    await this.until(
      mesh,
      detail => detail.state === 'running' && sameRule(detail.rule, rule),
      describe(rule),
    );
  }

  private async until(
    mesh: MeshRef,
    done: (detail: { state: string; rule: MeshRuleState }) => boolean,
    wanted: string,
  ): Promise<void> {
    const giveUpAt = Date.now() + READ_BACK_MS;
    for (;;) {
      const detail = await this.detail(mesh);
      if (done(detail)) return;
      if (Date.now() > giveUpAt) {
        throw new Error(
          `ASM did not show ${wanted} within ${READ_BACK_MS / 1000} s; it is ${
            detail.state
          } with ${describe(detail.rule)}`,
        );
      }
      await sleep(READ_BACK_PAUSE_MS);
    }
  }

  private async detail(mesh: MeshRef) {
    const detail = await this.accounts
      .get(mesh.account)
      .asm.describeServiceMesh({ serviceMeshId: mesh.serviceMeshId });
    if (!detail) {
      throw new ConflictError(
        `Mesh ${mesh.serviceMeshId} does not exist any more`,
      );
    }
    return { state: detail.state, rule: normalise(detail.locality) };
  }
}

/** Whether two rules say the same. ASM may return the entries in another order; each caller region has one at most. */
export function sameRule(a: MeshRuleState, b: MeshRuleState): boolean {
  const sorted = ({ enabled, failover, distribute }: MeshRuleState) =>
    canonical({
      enabled,
      failover: failover && byFrom(failover),
      distribute: distribute && byFrom(distribute),
    });
  return sorted(a) === sorted(b);
}

function byFrom<T extends { from: string }>(entries: T[]): T[] {
  return [...entries].sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Reads the account's shape; lists that do not apply are left out. */
export function normalise(locality?: MeshLocality): MeshRuleState {
  if (!locality?.enabled) return { enabled: false };
  return {
    enabled: true,
    ...(locality.failover.length > 0 && { failover: locality.failover }),
    ...(locality.distribute.length > 0 && { distribute: locality.distribute }),
  };
}

function ruleFor(intent: LocalityIntent): MeshRuleState {
  switch (intent.mode) {
    case 'failover':
      return { enabled: true, failover: intent.failover };
    case 'distribution':
      return { enabled: true, distribute: intent.distribute };
    case 'evacuation':
      throw new InputError(
        'A whole mesh cannot be evacuated: the ASM setting has no failoverPriority. Evacuate its services one by one, the called before their callers',
      );
    default:
      return { enabled: false };
  }
}

/** The rule as the account takes it. */
export function settingOf(rule: MeshRuleState) {
  if (!rule.enabled) return { enabled: false as const };
  return rule.distribute
    ? { enabled: true as const, distribute: rule.distribute }
    : { enabled: true as const, failover: rule.failover ?? [] };
}

function modeOf(rule: MeshRuleState): string {
  if (!rule.enabled) return 'off';
  return rule.distribute ? 'distribution' : 'failover';
}

/** The rule in one line, e.g. `failover cn-hangzhou → cn-shanghai`. */
export function describe(rule: MeshRuleState): string {
  if (!rule.enabled) return 'off';
  const parts = [
    ...(rule.failover ?? []).map(({ from, to }) => `${from} → ${to}`),
    ...(rule.distribute ?? []).map(
      ({ from, to }) =>
        `${from} → ${Object.entries(to)
          .map(([region, weight]) => `${region} ${weight} %`)
          .join(', ')}`,
    ),
  ];
  return `${modeOf(rule)} ${parts.join('; ') || 'without entries'}`;
}
