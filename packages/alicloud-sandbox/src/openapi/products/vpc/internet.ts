import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data } from '../../cloud';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';

/** NAT gateways and EIPs: made by ACK and ASM only, listed here. */

function describeNatGateways(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(all.natGateways).filter(
    nat =>
      nat.regionId === regionId &&
      is('VpcId', nat.vpcId) &&
      is('NatGatewayId', nat.natGatewayId) &&
      is('Name', nat.name) &&
      hasTags(nat.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    NatGateways: {
      NatGateway: items.map(nat => ({
        AutoPay: false,
        BusinessStatus: 'Normal',
        CreationTime: nat.creationTime,
        DeletionProtection: false,
        Description: '',
        ForwardTableIds: { ForwardTableId: [nat.forwardTableId] },
        FullNatTableIds: { FullNatTableId: [] },
        InstanceChargeType: 'PostPaid',
        InternetChargeType: 'PayByLcu',
        IpLists: {
          IpList: Object.values(all.eips)
            .filter(eip => eip.instanceId === nat.natGatewayId)
            .map(eip => ({
              AllocationId: eip.allocationId,
              IpAddress: eip.ip,
              PrivateIpAddress: nat.privateIp,
              SnatEntryEnabled: true,
              UsingStatus: 'UsedBySnatTable',
            })),
        },
        Name: nat.name,
        NatGatewayId: nat.natGatewayId,
        NatGatewayPrivateInfo: {
          EniInstanceId: nat.networkInterfaceId,
          IzNo: all.vSwitches[nat.vSwitchId]?.zoneId ?? '',
          PrivateIpAddress: nat.privateIp,
          VswitchId: nat.vSwitchId,
        },
        NatType: 'Enhanced',
        NetworkType: 'internet',
        RegionId: nat.regionId,
        ResourceGroupId: 'rg-default',
        SnatTableIds: { SnatTableId: [nat.snatTableId] },
        Spec: '',
        Status: 'Available',
        Tags: {
          Tag: Object.entries(nat.tags).map(([TagKey, TagValue]) => ({
            TagKey,
            TagValue,
          })),
        },
        VpcId: nat.vpcId,
      })),
    },
  };
}

function describeEipAddresses(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).eips).filter(
    eip =>
      eip.regionId === regionId &&
      is('AllocationId', eip.allocationId) &&
      is('EipAddress', eip.ip) &&
      is('EipName', eip.name) &&
      is('AssociatedInstanceId', eip.instanceId) &&
      is('AssociatedInstanceType', eip.instanceType) &&
      is('Status', 'InUse') &&
      hasTags(eip.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    EipAddresses: {
      EipAddress: items.map(eip => ({
        AllocationId: eip.allocationId,
        AllocationTime: eip.creationTime,
        Bandwidth: '100',
        BusinessStatus: 'Normal',
        ChargeType: 'PostPaid',
        DeletionProtection: false,
        Description: '',
        EipBandwidth: '100',
        HasReservationData: 'false',
        ISP: 'BGP',
        InstanceId: eip.instanceId,
        InstanceRegionId: eip.regionId,
        InstanceType: eip.instanceType,
        InternetChargeType: 'PayByTraffic',
        IpAddress: eip.ip,
        Name: eip.name,
        Netmode: 'public',
        OperationLocks: { LockReason: [] },
        RegionId: eip.regionId,
        ResourceGroupId: 'rg-default',
        SecondLimited: false,
        SecurityProtectionTypes: { SecurityProtectionType: [] },
        Status: 'InUse',
        Tags: { Tag: tagList(eip.tags) },
        VpcId: eip.vpcId,
      })),
    },
  };
}

export const internetOperations: Record<string, RpcOperation> = {
  DescribeNatGateways: { required: ['RegionId'], run: describeNatGateways },
  DescribeEipAddresses: { required: ['RegionId'], run: describeEipAddresses },
};
