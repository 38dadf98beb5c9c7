import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { recordingLogger } from '../../__testUtils__/logger';
import { createAlicloudAccounts } from '../../alicloud/accounts';
import { UNLIMITED_RATES } from '../../alicloud/rates';
import type { TransportTiming } from '../../alicloud/transport';
import type { Alicloud } from '../../alicloud/types';
import { parseEnvironmentSpec, type EnvironmentSpecInput } from '../spec';

/** The guide's environment as a spec. */
export const GUIDE_SPEC: EnvironmentSpecInput = {
  name: 'guide',
  network: GUIDE_PLAN,
  cen: { bandwidthMbps: 100 },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
  mesh: {},
  apiServerAccess: 'public',
};

export const guideSpec = (changes: Partial<EnvironmentSpecInput> = {}) =>
  parseEnvironmentSpec({ ...GUIDE_SPEC, ...changes }).spec;

/** Patience with a local cloud that is some hundred times as fast as the real one and whose listings do not lag. */
export const QUICK_PACE = {
  minIntervalMs: 20,
  maxIntervalMs: 200,
  listingLagMs: 100,
};

/** A client of a local cloud. */
export function clientOf(
  sandbox: Pick<Sandbox, 'endpoint' | 'accessKeyId' | 'accessKeySecret'>,
  timing?: Partial<TransportTiming>,
): Alicloud {
  const { endpoint, accessKeyId, accessKeySecret } = sandbox;
  const products = ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'] as const;
  const accounts = createAlicloudAccounts(
    [
      {
        name: 'sandbox',
        credentials: { accessKeyId, accessKeySecret },
        regions: ['cn-hangzhou', 'cn-shanghai'],
        endpoints: Object.fromEntries(
          products.map(product => [product, endpoint]),
        ),
        rates: UNLIMITED_RATES,
      },
    ],
    { logger: recordingLogger(), timing },
  );
  return accounts.get('sandbox');
}

/** A local cloud that is fast enough for tests, and a client of it. */
export async function startTestCloud(options: {
  timeScale: number;
}): Promise<{ sandbox: Sandbox; cloud: Alicloud }> {
  const sandbox = await startSandbox(options);
  return { sandbox, cloud: clientOf(sandbox) };
}

/** Everything the cloud holds, of every product. */
export async function inventory(sandbox: Sandbox): Promise<unknown> {
  const response = await fetch(`${sandbox.control}/inventory`);
  return await response.json();
}
