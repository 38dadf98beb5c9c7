import {
  createShiftRequestSchema,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import type { RouteRule } from '../access/guard';
import { parse, reasonSchema, shiftsQuerySchema } from './parse';
import type { RouteServices } from './types';
import { ruleWriting } from './writeRule';

/** Gradual shifts of a service's calls. */
export function addShiftRoutes(router: Router, services: RouteServices): void {
  const { guard, shifts } = services;
  const writeRule = ruleWriting(services);
  const read: RouteRule = { permission: serviceReadPermission };

  router.post(
    '/v1/shifts',
    guard(
      writeRule('shift-create', req => ({
        scope: 'service',
        ...parse(createShiftRequestSchema, req.body).target,
      })),
      async (req, res, caller) => {
        const request = parse(createShiftRequestSchema, req.body);
        res.status(201).json(await shifts.create(request, caller.ref));
      },
    ),
  );

  router.get(
    '/v1/shifts',
    guard(read, async (req, res) => {
      res.json(await shifts.list(parse(shiftsQuerySchema, req.query)));
    }),
  );

  router.get(
    '/v1/shifts/:id',
    guard(read, async (req, res) => {
      res.json(await shifts.get(req.params.id));
    }),
  );

  router.post(
    '/v1/shifts/:id/abort',
    guard(
      writeRule('shift-abort', async req => ({
        scope: 'service',
        ...(await shifts.get(req.params.id)).target,
      })),
      async (req, res, caller) => {
        const { reason } = parse(reasonSchema, req.body);
        res.json(await shifts.abort(req.params.id, reason, caller.ref));
      },
    ),
  );
}
