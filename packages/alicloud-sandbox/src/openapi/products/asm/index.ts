import { data } from '../../cloud';
import type { Cloud } from '../../cloud';
import { asmContracts } from '../../contracts';
import type { RpcProduct } from '../../operation';
import { tagOperations } from '../tags';
import { gatewayOperations } from './gateways';
import { handleMemberTransitions, memberOperations } from './members';
import { handleMeshTransitions, meshOperations } from './meshes';
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
    DescribeVersions: {
      run: () => ({
        VersionInfo: [
          { Edition: 'Default', Versions: VERSIONS },
          { Edition: 'Pro', Versions: VERSIONS },
        ],
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
}

export { openMeshApiServer } from './meshes';
