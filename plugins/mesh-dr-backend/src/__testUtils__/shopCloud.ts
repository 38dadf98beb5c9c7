import type { JsonObject } from '@backstage/types';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  applyManifests,
  parseEnvironmentSpec,
  provisionEnvironment,
  type Alicloud,
  type KubernetesConnection,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import {
  deployment,
  MESHED_NAMESPACE,
  service,
  untilFound,
} from './guideCloud';
import { endpointsOf, sandboxClients } from './sandboxClients';

const REGIONS = ['cn-hangzhou', 'cn-shanghai'];

/** A local cloud with one mesh over two regions, in both of which the services run. */
export interface ShopCloud {
  sandbox: Sandbox;
  meshId: string;
  /** The cloud, past every backend. */
  alicloud: Alicloud;
  /** The mesh's API server, past every backend. */
  mesh: KubernetesConnection;
  /** What a backend is configured with to find this cloud. */
  meshDr: JsonObject;
}

/** Starts the cloud with these services, each with one pod in each region. */
export async function startShopCloud(services: string[]): Promise<ShopCloud> {
  const sandbox = await startSandbox({ timeScale: 500 });
  const account = {
    name: 'sandbox',
    regions: REGIONS,
    endpoints: endpointsOf(sandbox),
  };
  const { accessKeyId, accessKeySecret } = sandbox;
  const credentials = { accessKeyId, accessKeySecret };
  const { accounts, connector } = sandboxClients(sandbox);
  const alicloud = accounts.get('sandbox');
  const serviceMeshId = await provision(alicloud);
  const clusters = await joinAll(alicloud, serviceMeshId);
  const results = await applyManifests(
    clusters.map(cluster =>
      connector.cluster({ account: 'sandbox', ...cluster }),
    ),
    [
      MESHED_NAMESPACE,
      ...services.flatMap(name => [
        ...service(name),
        deployment(name, 'v1', 1),
      ]),
    ],
    { fieldManager: 'test' },
  );
  for (const result of results) if (!result.ok) throw result.error;
  return {
    sandbox,
    meshId: serviceMeshId,
    alicloud,
    mesh: connector.mesh({ account: 'sandbox', serviceMeshId }),
    meshDr: {
      alicloud: {
        accounts: [{ ...account, ...credentials, callsPerSecond: 0 }],
      },
      kubernetes: { allowedApiServers: ['127.0.0.1'] },
      guardrails: { waitPeriod: { milliseconds: 0 } },
    },
  };
}

async function provision(alicloud: Alicloud): Promise<string> {
  const { spec } = parseEnvironmentSpec({
    name: 'shops',
    network: GUIDE_PLAN,
    cen: { bandwidthMbps: 100 },
    clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 2 },
    mesh: {},
    apiServerAccess: 'public',
  });
  const { status } = await provisionEnvironment(alicloud, spec, {
    pace: { minIntervalMs: 20, maxIntervalMs: 100, listingLagMs: 50 },
  });
  if (status !== 'ready') throw new Error(`the environment is ${status}`);
  const [mesh] = await alicloud.asm.describeServiceMeshes();
  return mesh.serviceMeshId;
}

/** Makes every cluster a member. */
async function joinAll({ asm }: Alicloud, serviceMeshId: string) {
  const candidates = await asm.describeCandidates({ serviceMeshId });
  for (const { clusterId } of candidates) {
    await asm.addCluster({ serviceMeshId, clusterId });
    await untilFound('the cluster is a member', async () =>
      (
        await asm.describeMembers({ serviceMeshId })
      ).some(
        member => member.clusterId === clusterId && member.state === 'running',
      ),
    );
  }
  return candidates.map(({ clusterId, regionId }) => ({ clusterId, regionId }));
}
