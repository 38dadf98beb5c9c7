import {
  clusterJoinPermission,
  meshReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { tagged } from './etag';
import type { RouteServices } from './types';

/** Durable operations. */
export function addOperationRoutes(
  router: Router,
  { guard, membership }: RouteServices,
): void {
  router.get(
    '/v1/operations/:id',
    guard({ permission: meshReadPermission }, async (req, res) => {
      res.json(tagged(res, await membership.getOperation(req.params.id)));
    }),
  );

  router.post(
    '/v1/operations/:id/cancel',
    guard(
      {
        permission: clusterJoinPermission,
        audit: {
          eventId: 'operation-cancel',
          meta: req => ({ operationId: req.params.id }),
        },
      },
      async (req, res, caller) => {
        res.json(await membership.cancel(req.params.id, caller.ref));
      },
    ),
  );
}
