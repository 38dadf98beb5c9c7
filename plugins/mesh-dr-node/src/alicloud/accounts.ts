import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import DefaultCredential from '@alicloud/credentials';
import { readAccounts, type AccountConfig } from '../config';
import { createAckApi } from './ack';
import { createAsmApi } from './asm';
import { createCenApi } from './cen';
import { createEcsApi } from './ecs';
import type { Credentials } from './popcore';
import { createStsApi } from './sts';
import {
  createTransport,
  type AlicloudTransport,
  type TransportTiming,
} from './transport';
import type { Alicloud, AlicloudAccounts } from './types';
import { createVpcApi } from './vpc';

/**
 * Creates the clients of all accounts. Nothing is sent before the first call.
 *
 * @param accounts - as `readAccounts` returns them
 */
export function createAlicloudAccounts(
  accounts: AccountConfig[],
  options: { logger: LoggerService; timing?: Partial<TransportTiming> },
): AlicloudAccounts {
  const clients = new Map<string, Alicloud>();
  for (const account of accounts) {
    const transport = createTransport({
      credentials: credentialsOf(account),
      endpoints: account.endpoints,
      defaultRegion: account.regions[0],
      logger: options.logger,
      timing: options.timing,
      rates: account.rates,
    });
    clients.set(account.name, createAlicloud(account.name, transport));
  }
  return {
    names: () => [...clients.keys()],
    get(name) {
      const wanted = name ?? accounts[0]?.name;
      const client = wanted === undefined ? undefined : clients.get(wanted);
      if (!client) {
        throw new NotFoundError(
          `No Alibaba Cloud account '${wanted}' is configured under meshDr.alicloud.accounts; configured: ${
            [...clients.keys()].join(', ') || 'none'
          }`,
        );
      }
      return client;
    },
  };
}

/** The clients of all products over one transport. */
export function createAlicloud(
  account: string,
  transport: AlicloudTransport,
): Alicloud {
  return {
    account,
    vpc: createVpcApi(transport),
    cen: createCenApi(transport),
    ecs: createEcsApi(transport),
    ack: createAckApi(transport),
    asm: createAsmApi(transport),
    sts: createStsApi(transport),
  };
}

/** Fixed keys, or the default credential chain, asked anew for every call. */
export function credentialsOf(
  account: AccountConfig,
): () => Promise<Credentials> {
  const fixed = account.credentials;
  if (fixed) return async () => fixed;
  let chain: DefaultCredential | undefined;
  return async () => {
    // Created on first use: the chain reads files and may ask the metadata service.
    const used = (chain ??= new DefaultCredential());
    const found = await used.getCredential().catch(error => {
      // After a failure the chain sticks to a provider that cannot work; the next call starts with a new one.
      chain = undefined;
      throw error;
    });
    if (!found.accessKeyId || !found.accessKeySecret) {
      throw new Error('the default credential chain returned no access key');
    }
    return {
      accessKeyId: found.accessKeyId,
      accessKeySecret: found.accessKeySecret,
      securityToken: found.securityToken || undefined,
    };
  };
}

/** The configured Alibaba Cloud accounts, shared by all plugins of the backend. */
export const alicloudServiceRef = createServiceRef<AlicloudAccounts>({
  id: 'mesh-dr.alicloud',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.rootLogger,
      },
      factory: ({ config, logger }) =>
        createAlicloudAccounts(readAccounts(config), {
          logger: logger.child({ service: 'mesh-dr.alicloud' }),
        }),
    }),
});
