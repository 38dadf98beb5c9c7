/** Our backend in a process of its own. The cloud is told to it; the API servers are real. */
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  alicloudServiceRef,
  type Alicloud,
  type AlicloudAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { serveBackend } from './backendProcess';
import { MESH_ID, type Clouds } from './protocol';

/** The few calls of the cloud that finding meshes, their members and their kubeconfigs takes. */
function accountsOf({ mesh, members }: Clouds): AlicloudAccounts {
  const detail = {
    serviceMeshId: MESH_ID,
    name: 'bench',
    regionId: mesh.region,
    state: 'running',
    version: 'v1.22.6.66-g1a2b3c4d-aliyun',
    vpcId: 'vpc-bench',
    vSwitchIds: ['vsw-bench'],
    clusterIds: members.map(({ id }) => id),
    apiServerPublicEip: true,
    tags: {},
    locality: { enabled: false, failover: [], distribute: [] },
  };
  const asm: Partial<Alicloud['asm']> = {
    describeServiceMeshes: async () => [detail],
    describeServiceMesh: async () => detail,
    describeMembers: async () =>
      members.map(({ id, name, region }) => ({
        clusterId: id,
        name,
        regionId: region,
        state: 'running',
        version: '1.32.1-aliyun.1',
        vpcId: `vpc-${region}`,
      })),
    meshKubeconfig: async () => ({ yaml: mesh.kubeconfig }),
  };
  const ack: Partial<Alicloud['ack']> = {
    userKubeconfig: async ({ clusterId }) => ({
      yaml: members.find(({ id }) => id === clusterId)!.kubeconfig,
    }),
  };
  return {
    names: () => ['bench'],
    get: () => ({ account: 'bench', asm, ack } as unknown as Alicloud),
  };
}

async function main() {
  const clouds: Clouds = JSON.parse(process.env.BENCH_CLOUDS!);
  await serveBackend([
    // The plugin itself is what is measured; no library takes it into a bundle.
    // eslint-disable-next-line @backstage/no-mixed-plugin-imports
    import('@mesh-dr/backstage-plugin-mesh-dr-backend'),
    catalogServiceMock.factory({ entities: [] }),
    mockServices.rootConfig.factory({
      data: { meshDr: { kubernetes: { allowedApiServers: ['127.0.0.1'] } } },
    }),
    createServiceFactory({
      service: alicloudServiceRef,
      deps: {},
      factory: () => accountsOf(clouds),
    }),
  ]);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
