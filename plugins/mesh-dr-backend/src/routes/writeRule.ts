import { NotAllowedError } from '@backstage/errors';
import {
  changeBreakGlassPermission,
  type RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request } from 'express';
import type { RouteRule } from '../access/guard';
import type { RouteServices } from './types';

/** Whether a request asks to set guardrails aside; malformed lists are refused by the schema later. */
function breaksGlass(req: Request): boolean {
  const overrides: unknown = req.body?.overrides;
  return Array.isArray(overrides) && overrides.length > 0;
}

/** Makes the rules that stand around routes which change locality rules. */
export function ruleWriting({
  fleet,
  ownership,
}: Pick<RouteServices, 'fleet' | 'ownership'>) {
  return (
    eventId: string,
    targetOf: (req: Request) => RuleTarget | Promise<RuleTarget>,
  ): RouteRule => ({
    permission: async req => [
      ownership.changing(await targetOf(req)),
      ...(breaksGlass(req) ? [{ permission: changeBreakGlassPermission }] : []),
    ],
    reads: { target: targetOf, stored: true },
    grant: async req => {
      if (breaksGlass(req)) {
        throw new NotAllowedError(
          'A grant does not cover overrides; only a person may set guardrails aside',
        );
      }
      const target = await targetOf(req);
      return {
        operation: 'rule.change',
        environments: await fleet.environmentsOf(target.meshId),
        ...(target.scope === 'mesh'
          ? { meshRule: true }
          : { service: await ownership.owned(target) }),
      };
    },
    audit: {
      eventId,
      severityLevel: req => (breaksGlass(req) ? 'high' : 'medium'),
      meta: req => ({
        ...(req.params.id && {
          [eventId.startsWith('shift') ? 'shiftId' : 'changeId']: req.params.id,
        }),
        ...(breaksGlass(req) && { overrides: req.body.overrides }),
        ...(typeof req.body?.reason === 'string' && {
          reason: req.body.reason,
        }),
        ...(req.body?.target && { target: req.body.target }),
      }),
    },
  });
}
