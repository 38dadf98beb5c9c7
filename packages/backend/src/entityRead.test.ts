import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import { catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import permissionPlugin from '@backstage/plugin-permission-backend';
import {
  AuthorizeResult,
  isPermission,
} from '@backstage/plugin-permission-common';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import meshDrPlugin from '@mesh-dr/backstage-plugin-mesh-dr-backend';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const TEAM = 'group:default/team';

/** Everybody reads what their groups own in the catalog, and everything else that is asked for. */
const ownOnly = createBackendModule({
  pluginId: 'permission',
  moduleId: 'own-only',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint, logger: coreServices.logger },
      async init({ policy }) {
        policy.setPolicy({
          handle: async ({ permission }, user) =>
            isPermission(permission, catalogEntityReadPermission)
              ? createCatalogConditionalDecision(
                  permission,
                  catalogConditions.isEntityOwner({
                    claims: user?.info.ownershipEntityRefs ?? [],
                  }),
                )
              : { result: AuthorizeResult.ALLOW },
        });
      },
    });
  },
});

/** As the portal's own: a plugin that asks for a person says so, which the stand-in for tests leaves out. */
const askedByPlugins = createServiceFactory({
  service: coreServices.httpAuth,
  deps: { plugin: coreServices.pluginMetadata },
  factory: ({ plugin }) => {
    const httpAuth = mockServices.httpAuth({ pluginId: plugin.getId() });
    return {
      issueUserCookie: httpAuth.issueUserCookie.bind(httpAuth),
      credentials: async (req: any, options: any) => {
        const credentials: any = await httpAuth.credentials(req, options);
        const { principal } = credentials;
        return plugin.getId() === 'permission' && principal.type === 'user'
          ? {
              ...credentials,
              principal: {
                ...principal,
                actor: { type: 'service', subject: 'plugin:other' },
              },
            }
          : credentials;
      },
    };
  },
});

const component = (name: string, owner: string, annotation: string) => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations: { ${annotation} }
spec: { type: service, lifecycle: production, owner: '${owner}' }
`;

/** The catalog, the permission framework and the plugin as a portal has them; nobody of them is a stand-in. */
describe('who reads a service when the policy leaves it to conditions of the catalog', () => {
  let folder: string;
  let stop: () => Promise<void>;
  let port: number;

  const ask = (path: string, authorization: string) =>
    fetch(`http://localhost:${port}/api${path}`, {
      headers: { authorization },
    });
  const as = (name: string) =>
    mockCredentials.user.header(`user:default/${name}`);
  const topology = async (service: string, authorization: string) =>
    (
      await ask(
        `/mesh-dr/v1/meshes/m/services/default/${service}/topology`,
        authorization,
      )
    ).status;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-dr-'));
    const file = join(folder, 'entities.yaml');
    writeFileSync(
      file,
      [
        component('reviews', TEAM, 'mesh-dr.io/host: reviews.default'),
        component(
          'ratings',
          'group:default/other',
          'mesh-dr.io/host: ratings.default',
        ),
      ].join('---'),
    );
    const knex = await databases.init('SQLITE_3');
    const catalogKnex = await databases.init('SQLITE_3');
    const permissionKnex = await databases.init('SQLITE_3');
    const knexes: Record<string, typeof knex> = {
      catalog: catalogKnex,
      permission: permissionKnex,
    };
    const backend = await startTestBackend({
      features: [
        catalogPlugin,
        permissionPlugin,
        ownOnly,
        meshDrPlugin,
        permissionsServiceFactory,
        askedByPlugins,
        createServiceFactory({
          service: coreServices.database,
          deps: { plugin: coreServices.pluginMetadata },
          factory: ({ plugin }) => ({
            getClient: async () => knexes[plugin.getId()] ?? knex,
          }),
        }),
        mockServices.rootConfig.factory({
          data: {
            permission: { enabled: true },
            catalog: {
              processingInterval: { minutes: 5 },
              rules: [{ allow: ['Component', 'Location'] }],
              locations: [{ type: 'file', target: file }],
            },
          },
        }),
        createServiceFactory({
          service: coreServices.userInfo,
          deps: {},
          factory: () => ({
            getUserInfo: async ({ principal }: any) => ({
              userEntityRef: principal.userEntityRef,
              ownershipEntityRefs: [
                principal.userEntityRef,
                ...(principal.userEntityRef.endsWith('/olivia') ? [TEAM] : []),
              ],
            }),
          }),
        }),
      ],
    });
    stop = () => backend.stop();
    port = (backend.server.address() as AddressInfo).port;
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
    for (;;) {
      const answer = await ask(
        '/catalog/entities/by-query?filter=kind=component',
        mockCredentials.service.header(),
      );
      const { items = [] } = (await answer.json()) as { items?: object[] };
      if (items.length === 2) break;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['its owner', as('olivia'), 'reviews', 404],
    ['the owner of something else', as('olivia'), 'ratings', 403],
    ['who owns nothing', as('rita'), 'reviews', 403],
    ['who owns nothing, where nobody does', as('rita'), 'details', 404],
    [
      'another service of the portal',
      mockCredentials.service.header(),
      'reviews',
      404,
    ],
  ])('%s', async (_, authorization, service, status) => {
    // There is no mesh: whoever is let in is told so.
    expect(await topology(service, authorization)).toBe(status);
  });

  it.each([
    [as('olivia'), 1],
    [as('rita'), 0],
    [mockCredentials.service.header(), 1],
  ])('lists of changes: %s sees %d', async (authorization, count) => {
    const answer = await ask('/mesh-dr/v1/changes', authorization);
    const { items } = (await answer.json()) as { items: object[] };
    expect([answer.status, items.length]).toEqual([200, count]);
  });
});
