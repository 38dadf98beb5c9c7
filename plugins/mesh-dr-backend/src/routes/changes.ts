import {
  changeApprovePermission,
  createChangeRequestSchema,
  previewRequestSchema,
  rollbackRequestSchema,
  serviceReadPermission,
  type Change,
  type RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Request, Router } from 'express';
import type { Caller, RouteRule } from '../access/guard';
import { reducedChange, reducedPreview } from '../access/reduced';
import { expectationOf, tagged } from './etag';
import { changesQuerySchema, parse, reasonSchema } from './parse';
import type { RouteServices } from './types';
import { ruleWriting } from './writeRule';

/** Previews and changes of locality rules. */
export function addChangeRoutes(router: Router, services: RouteServices): void {
  const { guard, changes, readers } = services;

  const writeRule = ruleWriting(services);
  const storedTarget = async (req: Request) =>
    (await changes.get(req.params.id)).target;
  const read: RouteRule = { permission: serviceReadPermission };
  const readStored: RouteRule = {
    ...read,
    reads: { target: storedTarget, stored: true },
  };
  /** Changes of a whole mesh as the caller may see them. */
  const viewOf = async (caller: Caller, { meshId }: RuleTarget) => {
    const visible = await readers.visibleIn(caller.credentials, meshId);
    return (change: Change) => reducedChange(change, visible);
  };
  const shown = async (caller: Caller, change: Change) =>
    (await viewOf(caller, change.target))(change);
  /** What the caller expects, compared with what the caller may see. */
  const expected = async (req: Request, caller: Caller) =>
    expectationOf(req, await viewOf(caller, await storedTarget(req)));
  // A service cannot stand in for the second person.
  const judge = (eventId: string): RouteRule => ({
    permission: changeApprovePermission,
    reads: { target: storedTarget, stored: true },
    principals: ['user'],
    audit: { eventId, meta: req => ({ changeId: req.params.id }) },
  });

  router.post(
    '/v1/previews',
    guard(
      {
        ...read,
        reads: { target: req => parse(previewRequestSchema, req.body).target },
      },
      async (req, res, { credentials }) => {
        const request = parse(previewRequestSchema, req.body);
        const { meshId } = request.target;
        const visible = await readers.visibleIn(credentials, meshId);
        res.json(reducedPreview(await changes.preview(request), visible));
      },
    ),
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
        res.status(201).json(tagged(res, await shown(caller, change)));
      },
    ),
  );

  router.get(
    '/v1/changes',
    guard(read, async (req, res, caller) => {
      const query = parse(changesQuerySchema, req.query);
      const page = await readers.page(caller.credentials, query, next =>
        changes.list(next),
      );
      const items = await Promise.all(
        page.items.map(change => shown(caller, change)),
      );
      res.json(tagged(res, { ...page, items }));
    }),
  );

  router.get(
    '/v1/changes/:id',
    guard(readStored, async (req, res, caller) => {
      const change = await changes.get(req.params.id);
      res.json(tagged(res, await shown(caller, change)));
    }),
  );

  router.get(
    '/v1/changes/:id/export',
    guard(readStored, async (req, res) => {
      res.json(tagged(res, await changes.export(req.params.id)));
    }),
  );

  router.post(
    '/v1/changes/:id/approve',
    guard(judge('change-approve'), async (req, res, caller) => {
      const { id } = req.params;
      const seen = await expected(req, caller);
      const change = await changes.approve(id, caller.ref, seen);
      res.json(tagged(res, await shown(caller, change)));
    }),
  );

  router.post(
    '/v1/changes/:id/reject',
    guard(judge('change-reject'), async (req, res, caller) => {
      const { reason } = parse(reasonSchema, req.body);
      const { id } = req.params;
      const seen = await expected(req, caller);
      const change = await changes.reject(id, reason, caller.ref, seen);
      res.json(tagged(res, await shown(caller, change)));
    }),
  );

  router.post(
    '/v1/changes/:id/rollback',
    guard(
      writeRule('change-rollback', storedTarget),
      async (req, res, caller) => {
        const request = parse(rollbackRequestSchema, req.body);
        const { id } = req.params;
        const seen = await expected(req, caller);
        const back = await changes.rollback(id, request, caller.ref, seen);
        res.status(201).json(tagged(res, await shown(caller, back)));
      },
    ),
  );
}
