import { meshReadPermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import type { RouteServices } from './types';

/** Durable operations. */
export function addOperationRoutes(
  router: Router,
  { guard, membership }: RouteServices,
): void {
  router.get(
    '/v1/operations/:id',
    guard({ permission: meshReadPermission }, async (req, res) => {
      res.json(await membership.getOperation(req.params.id));
    }),
  );
}
