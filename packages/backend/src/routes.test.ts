import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type EvaluatePermissionRequest,
} from '@backstage/plugin-permission-common';
import { startSandbox } from '@mesh-dr/alicloud-sandbox';
import meshDrPlugin from '@mesh-dr/backstage-plugin-mesh-dr-backend';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { RolePolicy } from './rolePolicy';

const root = (file: string) =>
  readFileSync(join(__dirname, '../../..', file), 'utf8');

/** The people of the sandbox configuration, by what they show. */
const PEOPLE = {
  reader: 'rita',
  owner: 'olivia',
  secondOwner: 'oscar',
  approver: 'amara',
  platform: 'pavel',
} as const;
type Person = keyof typeof PEOPLE;

const EVERYBODY: Person[] = [
  'reader',
  'owner',
  'secondOwner',
  'approver',
  'platform',
];
const OWNERS: Person[] = ['owner', 'secondOwner', 'platform'];
const APPROVERS: Person[] = ['approver', 'platform'];
const PLATFORM: Person[] = ['platform'];
const NOBODY: Person[] = [];

const service = {
  scope: 'service',
  meshId: 'm',
  namespace: 'default',
  name: 'reviews',
};
const { scope: _, ...shifted } = service;
const off = { intent: { mode: 'off' }, reason: 'because' };
const reason = { reason: 'because' };
const grant = (...operations: string[]) => ({ environment: '*', operations });

/** Method, path, who may, and a body that the route understands. The paths are those of openapi.yaml. */
const TABLE: [string, string, Person[], object?][] = [
  ['GET', '/openapi.yaml', EVERYBODY],
  ['GET', '/v1/meshes', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/network', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/candidates', EVERYBODY],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/preflight', EVERYBODY],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/join', PLATFORM],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/leave', PLATFORM],
  ['GET', '/v1/operations/{id}', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/services', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/services/{namespace}/{name}/topology', EVERYBODY],
  ['POST', '/v1/meshes/{mesh}/simulations', EVERYBODY, { targets: [] }],
  [
    'GET',
    '/v1/meshes/{mesh}/services/{namespace}/{name}/break-glass',
    EVERYBODY,
  ],
  ['POST', '/v1/previews', EVERYBODY, { target: service, intent: off.intent }],
  ['GET', '/v1/changes', EVERYBODY],
  ['POST', '/v1/changes', OWNERS, { target: service, ...off }],
  [
    'POST',
    '/v1/changes',
    PLATFORM,
    { target: { scope: 'mesh', meshId: 'm' }, ...off },
  ],
  [
    'POST',
    '/v1/changes',
    PLATFORM,
    { target: service, ...off, overrides: ['freeze-window'] },
  ],
  ['GET', '/v1/changes/{id}', EVERYBODY],
  ['GET', '/v1/changes/{id}/export', EVERYBODY],
  ['POST', '/v1/changes/{id}/approve', APPROVERS],
  ['POST', '/v1/changes/{id}/reject', APPROVERS, reason],
  ['POST', '/v1/changes/{id}/rollback', OWNERS, reason],
  [
    'POST',
    '/v1/changes/{id}/rollback',
    PLATFORM,
    { ...reason, overrides: ['approval'] },
  ],
  ['GET', '/v1/audit', EVERYBODY],
  ['GET', '/v1/shifts', EVERYBODY],
  [
    'POST',
    '/v1/shifts',
    OWNERS,
    {
      target: shifted,
      from: 'cn-hangzhou',
      to: 'cn-shanghai',
      steps: [100],
      holdSeconds: 1,
      outlierDetection: {},
      ...reason,
    },
  ],
  ['GET', '/v1/shifts/{id}', EVERYBODY],
  ['POST', '/v1/shifts/{id}/abort', OWNERS, reason],
  [
    'POST',
    '/v1/verifications',
    EVERYBODY,
    { meshId: 'm', namespace: 'default', name: 'reviews', requests: 1 },
  ],
  ['GET', '/v1/grants', EVERYBODY],
  ['POST', '/v1/grants', OWNERS, grant('rule.change')],
  ['POST', '/v1/grants', EVERYBODY, grant('traffic.verify')],
  ['POST', '/v1/grants', PLATFORM, grant('environment.provision')],
  ['POST', '/v1/grants', PLATFORM, grant('rule.change', 'cluster.join')],
  ['DELETE', '/v1/grants/{id}', OWNERS],
  // Only services redeem.
  [
    'POST',
    '/v1/grants/{id}/redeem',
    NOBODY,
    { operation: 'rule.change', environment: '*' },
  ],
  ['POST', '/v1/environment-previews', PLATFORM, { spec: {} }],
  ['GET', '/v1/vpcs', EVERYBODY],
  ['GET', '/v1/environments', EVERYBODY],
  ['GET', '/v1/environments/{name}', EVERYBODY],
  ['PUT', '/v1/environments/{name}', PLATFORM, {}],
  ['DELETE', '/v1/environments/{name}', PLATFORM],
  ['GET', '/v1/environments/{name}/removal', PLATFORM],
  ['POST', '/v1/environments/{name}/drift', EVERYBODY],
];

const PRODUCTS = ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

describe('who may do what', () => {
  let stop: () => Promise<void>;
  let port: number;
  let documented: string[];

  /** The status of an answer; the connection is not kept. */
  const call = (
    method: string,
    path: string,
    person: Person,
    body?: object,
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const asked = request(
        {
          port,
          method,
          path: `/api/mesh-dr${path.replace(/\{\w+\}/g, 'x')}`,
          agent: false,
          headers: {
            authorization: mockCredentials.user.header(
              `user:default/${PEOPLE[person]}`,
            ),
            ...(text && { 'content-type': 'application/json' }),
          },
        },
        answer => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode!));
        },
      );
      asked.on('error', reject);
      asked.end(text);
    });

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
          authorize: async (
            requests: EvaluatePermissionRequest[],
            options?: { credentials?: any },
          ) => {
            const ref = options?.credentials?.principal.userEntityRef;
            const info = {
              userEntityRef: ref,
              ownershipEntityRefs: [ref, ...(groups.get(ref) ?? [])],
            };
            return Promise.all(
              requests.map(({ permission }) =>
                policy.handle({ permission }, { info } as any),
              ),
            ) as Promise<{ result: AuthorizeResult.ALLOW }[]>;
          },
        }).factory,
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
      statuses.set(person, await call(method, route, person, body));
    }
    const passed = EVERYBODY.filter(
      person => ![401, 403].includes(statuses.get(person)!),
    );
    expect(passed).toEqual(allowed);
    // What was let through failed for want of the thing or a field, not of a right or by accident.
    passed.forEach(person => expect(statuses.get(person)).not.toBe(500));
  });
});
