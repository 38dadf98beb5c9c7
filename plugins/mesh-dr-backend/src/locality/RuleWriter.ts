import type { RuleTarget } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import type { MeshRule } from './MeshRule';
import type { ServiceRule } from './ServiceRule';
import type { ChangePlan, Say, Verification } from './types';

/** How long an answer waits for our own watch to show what was written. */
const CATCH_UP_MS = 3_000;

/** Carries plans out and reads back what was written. */
export class RuleWriter {
  constructor(
    private readonly fleet: Fleet,
    private readonly meshRule: MeshRule,
    private readonly serviceRule: ServiceRule,
  ) {}

  async apply(
    target: RuleTarget,
    plan: ChangePlan,
    say: Say,
  ): Promise<Verification> {
    const mesh = await this.fleet.require(target.meshId);
    const ref = {
      account: mesh.account,
      serviceMeshId: mesh.mesh.serviceMeshId,
    };
    if (plan.kind === 'mesh') {
      await this.meshRule.apply(ref, plan, say);
      const result = await this.meshRule.verify(ref, plan);
      await this.fleet.refresh();
      return result;
    }
    const service = { ...ref, ...serviceOf(target) };
    const version = await this.serviceRule.apply(service, plan, say);
    const result = await this.serviceRule.verify(service, plan);
    await this.watchShows(mesh, plan.object, version);
    return result;
  }

  /** Whether the rule is as the plan wanted it. */
  async verify(target: RuleTarget, plan: ChangePlan): Promise<Verification> {
    const { account, mesh } = await this.fleet.require(target.meshId);
    const ref = { account, serviceMeshId: mesh.serviceMeshId };
    return plan.kind === 'mesh'
      ? this.meshRule.verify(ref, plan)
      : this.serviceRule.verify({ ...ref, ...serviceOf(target) }, plan);
  }

  /** Readers of memory right after the answer should see the write; a watch that is cut off does not hold it up. */
  private watchShows(
    mesh: FleetMesh,
    object: { namespace: string; name: string },
    resourceVersion: string | undefined,
  ): Promise<void> {
    const shown = () => {
      const rule = mesh.rules.destinationRules.find(
        ({ metadata }) =>
          metadata.name === object.name &&
          metadata.namespace === object.namespace,
      );
      return rule?.metadata.resourceVersion === resourceVersion;
    };
    return new Promise(resolve => {
      if (shown()) {
        resolve();
        return;
      }
      const finished = new AbortController();
      const timer = setTimeout(() => finished.abort(), CATCH_UP_MS);
      const unsubscribe = this.fleet.onChange(() => {
        if (shown()) finished.abort();
      });
      finished.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      });
    });
  }
}

function serviceOf(target: RuleTarget): { namespace: string; name: string } {
  if (target.scope !== 'service') {
    throw new TypeError('A plan of a service rule has a service as its target');
  }
  return { namespace: target.namespace, name: target.name };
}
