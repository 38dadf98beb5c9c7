import { REGIONS, Region, zonesOf } from '../../../network/regions';
import { RpcCall } from '../../call';
import { Cloud, data } from '../../cloud';
import { vpcContracts } from '../../contracts';
import type { RpcOperation, RpcProduct } from '../../operation';
import { tagOperations } from '../tags';
import { eipOperations } from './eips';
import {
  handleNatGatewayTransitions,
  natGatewayOperations,
} from './natgateways';
import { handleRouteTransitions, routeOperations } from './routes';
import { handleVpcTransitions, vpcOperations } from './vpcs';
import { handleVSwitchTransitions, vSwitchOperations } from './vswitches';

function localName(call: RpcCall, region: Region): string {
  return call.text('AcceptLanguage')?.startsWith('zh') ?? true
    ? region.zh
    : region.en;
}

const regionOperations: Record<string, RpcOperation> = {
  DescribeRegions: {
    run: call => ({
      Regions: {
        Region: [...REGIONS.values()].map(region => ({
          LocalName: localName(call, region),
          RegionEndpoint: `vpc.${region.id}.aliyuncs.com`,
          RegionId: region.id,
        })),
      },
    }),
  },
  DescribeZones: {
    run: call => {
      const region = REGIONS.get(call.need('RegionId'))!;
      const zh = call.text('AcceptLanguage')?.startsWith('zh') ?? true;
      return {
        Zones: {
          Zone: zonesOf(region).map(ZoneId => ({
            LocalName: `${localName(call, region)} ${
              zh ? '可用区' : 'Zone '
            }${ZoneId.slice(-1).toUpperCase()}`,
            ZoneId,
            ZoneType: 'AvailabilityZone',
          })),
        },
      };
    },
  },
};

export const vpcProduct: RpcProduct = {
  code: 'Vpc',
  version: '2016-04-28',
  host: 'vpc.aliyuncs.com',
  regional: true,
  tokenProcessing: 'OperationFailed.LastTokenProcessing',
  contracts: vpcContracts,
  operations: {
    ...vpcOperations,
    ...vSwitchOperations,
    ...routeOperations,
    ...eipOperations,
    ...natGatewayOperations,
    ...regionOperations,
    ...tagOperations({
      untag: 'UnTagResources',
      shape: 'wrapped',
      types: {
        VPC: (cloud, id) => data(cloud).vpcs[id]?.tags,
        VSWITCH: (cloud, id) => data(cloud).vSwitches[id]?.tags,
        ROUTETABLE: (cloud, id) =>
          Object.values(data(cloud).vpcs).find(vpc => vpc.routeTableId === id)
            ?.routeTableTags,
        NATGATEWAY: (cloud, id) => data(cloud).natGateways[id]?.tags,
        EIP: (cloud, id) => data(cloud).eips[id]?.tags,
      },
      ids: (cloud, type) => {
        const all = data(cloud);
        return {
          VPC: () => Object.keys(all.vpcs),
          VSWITCH: () => Object.keys(all.vSwitches),
          ROUTETABLE: () =>
            Object.values(all.vpcs).map(vpc => vpc.routeTableId),
          NATGATEWAY: () => Object.keys(all.natGateways),
          EIP: () => Object.keys(all.eips),
        }[type]!();
      },
    }),
  },
};

export function handleVpcProductTransitions(cloud: Cloud): void {
  handleVpcTransitions(cloud);
  handleVSwitchTransitions(cloud);
  handleRouteTransitions(cloud);
  handleNatGatewayTransitions(cloud);
}
