import {
  changeApprovePermission,
  createChangeRequestSchema,
  previewRequestSchema,
  rollbackRequestSchema,
  serviceReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, Router } from 'express';
import type { RouteRule } from '../access/guard';
import { expectationOf, tagged } from './etag';
import { changesQuerySchema, parse, reasonSchema } from './parse';
import type { RouteServices } from './types';
import { ruleWriting } from './writeRule';

/** Previews and changes of locality rules. */
export function addChangeRoutes(router: Router, services: RouteServices): void {
  const { guard, changes } = services;

  const writeRule = ruleWriting(services);
  const storedTarget = async (req: Request) =>
    (await changes.get(req.params.id)).target;
  const read: RouteRule = { permission: serviceReadPermission };
  // A service cannot stand in for the second person.
  const judge = (eventId: string): RouteRule => ({
    permission: changeApprovePermission,
    principals: ['user'],
    audit: { eventId, meta: req => ({ changeId: req.params.id }) },
  });

  router.post(
    '/v1/previews',
    guard(read, async (req, res) => {
      res.json(await changes.preview(parse(previewRequestSchema, req.body)));
    }),
  );

  router.post(
    '/v1/changes',
    guard(
      writeRule(
        'change-create',
        req => parse(createChangeRequestSchema, req.body).target,
      ),
      async (req, res, caller) => {
        const request = parse(createChangeRequestSchema, req.body);
        const change = await changes.create(request, caller.ref);
        res.status(201).json(tagged(res, change));
      },
    ),
  );

  router.get(
    '/v1/changes',
    guard(read, async (req, res) => {
      const { mesh, ...query } = parse(changesQuerySchema, req.query);
      res.json(tagged(res, await changes.list({ ...query, mesh })));
    }),
  );

  router.get(
    '/v1/changes/:id',
    guard(read, async (req, res) => {
      res.json(tagged(res, await changes.get(req.params.id)));
    }),
  );

  router.get(
    '/v1/changes/:id/export',
    guard(read, async (req, res) => {
      res.json(tagged(res, await changes.export(req.params.id)));
    }),
  );

  router.post(
    '/v1/changes/:id/approve',
    guard(judge('change-approve'), async (req, res, caller) => {
      const expected = expectationOf(req);
      const { id } = req.params;
      const change = await changes.approve(id, caller.ref, expected);
      res.json(tagged(res, change));
    }),
  );

  router.post(
    '/v1/changes/:id/reject',
    guard(judge('change-reject'), async (req, res, caller) => {
      const { reason } = parse(reasonSchema, req.body);
      const expected = expectationOf(req);
      const { id } = req.params;
      const change = await changes.reject(id, reason, caller.ref, expected);
      res.json(tagged(res, change));
    }),
  );

  router.post(
    '/v1/changes/:id/rollback',
    guard(
      writeRule('change-rollback', storedTarget),
      async (req, res, caller) => {
        const request = parse(rollbackRequestSchema, req.body);
        const expected = expectationOf(req);
        const { id } = req.params;
        const back = await changes.rollback(id, request, caller.ref, expected);
        res.status(201).json(tagged(res, back));
      },
    ),
  );
}
