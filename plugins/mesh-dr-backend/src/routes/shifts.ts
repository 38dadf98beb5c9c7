import {
  createShiftRequestSchema,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, Router } from 'express';
import type { RouteRule } from '../access/guard';
import { expectationOf, tagged } from './etag';
import { parse, reasonSchema, shiftsQuerySchema } from './parse';
import type { RouteServices } from './types';
import { ruleWriting } from './writeRule';

/** Gradual shifts of a service's calls. */
export function addShiftRoutes(router: Router, services: RouteServices): void {
  const { guard, shifts, readers } = services;
  const writeRule = ruleWriting(services);
  const read: RouteRule = { permission: serviceReadPermission };
  const storedTarget = async (req: Request) =>
    (await shifts.get(req.params.id)).target;

  router.post(
    '/v1/shifts',
    guard(
      writeRule('shift-create', req => ({
        scope: 'service',
        ...parse(createShiftRequestSchema, req.body).target,
      })),
      async (req, res, caller) => {
        const request = parse(createShiftRequestSchema, req.body);
        const shift = await shifts.create(request, caller.ref);
        res.status(201).json(tagged(res, shift));
      },
    ),
  );

  router.get(
    '/v1/shifts',
    guard(read, async (req, res, caller) => {
      const query = parse(shiftsQuerySchema, req.query);
      const page = await readers.page(caller.credentials, query, next =>
        shifts.list(next),
      );
      res.json(tagged(res, page));
    }),
  );

  router.get(
    '/v1/shifts/:id',
    guard(
      { ...read, reads: { target: storedTarget, stored: true } },
      async (req, res) => {
        res.json(tagged(res, await shifts.get(req.params.id)));
      },
    ),
  );

  for (const act of ['pause', 'resume', 'abort'] as const) {
    router.post(
      `/v1/shifts/:id/${act}`,
      guard(
        writeRule(`shift-${act}`, async req => ({
          scope: 'service',
          ...(await storedTarget(req)),
        })),
        async (req, res, caller) => {
          const { reason } = parse(reasonSchema, req.body);
          const expected = expectationOf(req);
          const { id } = req.params;
          const shift = await shifts[act](id, reason, caller.ref, expected);
          res.json(tagged(res, shift));
        },
      ),
    );
  }
}
