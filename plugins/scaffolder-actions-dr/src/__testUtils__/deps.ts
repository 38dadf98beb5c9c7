import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  createAlicloudAccounts,
  createKubernetesConnector,
  UNLIMITED_RATES,
  type AlicloudAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { CatalogDirectory } from '../catalog/CatalogDirectory';
import type { ActionDeps } from '../deps';
import { DEFAULT_APPLY_POLICY } from '../kubernetes/policy';

const refuse = (what: string) =>
  new Proxy(
    {},
    {
      get: (_, property) => () => {
        throw new Error(`${what}.${String(property)} must not be used here`);
      },
    },
  );

/** Tokens that say on whose behalf they are. */
export const fakeAuth = {
  getOwnServiceCredentials: async () => ({ principal: { type: 'service' } }),
  getPluginRequestToken: async ({ onBehalfOf }: any) => ({
    token: `token of ${
      onBehalfOf.principal.userEntityRef ?? onBehalfOf.principal.type
    }`,
  }),
} as unknown as AuthService;

/** A permission service that denies the permissions named. */
export function fakePermissions(denied: string[] = []): PermissionsService {
  return {
    authorize: async (requests: any[]) =>
      requests.map(({ permission }) => ({
        result: denied.includes(permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
  } as unknown as PermissionsService;
}

/** Dependencies of which only what a test gives may be used. */
export function createDeps(given: Partial<ActionDeps> = {}): ActionDeps {
  return {
    auth: fakeAuth,
    permissions: fakePermissions(),
    accounts: refuse('accounts') as AlicloudAccounts,
    kubernetes: refuse('kubernetes') as ActionDeps['kubernetes'],
    meshDr: refuse('meshDr') as ActionDeps['meshDr'],
    catalog: new CatalogDirectory(
      join(mkdtempSync(join(tmpdir(), 'mesh-dr-catalog-')), 'catalog'),
    ),
    applyPolicy: DEFAULT_APPLY_POLICY,
    pace: { minIntervalMs: 20, maxIntervalMs: 200, listingLagMs: 100 },
    ...given,
  };
}

export const quietLogger: any = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => quietLogger,
};

/** The local cloud as the only account. */
export function sandboxAccounts(sandbox: Sandbox): AlicloudAccounts {
  const { endpoint, accessKeyId, accessKeySecret } = sandbox;
  return createAlicloudAccounts(
    [
      {
        name: 'sandbox',
        credentials: { accessKeyId, accessKeySecret },
        regions: ['cn-hangzhou', 'cn-shanghai'],
        endpoints: {
          vpc: endpoint,
          cbn: endpoint,
          ecs: endpoint,
          cs: endpoint,
          servicemesh: endpoint,
          sts: endpoint,
        },
        rates: UNLIMITED_RATES,
      },
    ],
    { logger: quietLogger },
  );
}

/** Dependencies on the local cloud and its clusters; environments are kept nowhere. */
export function sandboxDeps(
  sandbox: Sandbox,
  given: Partial<ActionDeps> = {},
): ActionDeps {
  const accounts = sandboxAccounts(sandbox);
  return createDeps({
    accounts,
    kubernetes: createKubernetesConnector({
      alicloud: accounts,
      config: {
        apiServerAccess: 'public',
        allowedApiServers: ['127.0.0.0/8'],
        kubeconfigMinutes: 60,
      },
      logger: quietLogger,
    }),
    meshDr: {
      putEnvironment: async () => {},
      forgetEnvironment: async () => {},
    } as any,
    ...given,
  });
}
