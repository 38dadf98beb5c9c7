import {
  environmentDestroyPermission,
  environmentProvisionPermission,
  meshReadPermission,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Router } from 'express';
import type { RouteRule } from '../access/guard';
import { expectationOf, tagged } from './etag';
import {
  accountQuerySchema,
  environmentPreviewSchema,
  parse,
  putEnvironmentSchema,
  vpcsQuerySchema,
} from './parse';
import type { RouteServices } from './types';

/** Environments that templates made: tasks report them, people see how the cloud differs from them. */
export function addEnvironmentRoutes(
  router: Router,
  { guard, environments }: RouteServices,
): void {
  const read: RouteRule = { permission: meshReadPermission };

  router.get(
    '/v1/environments',
    guard(read, async (_req, res) => {
      res.json(tagged(res, { items: await environments.list() }));
    }),
  );

  router.post(
    '/v1/environment-previews',
    guard({ permission: environmentProvisionPermission }, async (req, res) => {
      const { spec } = parse(environmentPreviewSchema, req.body);
      res.json(await environments.preview(spec));
    }),
  );

  router.get(
    '/v1/vpcs',
    guard(read, async (req, res) => {
      const query = parse(vpcsQuerySchema, req.query);
      res.json(tagged(res, { items: await environments.vpcs(query) }));
    }),
  );

  router.get(
    '/v1/environments/:name/removal',
    guard({ permission: environmentDestroyPermission }, async (req, res) => {
      const { account } = parse(accountQuerySchema, req.query);
      const { name } = req.params;
      res.json(tagged(res, await environments.planRemoval({ name, account })));
    }),
  );

  router.get(
    '/v1/environments/:name',
    guard(read, async (req, res) => {
      res.json(tagged(res, await environments.get(req.params.name)));
    }),
  );

  router.put(
    '/v1/environments/:name',
    guard(
      {
        permission: environmentProvisionPermission,
        grant: req => ({
          operation: 'environment.provision',
          environments: [req.params.name],
        }),
        audit: {
          eventId: 'environment-put',
          meta: req => ({
            environment: req.params.name,
            status: String(req.body?.status),
          }),
        },
      },
      async (req, res, caller) => {
        const request = parse(putEnvironmentSchema, req.body);
        const expected = expectationOf(req);
        const { name } = req.params;
        res.json(await environments.put(name, request, caller.ref, expected));
      },
    ),
  );

  router.delete(
    '/v1/environments/:name',
    guard(
      {
        permission: environmentDestroyPermission,
        grant: req => ({
          operation: 'environment.destroy',
          environments: [req.params.name],
        }),
        audit: {
          eventId: 'environment-forget',
          meta: req => ({ environment: req.params.name }),
        },
      },
      async (req, res) => {
        await environments.forget(req.params.name, expectationOf(req));
        res.status(204).end();
      },
    ),
  );

  router.post(
    '/v1/environments/:name/drift',
    guard(read, async (req, res) => {
      res.json(await environments.check(req.params.name));
    }),
  );
}
