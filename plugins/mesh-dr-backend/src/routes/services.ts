import {
  serviceReadPermission,
  simulationRequestSchema,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import { bodyOf } from '../topology/body';
import { tagged } from './etag';
import { parse, servicesQuerySchema } from './parse';
import type { RouteServices } from './types';

/** Services and their regional topology, answered from memory. */
export function addServiceRoutes(
  router: Router,
  { breakGlass, guard, simulation, topology }: RouteServices,
): void {
  router.get(
    '/v1/meshes/:mesh/services',
    guard({ permission: serviceReadPermission }, async (req, res) => {
      const query = parse(servicesQuerySchema, req.query);
      const { mesh: meshId } = req.params;
      res.json(tagged(res, await topology.list({ meshId, ...query })));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/services/:namespace/:name/topology',
    guard({ permission: serviceReadPermission }, async (req, res) => {
      const { mesh, namespace, name } = req.params;
      const found = await topology.get({ meshId: mesh, namespace, name });
      res.setHeader('ETag', `"${found.version}"`);
      res.setHeader('Cache-Control', 'private, no-cache');
      // Express compares If-None-Match with the ETag set above.
      if (req.fresh) {
        res.status(304).end();
        return;
      }
      res.type('json').send(bodyOf(found));
    }),
  );

  router.get(
    '/v1/meshes/:mesh/services/:namespace/:name/break-glass',
    guard(
      {
        permission: serviceReadPermission,
        audit: {
          eventId: 'break-glass-download',
          severityLevel: 'low',
          meta: req => ({ service: { ...req.params } }),
        },
      },
      async (req, res) => {
        const { mesh, namespace, name } = req.params;
        res.json(await breakGlass.bundle({ meshId: mesh, namespace, name }));
      },
    ),
  );

  router.post(
    '/v1/meshes/:mesh/simulations',
    guard({ permission: serviceReadPermission }, async (req, res) => {
      const request = parse(simulationRequestSchema, req.body);
      res.json(await simulation.simulate(req.params.mesh, request));
    }),
  );
}
