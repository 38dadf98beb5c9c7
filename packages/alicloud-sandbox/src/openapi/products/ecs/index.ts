import { REGIONS } from '../../../network/regions';
import { data } from '../../cloud';
import { ecsContracts } from '../../contracts';
import type { RpcProduct } from '../../operation';
import { tagOperations } from '../tags';
import { availableResourceOperations } from './availableResources';
import { ruleOperations } from './rules';
import { groupOperations } from './securitygroups';

export const ecsProduct: RpcProduct = {
  code: 'Ecs',
  version: '2014-05-26',
  host: 'ecs.aliyuncs.com',
  regional: true,
  tokenProcessing: 'OperationFailed.IdempotentTokenProcessing',
  contracts: ecsContracts,
  operations: {
    ...groupOperations,
    ...ruleOperations,
    ...availableResourceOperations,
    DescribeRegions: {
      run: call => ({
        Regions: {
          Region: [...REGIONS.values()].map(region => ({
            LocalName:
              call.text('AcceptLanguage')?.startsWith('zh') ?? true
                ? region.zh
                : region.en,
            RegionEndpoint: `ecs.${region.id}.aliyuncs.com`,
            RegionId: region.id,
            Status: 'available',
          })),
        },
      }),
    },
    ...tagOperations({
      untag: 'UntagResources',
      shape: 'wrapped',
      types: {
        securitygroup: (cloud, id) => data(cloud).securityGroups[id]?.tags,
      },
      ids: cloud => Object.keys(data(cloud).securityGroups),
    }),
  },
};
