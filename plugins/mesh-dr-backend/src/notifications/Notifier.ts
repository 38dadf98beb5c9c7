import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef, type Entity } from '@backstage/catalog-model';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type {
  Change,
  ChangeStatus,
  EnvironmentDrift,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { ownersOf, type ServiceCatalog } from '../catalog/ServiceCatalog';

/** Statuses worth a message; `applying` lasts a moment. */
const SAYINGS: Partial<Record<ChangeStatus, string>> = {
  'pending-approval': 'waits for approval',
  applied: 'is in force',
  failed: 'failed',
  rejected: 'was rejected',
  expired: 'was not approved in time',
  'rolled-back': 'was rolled back',
};

type Severity = 'critical' | 'high' | 'normal' | 'low';

/**
 * Tells people what happened to what they own: changes of rules, approvals that are needed, drift. Later messages about one
 * change take the place of earlier ones. A portal without notifications, or in trouble with them, loses the message only.
 */
export class Notifier {
  constructor(
    private readonly deps: {
      notifications: NotificationService;
      catalog: ServiceCatalog;
      logger: LoggerService;
      /** Who is told of every change that waits, e.g. `group:default/approvers`. */
      approvers: string[];
    },
  ) {}

  /** To the owners and whoever asked; never to the one who just approved it. */
  async changeMoved(change: Change, mesh: { name: string }): Promise<void> {
    const saying = SAYINGS[change.status];
    if (!saying) return;
    const { target, status, requestedBy } = change;
    const components = await this.deps.catalog.components(
      { id: target.meshId, name: mesh.name },
      target.scope === 'service' ? target : undefined,
    );
    const waits = status === 'pending-approval';
    await this.send(
      [
        ...ownersOf(components),
        ...(waits ? this.deps.approvers : [requestedBy]),
      ],
      {
        title: `${titleOf(target, mesh.name)} ${saying}`,
        description: describe(change),
        link: linkOf(target, components),
        severity: severityOf(change),
        topic: 'mesh-dr-change',
        scope: `mesh-dr-change:${change.shiftId ?? change.id}`,
      },
      // Nobody needs to be told of what they did a moment ago.
      waits || status === 'applied' ? requestedBy : undefined,
    );
  }

  /** To the owners and whoever asked, when somebody edited elsewhere what a change had left. */
  async ruleDrifted(change: Change, mesh: { name: string }): Promise<void> {
    const { target, drift } = change;
    if (!drift) return;
    const components = await this.deps.catalog.components(
      { id: target.meshId, name: mesh.name },
      target.scope === 'service' ? target : undefined,
    );
    await this.send([...ownersOf(components), change.requestedBy], {
      title: `${titleOf(target, mesh.name)} was ${drift.kind} elsewhere`,
      description: drift.fields
        .map(
          ({ name, wanted = 'not set', found = 'not set' }) =>
            `${name} was ${wanted}, now ${found}`,
        )
        .join('; '),
      link: linkOf(target, components),
      severity: 'high',
      topic: 'mesh-dr-drift',
      scope: `mesh-dr-drift:${change.id}`,
    });
  }

  /** To the owner of an environment, when it begins to differ from what it was made from. */
  async drifted(
    environment: { name: string; owner?: string },
    drift: EnvironmentDrift,
  ): Promise<void> {
    const titles = drift.items.map(({ title }) => title);
    await this.send(environment.owner ? [environment.owner] : [], {
      title: `Environment ${environment.name} differs from its plan in ${
        titles.length
      } ${titles.length === 1 ? 'place' : 'places'}`,
      description: titles.slice(0, 5).join(', '),
      link: '/mesh-dr',
      severity: 'high',
      topic: 'mesh-dr-drift',
      scope: `mesh-dr-drift:${environment.name}`,
    });
  }

  private async send(
    refs: string[],
    payload: {
      title: string;
      description: string;
      link: string;
      severity: Severity;
      topic: string;
      scope: string;
    },
    excludeEntityRef?: string,
  ): Promise<void> {
    // A change may be asked for by a service, which reads no messages.
    const entityRef = [...new Set(refs)].filter(isEntityRef);
    if (entityRef.length === 0) return;
    try {
      await this.deps.notifications.send({
        recipients: {
          type: 'entity',
          entityRef,
          ...(excludeEntityRef &&
            isEntityRef(excludeEntityRef) && { excludeEntityRef }),
        },
        payload,
      });
    } catch (error) {
      this.deps.logger.warn(
        `A notification could not be sent (${payload.title}): ${
          (error as Error).message
        }`,
      );
    }
  }
}

function titleOf(target: RuleTarget, mesh: string): string {
  return target.scope === 'service'
    ? `The locality rule of ${target.namespace}/${target.name}`
    : `The locality rule of the whole mesh ${mesh}`;
}

function describe(change: Change): string {
  return [
    `${change.intent.mode}: ${change.reason} (asked for by ${change.requestedBy})`,
    change.overrides && `Set aside: ${change.overrides.join(', ')}.`,
    change.status === 'pending-approval' &&
      change.approvalExpiresAt &&
      `Until ${change.approvalExpiresAt}.`,
    change.status === 'applied' &&
      change.expiresAt &&
      `It returns by itself at ${change.expiresAt}.`,
    change.error,
  ]
    .filter(Boolean)
    .join(' ');
}

function severityOf({ status, overrides }: Change): Severity {
  if (overrides?.length) return 'critical';
  return status === 'failed' || status === 'pending-approval'
    ? 'high'
    : 'normal';
}

/** The tab of the service's component, or the mesh page. */
function linkOf(target: RuleTarget, components: Entity[]): string {
  const [component] = components;
  if (target.scope !== 'service' || !component) return '/mesh-dr';
  const { namespace = 'default', name } = component.metadata;
  return `/catalog/${namespace}/component/${name}/disaster-recovery`;
}

function isEntityRef(ref: string): boolean {
  try {
    return Boolean(parseEntityRef(ref).kind);
  } catch {
    return false;
  }
}
