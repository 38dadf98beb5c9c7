import { availableAddresses, releaseInterfaces } from '../../addresses';
import { RpcCall, hasTags } from '../../call';
import { Cloud, data, findInRegion } from '../../cloud';
import { addNatGateway } from '../../companions';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter, missingParameter } from '../../errors';
import type { NatGateway } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { eipsOf, unbindEips } from './eips';
import { checkDescription, checkName } from './names';
import { removeRoute } from './routes';
import { findVpc, incorrectVpcStatus } from './vpcs';
import { findVSwitch } from './vswitches';

function createNatGateway(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const vpc = findVpc(cloud, call.need('VpcId'), {
    regionId,
    code: 'InvalidVpcId.NotFound',
  });
  if (vpc.status !== 'Available') throw incorrectVpcStatus(vpc);
  if (call.text('NatType') === 'Normal') {
    throw invalidParameter('NatType', 'only Enhanced can be created.');
  }
  call.oneOf('NatType', ['Enhanced']);
  if (call.oneOf('InstanceChargeType', ['PostPaid', 'PrePaid']) === 'PrePaid') {
    throw invalidParameter(
      'InstanceChargeType',
      'subscriptions are no longer sold: PostPaid.',
    );
  }
  call.oneOf('InternetChargeType', ['PayByLcu']);
  const vSwitchId = call.text('VSwitchId');
  if (!vSwitchId) throw missingParameter('VSwitchId');
  const vSwitch = findVSwitch(cloud, vSwitchId, regionId);
  if (vSwitch.vpcId !== vpc.vpcId) {
    throw invalidParameter(
      'VSwitchId',
      `${vSwitchId} is not a vSwitch of ${vpc.vpcId}.`,
    );
  }
  if (vSwitch.status !== 'Available') {
    throw new ApiError(
      'VswitchStatusError',
      `The vSwitch ${vSwitchId} is ${vSwitch.status}.`,
    );
  }
  if (availableAddresses(data(cloud), vSwitch) < 1) {
    throw new ApiError(
      'InvalidVSwitchId.IpNotEnough',
      `The vSwitch ${vSwitchId} has no free address.`,
    );
  }
  const nat = addNatGateway(cloud, vSwitch, {
    name: checkName(call.text('Name'), 'NatGatewayName'),
    description: checkDescription(
      call.text('Description'),
      'NatGatewayDescription',
    ),
    status: 'Creating',
    networkType:
      call.oneOf('NetworkType', ['internet', 'intranet']) ?? 'internet',
    eipBindMode:
      call.oneOf('EipBindMode', ['MULTI_BINDED', 'NAT']) ?? 'MULTI_BINDED',
    icmpReplyEnabled: call.bool('IcmpReplyEnabled') ?? true,
    ownerId: '',
    tags: call.tags(),
  });
  cloud.transitions.schedule(
    'nat.available',
    { natGatewayId: nat.natGatewayId },
    DURATIONS.natGatewayAvailable,
  );
  return {
    ForwardTableIds: { ForwardTableId: [nat.forwardTableId] },
    FullNatTableIds: { FullNatTableId: [nat.fullNatTableId] },
    NatGatewayId: nat.natGatewayId,
    SnatTableIds: { SnatTableId: [nat.snatTableId] },
  };
}

