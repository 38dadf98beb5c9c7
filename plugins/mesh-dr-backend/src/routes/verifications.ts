import {
  trafficVerifyPermission,
  verificationRequestSchema,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { parse } from './parse';
import type { RouteServices } from './types';

/** Traffic verification. */
export function addVerificationRoutes(
  router: Router,
  { guard, verification, fleet }: RouteServices,
): void {
  router.post(
    '/v1/verifications',
    guard(
      {
        permission: trafficVerifyPermission,
        reads: { target: req => parse(verificationRequestSchema, req.body) },
        grant: async req => ({
          operation: 'traffic.verify',
          environments: await fleet.environmentsOf(
            parse(verificationRequestSchema, req.body).meshId,
          ),
        }),
        audit: {
          eventId: 'traffic-verify',
          severityLevel: 'low',
          meta: req => ({ meshId: String(req.body?.meshId) }),
        },
      },
      async (req, res) => {
        const request = parse(verificationRequestSchema, req.body);
        res.json(await verification.verify(request));
      },
    ),
  );
}
