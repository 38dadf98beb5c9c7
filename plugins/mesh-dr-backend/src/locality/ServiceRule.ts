import { ConflictError } from '@backstage/errors';
import {
  ownedDestinationRule,
  serviceHost,
  stepMessage,
  type DestinationRuleLike,
  type LocalityIntent,
  type Message,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  KubernetesConnection,
  KubernetesConnector,
  KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { stringify } from 'yaml';
import { ISTIO_NETWORKING } from '../fleet/MeshWatch';
import { same } from './canonical';
import {
  changesBetween,
  editedSince,
  isReached,
  nameOf,
  specOf,
  text,
} from './editedSince';
import { midwayUnits, replaceUnits, unitsWithLeftovers } from './leftovers';
import {
  FIELD_MANAGER,
  ownedUnits,
  policyOf,
  unitsFor,
  unitsOf,
} from './policyUnits';
import {
  UNIT_NAMES,
  type PolicyUnits,
  type Say,
  type ServicePlan,
  type Verification,
} from './types';

const RULES = { apiVersion: ISTIO_NETWORKING, plural: 'destinationrules' };
/** How the API server says no to a write of another version: 409, or 422 for the test of a JSON patch. */
const REFUSALS = ['ConflictError', 'InputError'];
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** A service in a mesh. */
export interface ServiceRef {
  account: string;
  serviceMeshId: string;
  namespace: string;
  name: string;
}

/** The locality rule of one service: top-level fields of a DestinationRule, written by server-side apply. */
export class ServiceRule {
  constructor(private readonly connector: KubernetesConnector) {}

  /** Reads the service's DestinationRule and plans the way to the intent. */
  async plan(
    service: ServiceRef,
    intent: LocalityIntent,
  ): Promise<ServicePlan> {
    return this.planTo(service, await this.find(service), unitsFor(intent));
  }

  /**
   * Plans the way back to before an applied plan. Throws ConflictError with all three states when somebody changed the
   * fields since.
   */
  async planBack(service: ServiceRef, done: ServicePlan): Promise<ServicePlan> {
    const live = await this.read(service, done.object);
    const now = unitsOf(specOf(live).trafficPolicy);
    const touched = UNIT_NAMES.filter(
      unit =>
        done.ownedBefore.includes(unit) ||
        done.desired[unit] !== undefined ||
        !same(done.before[unit], done.after[unit]),
    );
    const foreign = touched.filter(
      unit => !same(now[unit], done.remove ? undefined : done.after[unit]),
    );
    if (foreign.length > 0) {
      throw new ConflictError(
        `${nameOf(
          done,
        )} was changed since; rolling back would overwrite it. ${foreign
          .map(
            unit =>
              `${unit}: before the change ${text(
                done.before[unit],
              )}, after it ${text(done.after[unit])}, now ${text(now[unit])}`,
          )
          .join('; ')}. Make a new change instead`,
      );
    }
    const back: PolicyUnits = {};
    for (const unit of touched) {
      if (done.before[unit] !== undefined) {
        Object.assign(back, { [unit]: done.before[unit] });
      }
    }
    return this.planTo(service, live, back, done.object);
  }

  steps(plan: ServicePlan): Message[] {
    const object = nameOf(plan);
    if (plan.remove && !plan.resourceVersion) {
      return [
        stepMessage(
          'service-nothing',
          'Nothing changes: the service has no rule of its own',
        ),
      ];
    }
    if (plan.remove) {
      return [
        stepMessage(
          'service-delete',
          `Delete ${object}, which has no other content`,
          { object },
        ),
      ];
    }
    if (same(plan.before, plan.after) && plan.resourceVersion) {
      return [
        stepMessage(
          'service-same',
          'Nothing changes: the fields are as wanted',
        ),
      ];
    }
    return [
      plan.resourceVersion
        ? stepMessage(
            'service-apply',
            `Apply the fields to ${object} (server-side, as ${FIELD_MANAGER})`,
            { object, manager: FIELD_MANAGER },
          )
        : stepMessage(
            'service-create',
            `Create ${object} (server-side apply, as ${FIELD_MANAGER})`,
            { object, manager: FIELD_MANAGER },
          ),
      stepMessage('service-read-back', 'Read the fields back'),
    ];
  }

  /** The owned part before or after, as YAML for a diff. */
  render(plan: ServicePlan, side: 'before' | 'after'): string {
    const exists = side === 'before' ? plan.resourceVersion : !plan.remove;
    const units = plan[side];
    return `# ${nameOf(plan)}${exists ? '' : ' (does not exist)'}\n${
      Object.keys(units).length > 0
        ? stringify({ trafficPolicy: policyOf(units) })
        : ''
    }`;
  }

  /**
   * Carries the plan out. Throws ConflictError when the object was edited since the plan was made. Applying a plan that
   * is in force already changes nothing.
   */
  async apply(
    service: ServiceRef,
    plan: ServicePlan,
    say: Say,
  ): Promise<string | undefined> {
    const connection = this.connection(service);
    const live = await this.read(service, plan.object);
    const version = live?.metadata.resourceVersion;
    if (version !== plan.resourceVersion && !isMidway(plan, live)) {
      // Either an interrupted attempt of ours got this far, or somebody else was here.
      if (isReached(plan, live)) return version;
      throw editedSince(plan, live);
    }
    if (plan.remove && !live) return undefined;
    try {
      return plan.remove
        ? await this.remove(connection, plan, live!, say)
        : await this.bring(connection, plan, live, say);
    } catch (error) {
      if (!REFUSALS.includes((error as Error).name)) throw error;
      const now = await this.read(service, plan.object);
      // A write that is repeated because its answer was lost is refused, too.
      if (isReached(plan, now)) return now?.metadata.resourceVersion;
      if (now?.metadata.resourceVersion === version) throw error;
      throw editedSince(plan, now);
    }
  }

  private async remove(
    connection: KubernetesConnection,
    plan: ServicePlan,
    { metadata }: KubernetesObject,
    say: Say,
  ): Promise<undefined> {
    const { namespace, name } = plan.object;
    const { uid, resourceVersion } = metadata;
    say(`deleting ${nameOf(plan)}`);
    await connection.delete(RULES, namespace, name, {
      preconditions: { uid, resourceVersion },
    });
    return undefined;
  }

  private async bring(
    connection: KubernetesConnection,
    plan: ServicePlan,
    live: KubernetesObject | undefined,
    say: Say,
  ): Promise<string | undefined> {
    const replaced = unitsWithLeftovers(plan, live);
    const cleaned =
      live &&
      replaced.length > 0 &&
      live.metadata.resourceVersion === plan.resourceVersion
        ? await replaceUnits(connection, RULES, live, replaced, plan.desired)
        : live;
    try {
      say(`applying ${nameOf(plan)}`);
      return await this.write(connection, plan, cleaned);
    } catch (error) {
      const { name, message } = error as Error;
      const overtaken = name === 'ConflictError';
      if (!cleaned || replaced.length === 0 || overtaken) throw error;
      say('putting the earlier fields back');
      await replaceUnits(connection, RULES, cleaned, replaced, plan.before);
      throw new Error(`${message}; the earlier fields were put back`);
    }
  }

  private async write(
    connection: KubernetesConnection,
    plan: ServicePlan,
    live: KubernetesObject | undefined,
  ): Promise<string | undefined> {
    const { namespace, name, host } = plan.object;
    const applied = await connection.apply(
      RULES,
      {
        apiVersion: ISTIO_NETWORKING,
        kind: 'DestinationRule',
        metadata: {
          name,
          namespace,
          // Makes the API server refuse the write when somebody was faster.
          ...(live && { resourceVersion: live.metadata.resourceVersion }),
          ...((!live || isOurs(live)) && {
            labels: { [MANAGED_BY]: FIELD_MANAGER },
          }),
        },
        spec: {
          host,
          // An empty policy would stay ours, and conflict with whoever sets one next.
          ...(Object.keys(plan.desired).length > 0 && {
            trafficPolicy: policyOf(plan.desired),
          }),
        },
      },
      {
        fieldManager: FIELD_MANAGER,
        // A new object has no version to go by: there, fields that somebody else set meanwhile refuse the write.
        force: live !== undefined,
      },
    );
    return applied.metadata.resourceVersion;
  }

  async verify(service: ServiceRef, plan: ServicePlan): Promise<Verification> {
    const live = await this.read(service, plan.object);
    if (plan.remove) {
      return {
        ok: !live,
        detail: `${nameOf(plan)} ${live ? 'still exists' : 'is gone'}`,
      };
    }
    const now = unitsOf(specOf(live).trafficPolicy);
    return same(now, plan.after)
      ? { ok: true, detail: `${nameOf(plan)} reads back as written` }
      : {
          ok: false,
          detail: `${nameOf(plan)} reads back differently: ${changesBetween(
            plan.after,
            now,
          )}`,
        };
  }

  private async planTo(
    service: ServiceRef,
    live: KubernetesObject | undefined,
    desired: PolicyUnits,
    object?: ServicePlan['object'],
  ): Promise<ServicePlan> {
    const before = unitsOf(specOf(live).trafficPolicy);
    const ownedBefore = ownedUnits(live);
    const after: PolicyUnits = { ...before };
    for (const unit of ownedBefore) delete after[unit];
    Object.assign(after, desired);
    return {
      kind: 'service',
      object: live
        ? {
            namespace: live.metadata.namespace ?? service.namespace,
            name: live.metadata.name,
            host: specOf(live).host,
          }
        : object ?? {
            namespace: service.namespace,
            name: await this.freeName(service),
            host: serviceHost(service),
          },
      ...(live && { resourceVersion: live.metadata.resourceVersion }),
      before,
      ownedBefore,
      desired,
      after,
      remove:
        Object.keys(desired).length === 0 &&
        (!live || (isOurs(live) && hasOnlyUnits(live, ownedBefore))),
    };
  }

  /** The DestinationRule in the service's namespace that names its host, the oldest first, as istiod takes them. */
  private async find(
    service: ServiceRef,
  ): Promise<KubernetesObject | undefined> {
    const { items } = await this.connection(service).list(
      RULES,
      service.namespace,
    );
    return ownedDestinationRule(
      items as unknown as (DestinationRuleLike & KubernetesObject)[],
      service,
    );
  }

  private async freeName(service: ServiceRef): Promise<string> {
    const taken = await this.connection(service).get(
      RULES,
      service.namespace,
      service.name,
    );
    return taken ? `${service.name}-mesh-dr` : service.name;
  }

  private read(service: ServiceRef, object: ServicePlan['object']) {
    return this.connection(service).get(RULES, object.namespace, object.name);
  }

  private connection({ account, serviceMeshId }: ServiceRef) {
    return this.connector.mesh({ account, serviceMeshId });
  }
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[MANAGED_BY] === FIELD_MANAGER;
}

/** Whether nothing but the host and the portal's own units is in the object. */
function hasOnlyUnits(object: KubernetesObject, owned: string[]): boolean {
  const { host: _, trafficPolicy = {}, ...rest } = specOf(object);
  const units = unitsOf(trafficPolicy);
  return (
    Object.keys(rest).length === 0 &&
    same(trafficPolicy, policyOf(units)) &&
    Object.keys(units).every(unit => owned.includes(unit))
  );
}

/** Whether an interrupted attempt of ours left the object between its two writes. */
function isMidway(
  plan: ServicePlan,
  live: KubernetesObject | undefined,
): boolean {
  const replaced = unitsWithLeftovers(plan, live);
  return (
    live !== undefined &&
    replaced.length > 0 &&
    same(unitsOf(specOf(live).trafficPolicy), midwayUnits(plan, replaced))
  );
}
