import {
  buildServiceTopology,
  destinationRuleRef,
  intentOf,
  lintContextOf,
  lintIntent,
  OutagePredictor,
  versionGates,
  type DestinationRuleLike,
  type LintContext,
  type LintFinding,
  type LocalityIntent,
  type PredictedOutage,
  type Preview,
  type PreviewRequest,
  type RuleTarget,
  type TrafficEffect,
  type TopologyInput,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Fleet, FleetMesh } from '../fleet/Fleet';
import type { TopologyService } from '../topology/TopologyService';
import { hashOf } from './canonical';
import type { MeshRule } from './MeshRule';
import { withUnits } from './policyUnits';
import type { ServiceRef, ServiceRule } from './ServiceRule';
import type { ChangePlan, MeshPlan, ServicePlan } from './types';

/** A preview with the plan behind it. */
export interface Planned {
  preview: Preview;
  plan: ChangePlan;
  /** Every service concerned, as it is and as it would be. */
  effects: TrafficEffect[];
  /** Failed requests of outages, for each of the preview's services; worked out when asked for, which takes a while. */
  outages(): (PredictedOutage | undefined)[];
}

/** Computes what a change would do: plan, diff, findings and the predicted split of every service concerned. */
export class Previewer {
  constructor(
    private readonly deps: {
      fleet: Fleet;
      topology: TopologyService;
      meshRule: MeshRule;
      serviceRule: ServiceRule;
    },
  ) {}

  /** Reads the rule as it is now and previews the way to the intent. */
  async forIntent(asked: RuleTarget, intent: LocalityIntent): Promise<Planned> {
    const { mesh, target } = await this.resolve(asked);
    if (target.scope === 'mesh') {
      const { meshRule } = this.deps;
      const before = await meshRule.read(meshRef(mesh));
      const plan = meshRule.plan(before, intent);
      return this.planned(mesh, target, intent, plan);
    }
    const plan = await this.deps.serviceRule.plan(
      serviceRef(mesh, target),
      intent,
    );
    return this.planned(mesh, target, intent, plan);
  }

  /** Previews the way back to before an applied plan. */
  async forRollback(asked: RuleTarget, done: ChangePlan): Promise<Planned> {
    const { mesh, target } = await this.resolve(asked);
    if (done.kind === 'mesh') {
      const { meshRule } = this.deps;
      // The earlier plan has to be in force still; reading `after` as `before` lets apply check that.
      const plan = meshRule.planTo(done.after, done.before);
      return this.planned(mesh, target, intentOf(done.before), plan);
    }
    if (target.scope !== 'service') {
      throw new TypeError('A plan of a service rule has a service as target');
    }
    const plan = await this.deps.serviceRule.planBack(
      serviceRef(mesh, target),
      done,
    );
    const { localityLbSetting = {}, outlierDetection } = plan.after;
    const { connectTimeout, maxRequestsPerConnection } = plan.after;
    const intent = intentOf(localityLbSetting, outlierDetection);
    const pool = {
      ...(connectTimeout !== undefined && { connectTimeout }),
      ...(maxRequestsPerConnection !== undefined && {
        maxRequestsPerConnection,
      }),
    };
    return this.planned(
      mesh,
      target,
      intent.mode === 'off' || Object.keys(pool).length === 0
        ? intent
        : { ...intent, connectionPool: pool },
      plan,
    );
  }

