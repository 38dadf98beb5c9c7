import { data } from '../../cloud';
import type { Cloud } from '../../cloud';
import { asmContracts } from '../../contracts';
import type { RpcProduct } from '../../operation';
import { tagOperations } from '../tags';
import { accessOperations } from './access';
import { checkOperations } from './checks';
import { EDITIONS } from './create';
import { dashboardOperations } from './dashboards';
import { gatewayOperations } from './gateways';
import { handleMemberTransitions, memberOperations } from './members';
import { handleMeshTransitions, meshOperations } from './meshes';
import { settingOperations } from './settings';
import { surroundingOperations } from './surroundings';
import { handleUpgradeTransitions, upgradeOperations } from './upgrade';
import { VERSIONS } from './versions';
import { meshViewOperations } from './views';

export const asmProduct: RpcProduct = {
  code: 'servicemesh',
  version: '2020-01-11',
  host: 'servicemesh.aliyuncs.com',
  contracts: asmContracts,
  operations: {
    ...meshOperations,
    ...meshViewOperations,
    ...memberOperations,
    ...gatewayOperations,
    ...accessOperations,
    ...settingOperations,
    ...upgradeOperations,
    ...checkOperations,
    ...dashboardOperations,
    ...surroundingOperations,
    DescribeVersions: {
      run: () => ({
        VersionInfo: EDITIONS.map(Edition => ({ Edition, Versions: VERSIONS })),
      }),
    },
    ...tagOperations({
      untag: 'UntagResources',
      shape: 'plain',
      types: {
        servicemesh: (cloud, id) => data(cloud).meshes[id]?.tags,
      },
      ids: cloud => Object.keys(data(cloud).meshes),
    }),
  },
};

export function handleMeshProductTransitions(cloud: Cloud): void {
  handleMeshTransitions(cloud);
  handleMemberTransitions(cloud);
  handleUpgradeTransitions(cloud);
}

export { openMeshApiServer } from './meshes';
