import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type AuthorizePermissionRequest,
} from '@backstage/plugin-permission-common';
import {
  meshReadPermission,
  meshRuleChangePermission,
  ruleChangePermission,
  serviceResourceRef,
  serviceReadPermission,
  permissionForGrantOperation,
  type GrantOperation,
  type RequestOptions,
  type ServiceResource,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ActionDeps } from './deps';

/** The part of an action's context that authorisation needs. */
export interface InitiatorContext {
  getInitiatorCredentials(): Promise<BackstageCredentials>;
  isDryRun?: boolean;
  signal?: AbortSignal;
  user?: { ref?: string };
}

/** Proof that the task's initiator may do what the action is about to do. */
export interface Access {
  /** Options for one call of the mesh-dr REST API: a fresh token, and the grant when there is one. */
  request(): Promise<RequestOptions>;
}

const PLUGIN = 'mesh-dr';

/** Reading is done at once, while the initiator's token is fresh: it needs no grant. */
const READS = {
  'environment.read': meshReadPermission,
  'service.read': serviceReadPermission,
};

function permissionRequest(use: {
  operation: GrantOperation | keyof typeof READS;
  service?: ServiceResource;
}): AuthorizePermissionRequest {
  const { operation, service } = use;
  if (isRead(operation)) return { permission: READS[operation] };
  if (operation !== 'rule.change') {
    return { permission: permissionForGrantOperation(operation) };
  }
  return service
    ? {
        permission: ruleChangePermission,
        resourceRef: serviceResourceRef(service),
      }
    : { permission: meshRuleChangePermission };
}

function isRead(operation: string): operation is keyof typeof READS {
  return operation in READS;
}

/**
 * Authorises the task's initiator before the portal's cloud or cluster credentials are used.
 *
 * With a grant the action acts as service principal and redeems it: that works when the user's token has expired meanwhile.
 * Without one the initiator's own credentials are asked about. A dry run always asks about the initiator, because no grant
 * is made in one.
 *
 * @throws NotAllowedError naming the operation and the permission
 */
export async function authorizeInitiator(
  ctx: InitiatorContext,
  deps: Pick<ActionDeps, 'auth' | 'permissions' | 'meshDr'>,
  use: {
    operation: GrantOperation | keyof typeof READS;
    /** What is not about one environment leaves it out; a grant always is. */
    environment?: string;
    grant?: string;
    /** The service of `rule.change`; left out, the rule is for a whole mesh. */
    service?: ServiceResource;
  },
): Promise<Access> {
  const { signal } = ctx;
  const { environment, grant, operation, service } = use;
  if (grant && environment && !ctx.isDryRun && !isRead(operation)) {
    const request = async (): Promise<RequestOptions> => {
      const { token } = await deps.auth.getPluginRequestToken({
        onBehalfOf: await deps.auth.getOwnServiceCredentials(),
        targetPluginId: PLUGIN,
      });
      return { token, grant, signal };
    };
    const redeemed = await deps.meshDr.redeemGrant(
      grant,
      { operation, environment },
      await request(),
    );
    if (ctx.user?.ref && redeemed.initiator !== ctx.user.ref) {
      throw new NotAllowedError(
        `The operation grant belongs to ${redeemed.initiator}, but ${ctx.user.ref} started this task; obtain a grant with dr:operations:grant in the same task`,
      );
    }
    return { request };
  }
  const credentials = await ctx.getInitiatorCredentials();
  const request = permissionRequest(use);
  const { permission } = request;
  const [decision] = await deps.permissions.authorize([request], {
    credentials,
  });
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(
      `${
        ctx.user?.ref ?? 'The initiator of this task'
      } may not do ${operation}${
        service ? ` on service ${service.namespace}/${service.name}` : ''
      }${environment ? ` in environment ${environment}` : ''}: permission ${
        permission.name
      } is missing`,
    );
  }
  return {
    request: async () => {
      const { token } = await deps.auth.getPluginRequestToken({
        onBehalfOf: credentials,
        targetPluginId: PLUGIN,
      });
      return { token, signal };
    },
  };
}
