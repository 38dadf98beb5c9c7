import {
  serviceReadPermission,
  simulationRequestSchema,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, Router } from 'express';
import type { RouteRule } from '../access/guard';
import { bodyOf } from '../topology/body';
import { tagged } from './etag';
import { parse, servicesQuerySchema } from './parse';
import { sendShared } from './sendShared';
import type { RouteServices } from './types';
import { simulateFor } from '../whatif/simulateFor';

/** Services and their regional topology, answered from memory. */
export function addServiceRoutes(
  router: Router,
  { breakGlass, guard, readers, simulation, topology }: RouteServices,
): void {
  const serviceOf = (req: Request) => ({
    meshId: req.params.mesh,
    namespace: req.params.namespace,
    name: req.params.name,
  });
  const aboutService: RouteRule = {
    permission: serviceReadPermission,
    reads: { target: serviceOf },
  };

  router.get(
    '/v1/meshes/:mesh/services',
    guard({ permission: serviceReadPermission }, async (req, res, caller) => {
      const { labels, ...query } = parse(servicesQuerySchema, req.query);
      const { mesh: meshId } = req.params;
      const { sees } = await readers.visibleIn(caller.credentials, meshId);
      const page = await topology.list({ meshId, ...query, labels, sees });
      res.json(tagged(res, page));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/services/:namespace/:name/topology',
    guard(aboutService, async (req, res) => {
      const found = await topology.get(serviceOf(req));
      res.setHeader('ETag', `"${found.version}"`);
      res.setHeader('Cache-Control', 'private, no-cache');
      // Express compares If-None-Match with the ETag set above.
      if (req.fresh) {
        res.status(304).end();
        return;
      }
      await sendShared(req, res, bodyOf(found));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/services/:namespace/:name/break-glass',
    guard(
      {
        ...aboutService,
        audit: {
          eventId: 'break-glass-download',
          severityLevel: 'low',
          meta: req => ({ service: { ...req.params } }),
        },
      },
      async (req, res) => {
        res.json(await breakGlass.bundle(serviceOf(req)));
      },
    ),
  );

  router.post(
    '/v1/meshes/:mesh/simulations',
    guard({ permission: serviceReadPermission }, async (req, res, caller) => {
      const request = parse(simulationRequestSchema, req.body);
      res.json(
        await simulateFor(
          { readers, simulation },
          caller.credentials,
          req.params.mesh,
          request,
        ),
      );
    }),
  );
}
