import type {
  AuditorService,
  AuditorServiceEventSeverityLevel,
  BackstageCredentials,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type {
  BasicPermission,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import {
  GRANT_HEADER,
  type GrantOperation,
  type RuleTarget,
  type ServiceResource,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, RequestHandler, Response } from 'express';
import type { GrantService, GrantUse } from '../grants/GrantService';
import { allows, authorize, decide, type Need } from './authorize';
import type { ServiceReaders } from './ServiceReaders';

/** In whose name a request acts. */
export interface Caller {
  /** Entity ref of a person, or the subject of a service. */
  ref: string;
  kind: 'user' | 'service';
  credentials: BackstageCredentials;
}

/** What stands around a route: the permission it needs, the grant that may stand in, the audit event it leaves. */
export interface RouteRule {
  /** `none` where the handler itself decides by what belongs to whom. */
  permission:
    | BasicPermission
    | 'none'
    // All of them are needed.
    | ((req: Request) => Need[] | Promise<Need[]>);
  /**
   * What is told about: where it is a service, whoever asks has to be allowed to read the catalog's entities that stand for
   * it, too. `stored`: what was written down of it, whether or not it still runs.
   */
  reads?: {
    target(
      req: Request,
    ): RuleTarget | ServiceResource | Promise<RuleTarget | ServiceResource>;
    stored?: true;
  };
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
  /** The policy's answer, with its conditions where it depends on the resource. */
  decide(caller: Caller, permission: Permission): Promise<PolicyDecision>;
}

/** The one place where credentials, permissions, grants and audit meet routes. */
export function createGuard(deps: {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  auditor: AuditorService;
  grants: GrantService;
  readers: ServiceReaders;
}): Guard {
  const { httpAuth, permissions, auditor, grants, readers } = deps;

  const admit = async (req: Request, rule: RouteRule): Promise<Caller> => {
    const credentials = await httpAuth.credentials(req, {
      allow: rule.principals ?? ['user', 'service'],
    });
    const needed = await needs(rule, req);
    const { principal } = credentials;
    const person = principal.type === 'user';
    const grantId = req.header(GRANT_HEADER);
    if (!person && grantId && rule.grant) {
      const grant = await grants.redeem(grantId, await rule.grant(req));
      return { ref: grant.initiator, kind: 'service', credentials };
    }
    for (const need of needed) {
      await authorize(permissions, credentials, need);
    }
    const told = await rule.reads?.target(req);
    if (told && 'name' in told) {
      await (rule.reads!.stored
        ? readers.assertReads(credentials, told)
        : readers.assertReadsNow(credentials, told));
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
      allows(permissions, caller.credentials, { permission }),
    decide: (caller: Caller, permission: Permission) =>
      decide(permissions, caller.credentials, permission),
  });
}

async function needs({ permission }: RouteRule, req: Request): Promise<Need[]> {
  if (permission === 'none') return [];
  return typeof permission === 'function' ? permission(req) : [{ permission }];
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
