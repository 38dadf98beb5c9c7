import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  createGrantRequestSchema,
  grantManagePermission,
  meshRuleChangePermission,
  permissionForGrantOperation,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { tagged } from './etag';
import type { GrantInitiator } from '../grants/GrantService';
import { parse, redeemSchema } from './parse';
import type { RouteServices } from './types';

/** Operation grants: people create, list and revoke them; services redeem them. */
export function addGrantRoutes(
  router: Router,
  { guard, grants }: RouteServices,
): void {
  router.post(
    '/v1/grants',
    guard(
      {
        principals: ['user'],
        // Each operation asks for its own, below.
        permission: 'none',
        audit: {
          eventId: 'grant-create',
          severityLevel: 'high',
          meta: req => ({
            environment: String(req.body?.environment),
            operations: [].concat(req.body?.operations ?? []).map(String),
          }),
        },
      },
      async (req, res, caller) => {
        const request = parse(createGrantRequestSchema, req.body);
        const initiator: GrantInitiator = { ref: caller.ref, meshRules: false };
        for (const operation of request.operations) {
          const permission = permissionForGrantOperation(operation);
          const decision = await guard.decide(caller, permission);
          if (decision.result === AuthorizeResult.DENY) {
            throw new NotAllowedError(
              `A grant for '${operation}' needs permission '${permission.name}', which ${caller.ref} does not have; ask the people who run the portal's permission policy`,
            );
          }
          if (decision.result === AuthorizeResult.CONDITIONAL) {
            initiator.ruleConditions = decision.conditions;
          }
        }
        if (request.operations.includes('rule.change')) {
          initiator.meshRules = await guard.allows(
            caller,
            meshRuleChangePermission,
          );
        }
        res.status(201).json(await grants.create(request, initiator));
      },
    ),
  );

  router.get(
    '/v1/grants',
    guard(
      { permission: 'none', principals: ['user'] },
      async (_req, res, caller) => {
        const all = await guard.allows(caller, grantManagePermission);
        const items = await grants.list(all ? undefined : caller.ref);
        res.json(tagged(res, { items }));
      },
    ),
  );

  router.post(
    '/v1/grants/:id/redeem',
    guard(
      {
        permission: 'none',
        principals: ['service'],
        audit: {
          eventId: 'grant-redeem',
          meta: req => ({
            grantId: req.params.id,
            operation: String(req.body?.operation),
            environment: String(req.body?.environment),
          }),
        },
      },
      async (req, res) => {
        const { operation, environment } = parse(redeemSchema, req.body);
        res.json(
          await grants.redeem(req.params.id, {
            operation,
            environments: [environment],
          }),
        );
      },
    ),
  );

  router.delete(
    '/v1/grants/:id',
    guard(
      {
        permission: 'none',
        audit: {
          eventId: 'grant-revoke',
          severityLevel: 'high',
          meta: req => ({ grantId: req.params.id }),
        },
      },
      async (req, res, caller) => {
        const grant = await grants.get(req.params.id);
        if (
          grant.initiator !== caller.ref &&
          !(await guard.allows(caller, grantManagePermission))
        ) {
          throw new NotAllowedError(
            `This grant was given to somebody else; revoking it needs permission '${grantManagePermission.name}'`,
          );
        }
        res.json(await grants.revoke(req.params.id));
      },
    ),
  );
}
