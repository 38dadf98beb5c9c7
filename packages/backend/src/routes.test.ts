import type { PermissionsService } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { startSandbox } from '@mesh-dr/alicloud-sandbox';
import meshDrPlugin from '@mesh-dr/backstage-plugin-mesh-dr-backend';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import {
  EVERYBODY,
  off,
  OWNING_GROUP,
  PEOPLE,
  service,
  shifted,
  TABLE,
  type Person,
} from './__testUtils__/routeTable';
import { RolePolicy } from './rolePolicy';

const root = (file: string) =>
  readFileSync(join(__dirname, '../../..', file), 'utf8');

const PRODUCTS = ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const OUTSIDER = `user:default/${PEOPLE.outsider}`;
const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

describe('who may do what', () => {
  let stop: () => Promise<void>;
  let port: number;
  let documented: string[];

  /** An answer's status and text; the connection is not kept. */
  const send = (
    method: string,
    path: string,
    authorization: string,
    body?: object,
  ): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const asked = request(
        {
          port,
          method,
          path: `/api/mesh-dr${path.replace(/\{\w+\}/g, 'x')}`,
          agent: false,
          headers: {
            authorization,
            ...(text && { 'content-type': 'application/json' }),
          },
        },
        answer => {
          const chunks: Buffer[] = [];
          answer.on('data', chunk => chunks.push(chunk));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode!,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(text);
    });

  const call = (method: string, path: string, person: Person, body?: object) =>
    send(
      method,
      path,
      mockCredentials.user.header(`user:default/${PEOPLE[person]}`),
      body,
    );

  /** What the portal's permission backend does with a conditional decision: it asks the plugin that has the resource. */
  const applied = async (
    decision: PolicyDecision,
    resourceRef?: string,
  ): Promise<PolicyDecision> => {
    if (decision.result !== AuthorizeResult.CONDITIONAL || !resourceRef) {
      return decision;
    }
    const { conditions, resourceType } = decision;
    const { text } = await send(
      'POST',
      '/.well-known/backstage/permissions/apply-conditions',
      mockCredentials.service.header(),
      { items: [{ id: '1', resourceRef, resourceType, conditions }] },
    );
    return { result: JSON.parse(text).items[0].result };
  };

  beforeAll(async () => {
    const { meshDr } = parse(root('app-config.sandbox.yaml'));
    const policy = RolePolicy.fromConfig(
      mockServices.rootConfig({ data: { meshDr: { roles: meshDr.roles } } }),
    );
    const groups = new Map(
      parseAllDocuments(root('examples/demo-people.yaml'))
        .map(document => document.toJS())
        .filter(({ kind }) => kind === 'User')
        .map(({ metadata, spec }): [string, string[]] => [
          `user:default/${metadata.name}`,
          spec.memberOf.map((group: string) => `group:default/${group}`),
        ]),
    );
    const decide = async (
      requests: { permission: Permission; resourceRef?: string }[],
      options?: { credentials?: any },
    ) => {
      const ref = options?.credentials?.principal.userEntityRef;
      if (ref === OUTSIDER) {
        return requests.map(
          ({ permission }): PolicyDecision => ({
            result:
              permission.name === 'catalog.entity.read'
                ? AuthorizeResult.DENY
                : AuthorizeResult.ALLOW,
          }),
        );
      }
      const info = {
        userEntityRef: ref,
        ownershipEntityRefs: [ref, ...(groups.get(ref) ?? [])],
      };
      return Promise.all(
        requests.map(async ({ permission, resourceRef }) =>
          applied(
            await policy.handle({ permission }, { info } as any),
            resourceRef,
          ),
        ),
      );
    };
    const sandbox = await startSandbox({ timeScale: 100 });
    const knex = await databases.init('SQLITE_3');
    const backend = await startTestBackend({
      features: [
        meshDrPlugin,
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({
          data: {
            meshDr: {
              alicloud: {
                accounts: [
                  {
                    name: 'sandbox',
                    accessKeyId: sandbox.accessKeyId,
                    accessKeySecret: sandbox.accessKeySecret,
                    regions: ['cn-hangzhou'],
                    endpoints: Object.fromEntries(
                      PRODUCTS.map(product => [product, sandbox.endpoint]),
                    ),
                  },
                ],
              },
            },
          },
        }),
        mockServices.permissions.mock({
          authorize: decide as PermissionsService['authorize'],
          authorizeConditional: decide,
        }).factory,
        catalogServiceMock.factory({
          entities: [
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'Component',
              metadata: {
                name: 'reviews',
                namespace: 'default',
                annotations: { 'mesh-dr.io/host': 'reviews.default' },
              },
              relations: [{ type: 'ownedBy', targetRef: OWNING_GROUP }],
            },
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'Component',
              metadata: {
                // What the table's paths are about.
                name: 'x',
                namespace: 'default',
                annotations: { 'mesh-dr.io/host': 'x.x' },
              },
              relations: [{ type: 'ownedBy', targetRef: OWNING_GROUP }],
            },
          ],
        }),
      ],
    });
    stop = async () => {
      await backend.stop();
      await sandbox.stop();
    };
    port = (backend.server.address() as AddressInfo).port;
    // Whether somebody may act on a thing is judged by the thing.
    await knex('changes').insert({
      id: 'x',
      mesh_id: 'm',
      scope: 'service',
      namespace: 'default',
      name: 'reviews',
      status: 'rejected',
      requested_by: 'user:default/somebody',
      requested_at: '2026-01-01T00:00:00.000Z',
      reason: 'because',
      hash: 'h',
      intent: '{"mode":"off"}',
      before: '',
      after: '',
      findings: '[]',
      plan: '{"kind":"mesh","before":{},"after":{},"offFirst":false}',
    });
    await knex('shifts').insert({
      id: 'x',
      mesh_id: 'm',
      namespace: 'default',
      name: 'reviews',
      status: 'aborted',
      requested_by: 'user:default/somebody',
      requested_at: '2026-01-01T00:00:00.000Z',
      request: JSON.stringify({ target: shifted, steps: [100] }),
    });
    await knex('grants').insert({
      id: 'x',
      initiator: 'user:default/somebody',
      environment: '*',
      operations: '["rule.change"]',
      mesh_rules: false,
      created_at: '2026-01-01T00:00:00.000Z',
      expires_at: '2026-01-01T01:00:00.000Z',
    });
    const document = await fetch(
      `http://localhost:${port}/api/mesh-dr/openapi.yaml`,
    );
    const { paths } = parse(await document.text());
    documented = Object.entries<object>(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter(key => METHODS.includes(key))
        .map(method => `${method.toUpperCase()} ${path}`),
    );
  });
  afterAll(() => stop());

  it('tells the owner of another service what is missing and who can help', async () => {
    const { status, text } = await call('POST', '/v1/changes', 'secondOwner', {
      target: service,
      ...off,
    });
    expect(status).toBe(403);
    expect(JSON.parse(text).error.message).toBe(
      `Permission 'mesh-dr.rule.change' is needed for service default/reviews; ask its owners (${OWNING_GROUP}) or a platform operator`,
    );
  });

  it('leaves the grants of others to the platform role', async () => {
    const give = async (person: Person) => {
      const wish = { environment: '*', operations: ['traffic.verify'] };
      const { status, text } = await call('POST', '/v1/grants', person, wish);
      expect(status).toBe(201);
      return JSON.parse(text).id as string;
    };
    const seenBy = async (person: Person) =>
      JSON.parse((await call('GET', '/v1/grants', person)).text)
        .items.map(({ id }: { id: string }) => id)
        .sort();
    const [mine, theirs] = [await give('owner'), await give('secondOwner')];
    expect(await seenBy('owner')).toEqual([mine]);
    expect(await seenBy('secondOwner')).toEqual([theirs]);
    expect(await seenBy('reader')).toEqual([]);
    expect(await seenBy('platform')).toEqual(
      expect.arrayContaining([mine, theirs]),
    );
    const revoke = async (id: string, person: Person) =>
      (await call('DELETE', `/v1/grants/${id}`, person)).status;
    expect(await revoke(theirs, 'owner')).toBe(403);
    expect(await revoke(mine, 'owner')).toBe(200);
    expect(await revoke(theirs, 'platform')).toBe(200);
  });

  it('is settled for every route', () => {
    const settled = TABLE.map(([method, path]) => `${method} ${path}`);
    expect([...new Set(settled)].sort()).toEqual(documented.sort());
  });

  // As objects, because a row that is too short would be completed with a callback.
  it.each(
    TABLE.map(([method, route, allowed, body]) => ({
      method,
      route,
      allowed,
      body,
    })),
  )('$method $route for $allowed', async ({ method, route, allowed, body }) => {
    const statuses = new Map<Person, number>();
    for (const person of EVERYBODY) {
      const { status } = await call(method, route, person, body);
      statuses.set(person, status);
    }
    const passed = EVERYBODY.filter(
      person => ![401, 403].includes(statuses.get(person)!),
    );
    expect(passed).toEqual(allowed);
    // What was let through failed for want of the thing or a field, not of a right or by accident.
    passed.forEach(person => expect(statuses.get(person)).not.toBe(500));
  });
});
