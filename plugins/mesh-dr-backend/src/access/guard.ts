import type {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  BackstageCredentials,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import {
  GRANT_HEADER,
  type GrantOperation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, RequestHandler, Response } from 'express';
import type { GrantService, GrantUse } from '../grants/GrantService';

/** In whose name a request acts. */
export interface Caller {
  /** Entity ref of a person, or the subject of a service. */
  ref: string;
  kind: 'user' | 'service';
  credentials: BackstageCredentials;
}

/** One permission, or several that all are needed. */
type Needed = BasicPermission | BasicPermission[];

/** What stands around a route: the permission it needs, the grant that may stand in, the audit event it leaves. */
export interface RouteRule {
  /** `none` where the handler itself decides by what belongs to whom. */
  permission:
    | BasicPermission
    | 'none'
    | ((req: Request) => Needed | Promise<Needed>);
  /** Lets a service act in the name of a grant's initiator. */
  grant?: (req: Request) => GrantUse | Promise<GrantUse>;
  /** Default: people and services. */
  principals?: ('user' | 'service')[];
  audit?: {
    eventId: string;
    /** Default: medium. */
    severityLevel?:
      | AuditorServiceEventSeverityLevel
      | ((req: Request) => AuditorServiceEventSeverityLevel);
    /** Facts of the request worth keeping; never a secret. */
    meta?: (req: Request) => JsonObject;
  };
}

export type GuardedHandler = (
  req: Request,
  res: Response,
  caller: Caller,
) => Promise<void>;

/** Wraps a route handler so that it runs only for callers who may, and leaves its audit event. */
export interface Guard {
  (rule: RouteRule, handler: GuardedHandler): RequestHandler;
  /** Whether the caller holds a further permission. */
  allows(caller: Caller, permission: BasicPermission): Promise<boolean>;
}

/** The one place where credentials, permissions, grants and audit meet routes. */
export function createGuard(deps: {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  auditor: AuditorService;
  grants: GrantService;
}): Guard {
  const { httpAuth, permissions, auditor, grants } = deps;

  const allows = async (
    credentials: BackstageCredentials,
    permission: BasicPermission,
  ) => {
    const [decision] = await permissions.authorize([{ permission }], {
      credentials,
    });
    return decision.result === AuthorizeResult.ALLOW;
  };

  const admit = async (req: Request, rule: RouteRule): Promise<Caller> => {
    const credentials = await httpAuth.credentials(req, {
      allow: rule.principals ?? ['user', 'service'],
    });
    const needed =
      typeof rule.permission === 'function'
        ? await rule.permission(req)
        : rule.permission;
    const { principal } = credentials;
    const person = principal.type === 'user';
    const grantId = req.header(GRANT_HEADER);
    if (!person && grantId && rule.grant) {
      const grant = await grants.redeem(grantId, await rule.grant(req));
      return { ref: grant.initiator, kind: 'service', credentials };
    }
    for (const permission of needed === 'none' ? [] : [needed].flat()) {
      if (!(await allows(credentials, permission))) {
        throw new NotAllowedError(
          `Permission '${permission.name}' is needed for this; ask the people who run the portal's permission policy`,
        );
      }
    }
    return {
      ref: person ? principal.userEntityRef : principal.subject,
      kind: person ? 'user' : 'service',
      credentials,
    };
  };

  const guard = (rule: RouteRule, handler: GuardedHandler): RequestHandler =>
    async function guarded(req, res) {
      if (!rule.audit) {
        await handler(req, res, await admit(req, rule));
        return;
      }
      const { severityLevel = 'medium' } = rule.audit;
      const event = await auditor.createEvent({
        eventId: rule.audit.eventId,
        severityLevel:
          typeof severityLevel === 'function'
            ? severityLevel(req)
            : severityLevel,
        request: req,
        meta: rule.audit.meta?.(req),
      });
      try {
        const caller = await admit(req, rule);
        await handler(req, res, caller);
        await event.success({ meta: { initiator: caller.ref } });
      } catch (error) {
        await event.fail({ error: error as Error });
        throw error;
      }
    };

  return Object.assign(guard, {
    allows: (caller: Caller, permission: BasicPermission) =>
      allows(caller.credentials, permission),
  });
}

/** Grant use of a route below `/meshes/:mesh`. */
export function meshGrantUse(
  operation: GrantOperation,
  environmentsOf: (mesh: string) => Promise<string[]>,
): (req: Request) => Promise<GrantUse> {
  return async req => ({
    operation,
    environments: await environmentsOf(req.params.mesh),
  });
}
