import { mockServices } from '@backstage/backend-test-utils';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  createAlicloudAccounts,
  createKubernetesConnector,
  UNLIMITED_RATES,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** Where an account finds the products of a sandbox. */
export const endpointsOf = ({ endpoint }: Pick<Sandbox, 'endpoint'>) =>
  Object.fromEntries(
    ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'].map(product => [
      product,
      endpoint,
    ]),
  );

/**
 * The product's own clients of a sandbox, for what a test does beside the plugin.
 *
 * @param options - how long they wait; the product's own patience where left out
 */
export function sandboxClients(
  sandbox: Pick<Sandbox, 'endpoint' | 'accessKeyId' | 'accessKeySecret'>,
  options: {
    timing?: Parameters<typeof createAlicloudAccounts>[1]['timing'];
    watchTiming?: Parameters<
      typeof createKubernetesConnector
    >[0]['watchTiming'];
  } = {},
) {
  const { accessKeyId, accessKeySecret } = sandbox;
  const { timing, watchTiming } = options;
  const logger = mockServices.logger.mock();
  const accounts = createAlicloudAccounts(
    [
      {
        name: 'sandbox',
        credentials: { accessKeyId, accessKeySecret },
        regions: ['cn-hangzhou', 'cn-shanghai'],
        endpoints: endpointsOf(sandbox),
        rates: UNLIMITED_RATES,
      },
    ],
    { logger, timing },
  );
  const connector = createKubernetesConnector({
    alicloud: accounts,
    config: {
      apiServerAccess: 'public',
      allowedApiServers: ['127.0.0.1'],
      kubeconfigMinutes: 60,
    },
    logger,
    watchTiming,
  });
  return { accounts, connector };
}