  private planned(
    mesh: FleetMesh,
    target: RuleTarget,
    intent: LocalityIntent,
    plan: ChangePlan,
  ): Planned {
    const { meshRule, serviceRule, topology } = this.deps;
    const names = target.scope === 'mesh' ? topology.services(mesh) : [target];
    const inputs = names.map(name => topology.input(mesh, name));
    const changed = inputs.map(input => withPlan(input, plan));
    const findings = [
      ...lintIntent({
        target,
        intent,
        context:
          inputs.length > 0
            ? this.judgedBy({ target, intent }, inputs, changed)
            : {
                gates: versionGates(mesh.mesh.version),
                version: mesh.mesh.version,
                services: [],
                callers: [],
                knownRegions: [
                  ...new Set(mesh.members.map(({ regionId }) => regionId)),
                ].sort(),
              },
      }),
      ...takeoverFindings(plan),
    ];
    const effects = inputs.map((input, i) => ({
      before: buildServiceTopology(input),
      after: buildServiceTopology(changed[i]),
    }));
    const stepMessages =
      plan.kind === 'mesh' ? meshRule.steps(plan) : serviceRule.steps(plan);
    const preview: Omit<Preview, 'hash'> = {
      target,
      intent,
      services: effects.map(({ before, after }) => ({
        namespace: before.service.namespace,
        name: before.service.name,
        before: before.predicted,
        after: after.predicted,
      })),
      findings,
      applicable: findings.every(({ severity }) => severity !== 'refuse'),
      before:
        plan.kind === 'mesh'
          ? renderMesh(plan.before)
          : serviceRule.render(plan, 'before'),
      after:
        plan.kind === 'mesh'
          ? renderMesh(plan.after)
          : serviceRule.render(plan, 'after'),
      steps: stepMessages.map(({ message }) => message),
      stepMessages,
    };
    // Predictions move with every pod; what a change is bound to is the rule before and after.
    const hash = hashOf({ target, plan });
    const outages = () => {
      const predictor = new OutagePredictor();
      return inputs.map((input, i) => predictor.predict(input, changed[i]));
    };
    return { plan, effects, outages, preview: { ...preview, hash } };
  }

  /** Facts of now, and for a service's own rule what more it could spare its callers in an outage. */
  private judgedBy(
    { target, intent }: PreviewRequest,
    inputs: TopologyInput[],
    changed: TopologyInput[],
  ): LintContext {
    const context = lintContextOf(inputs);
    if (target.scope === 'mesh' || intent.mode === 'off') return context;
    const remedies = this.deps.topology.remedies.of(changed[0]);
    return {
      ...context,
      services: context.services.map(service => ({
        ...service,
        ...(remedies && { remedies }),
      })),
    };
  }

  /** Targets may name the mesh; from here on it goes by its id. */
  private async resolve(asked: RuleTarget) {
    const mesh = await this.deps.fleet.require(asked.meshId);
    if (asked.scope === 'service') {
      this.deps.topology.assertExists(mesh, asked);
    }
    return { mesh, target: { ...asked, meshId: mesh.mesh.serviceMeshId } };
  }
}

function meshRef({ account, mesh }: FleetMesh) {
  return { account, serviceMeshId: mesh.serviceMeshId };
}

function serviceRef(
  mesh: FleetMesh,
  { namespace, name }: { namespace: string; name: string },
): ServiceRef {
  return { ...meshRef(mesh), namespace, name };
}

function renderMesh(rule: MeshPlan['before']): string {
  return `${JSON.stringify(rule, null, 2)}\n`;
}

/** The facts as they would be with the plan carried out. */
function withPlan(input: TopologyInput, plan: ChangePlan): TopologyInput {
  if (plan.kind === 'mesh') return { ...input, meshSetting: plan.after };
  const { namespace, name, host } = plan.object;
  const isIt = ({ metadata }: DestinationRuleLike) =>
    metadata.namespace === namespace && metadata.name === name;
  const others = input.destinationRules.filter(rule => !isIt(rule));
  if (plan.remove) return { ...input, destinationRules: others };
  const live: DestinationRuleLike = input.destinationRules.find(isIt) ?? {
    metadata: { name, namespace },
    spec: { host },
  };
  return {
    ...input,
    destinationRules: [
      ...others,
      {
        ...live,
        spec: {
          ...live.spec,
          trafficPolicy: withUnits(live.spec.trafficPolicy, plan.after),
        },
      },
    ],
  };
}

/** Tells when fields somebody else wrote come under the portal's management. */
function takeoverFindings(plan: ChangePlan): LintFinding[] {
  if (plan.kind === 'mesh') return [];
  const taken = takenOver(plan);
  if (taken.length === 0) return [];
  const object = destinationRuleRef({
    metadata: plan.object,
    spec: { host: plan.object.host },
  });
  const fields = taken.join(', ');
  return [
    {
      id: 'takes-over-fields',
      severity: 'inform',
      message: `${object} sets ${fields} already; the portal takes these fields over and restores them when the change is rolled back.`,
      values: { object, fields },
      evidence: `not owned by field manager mesh-dr: ${fields}`,
    },
  ];
}

function takenOver(plan: ServicePlan): string[] {
  return (Object.keys(plan.desired) as (keyof ServicePlan['desired'])[]).filter(
    unit => plan.before[unit] !== undefined && !plan.ownedBefore.includes(unit),
  );
}
