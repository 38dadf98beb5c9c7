import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { alicloudServiceRef } from '../alicloud/accounts';
import { AlicloudError } from '../alicloud/errors';
import type { AlicloudAccounts, Kubeconfig } from '../alicloud/types';
import { readKubernetesConfig, type KubernetesConfig } from '../config';
import { createAddressGuard } from './address';
import { createKubernetesConnection } from './connection';
import { createSessionSource } from './session';
import type { KubernetesConnection, KubernetesConnector } from './types';
import type { WatchTiming } from './watch';

/**
 * Opens connections with kubeconfigs that the cloud hands out. They are kept in memory until shortly before they
 * expire; connections are shared, one per account and cluster.
 */
export function createKubernetesConnector(options: {
  alicloud: AlicloudAccounts;
  config: KubernetesConfig;
  logger: LoggerService;
  watchTiming?: Partial<WatchTiming>;
}): KubernetesConnector {
  const { alicloud, config, logger } = options;
  const connections = new Map<string, KubernetesConnection>();
  const guard = createAddressGuard(config.allowedApiServers);
  const privateIpAddress = config.apiServerAccess === 'private';

  const shared = (
    key: string,
    id: string,
    what: string,
    fetchKubeconfig: () => Promise<Kubeconfig>,
  ): KubernetesConnection => {
    const known = connections.get(key);
    if (known) return known;
    const connection = createKubernetesConnection({
      id,
      logger,
      watchTiming: options.watchTiming,
      sessions: createSessionSource({
        guard,
        fallbackLifeMs: config.kubeconfigMinutes * 60_000,
        fetchKubeconfig: () =>
          fetchKubeconfig().catch(error => {
            if (error instanceof AlicloudError && error.notFound) {
              throw new NotFoundError(
                `${what} ${id} does not exist: ${error.message}`,
              );
            }
            throw error;
          }),
      }),
    });
    connections.set(key, connection);
    return connection;
  };

  return {
    cluster: ({ account, regionId, clusterId }) => {
      const { ack } = alicloud.get(account);
      return shared(`${account} ${clusterId}`, clusterId, 'ACK cluster', () =>
        ack.userKubeconfig({
          regionId,
          clusterId,
          privateIpAddress,
          temporaryDurationMinutes: config.kubeconfigMinutes,
        }),
      );
    },
    mesh: ({ account, serviceMeshId }) => {
      const { asm } = alicloud.get(account);
      return shared(
        `${account} ${serviceMeshId}`,
        serviceMeshId,
        'service mesh',
        () => asm.meshKubeconfig({ serviceMeshId, privateIpAddress }),
      );
    },
  };
}

/** Connections to clusters and meshes, shared by all plugins of the backend. */
export const kubernetesServiceRef = createServiceRef<KubernetesConnector>({
  id: 'mesh-dr.kubernetes',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        alicloud: alicloudServiceRef,
        config: coreServices.rootConfig,
        logger: coreServices.rootLogger,
      },
      factory: ({ alicloud, config, logger }) =>
        createKubernetesConnector({
          alicloud,
          config: readKubernetesConfig(config),
          logger: logger.child({ service: 'mesh-dr.kubernetes' }),
        }),
    }),
});