function natShape(cloud: Cloud, nat: NatGateway) {
  return {
    AccessMode: { ModeValue: '', TunnelType: '' },
    AutoPay: false,
    AvailabilityMode: 'zonal',
    BusinessStatus: 'Normal',
    CreationTime: nat.creationTime,
    DeletionProtection: false,
    Description: nat.description,
    EcsMetricEnabled: false,
    EipBindMode: nat.eipBindMode,
    EnableSessionLog: 'false',
    ExpiredTime: '',
    ForwardTableIds: { ForwardTableId: [nat.forwardTableId] },
    FullNatTableIds: { FullNatTableId: [nat.fullNatTableId] },
    IcmpReplyEnabled: nat.icmpReplyEnabled,
    InstanceChargeType: 'PostPaid',
    InternetChargeType: 'PayByLcu',
    IpLists: {
      IpList: eipsOf(cloud, nat.natGatewayId).map(eip => ({
        AllocationId: eip.allocationId,
        IpAddress: eip.ip,
        PrivateIpAddress: nat.privateIp,
        SnatEntryEnabled: true,
        UsingStatus: 'UsedBySnatTable',
      })),
    },
    IpPrefixList: { IpPrefixList: [] },
    Name: nat.name,
    NatGatewayId: nat.natGatewayId,
    NatGatewayPrivateInfo: {
      EniInstanceId: nat.networkInterfaceId,
      EniType: 'indirect',
      IzNo: data(cloud).vSwitches[nat.vSwitchId]?.zoneId ?? '',
      MaxBandwidth: 5120,
      MaxSessionEstablishRate: 100_000,
      MaxSessionQuota: 2_000_000,
      PrivateIpAddress: nat.privateIp,
      VswitchId: nat.vSwitchId,
    },
    NatType: 'Enhanced',
    NetworkType: nat.networkType,
    PrivateLinkEnabled: false,
    PrivateLinkMode: '',
    RegionId: nat.regionId,
    ResourceGroupId: 'rg-default',
    SecurityProtectionEnabled: false,
    SnatTableIds: { SnatTableId: [nat.snatTableId] },
    Spec: '',
    Status: nat.status,
    Tags: {
      Tag: Object.entries(nat.tags).map(([TagKey, TagValue]) => ({
        TagKey,
        TagValue,
      })),
    },
    VpcId: nat.vpcId,
  };
}

function describeNatGateways(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const found = Object.values(all.natGateways).filter(
    nat =>
      nat.regionId === regionId &&
      call.selects({
        VpcId: nat.vpcId,
        NatGatewayId: nat.natGatewayId,
        Name: nat.name,
        NatType: 'Enhanced',
        NetworkType: nat.networkType,
        InstanceChargeType: 'PostPaid',
        Status: nat.status,
        ResourceGroupId: 'rg-default',
        AvailabilityMode: 'zonal',
        ZoneId: all.vSwitches[nat.vSwitchId]?.zoneId ?? '',
      }) &&
      hasTags(nat.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    NatGateways: { NatGateway: items.map(nat => natShape(cloud, nat)) },
  };
}

/** Bound addresses must be unbound first, or are with Force. The default route goes along with its gateway. */
function deleteNatGateway(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const nat = findInRegion(
    all.natGateways,
    call.need('NatGatewayId'),
    call.need('RegionId'),
    'InvalidNatGatewayId.NotFound',
    'NAT gateway',
  );
  if (nat.status !== 'Available') {
    throw new ApiError(
      'IncorrectStatus.NATGW',
      `The status of the NAT gateway ${nat.natGatewayId} is ${nat.status}.`,
    );
  }
  const [eip] = eipsOf(cloud, nat.natGatewayId);
  if (eip && !call.bool('Force')) {
    throw new ApiError(
      'DependencyViolation.EIPS',
      `There are Eips on specified NatGateway, please unbind it first: ${eip.allocationId}. Or set Force.`,
    );
  }
  unbindEips(cloud, nat.natGatewayId);
  nat.status = 'Deleting';
  cloud.transitions.schedule(
    'nat.deleted',
    { natGatewayId: nat.natGatewayId },
    DURATIONS.natGatewayDeleted,
  );
}

export const natGatewayOperations: Record<string, RpcOperation> = {
  CreateNatGateway: { run: createNatGateway },
  DescribeNatGateways: { run: describeNatGateways },
  DeleteNatGateway: { run: deleteNatGateway },
};

export function handleNatGatewayTransitions(cloud: Cloud): void {
  cloud.transitions.handle('nat.available', ({ natGatewayId }) => {
    const nat = data(cloud).natGateways[natGatewayId];
    if (nat?.status === 'Creating') nat.status = 'Available';
  });
  cloud.transitions.handle('nat.deleted', ({ natGatewayId }) => {
    const all = data(cloud);
    const nat = all.natGateways[natGatewayId];
    if (!nat) return;
    for (const entry of Object.values(all.routeEntries)) {
      if (entry.nextHopId === natGatewayId) removeRoute(cloud, entry);
    }
    releaseInterfaces(cloud, natGatewayId);
    delete all.networkInterfaces[nat.networkInterfaceId];
    delete all.natGateways[natGatewayId];
  });
}
