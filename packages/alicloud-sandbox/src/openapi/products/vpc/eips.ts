import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, findInRegion } from '../../cloud';
import { addEip } from '../../companions';
import { ApiError, invalidParameter } from '../../errors';
import type { Eip } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from './names';

/** Default quota, of a region. */
const EIPS_PER_REGION = 20;
/** Mbit/s that an EIP can have at most, by how its traffic is paid. */
const LARGEST_BANDWIDTH = { PayByTraffic: 200, PayByBandwidth: 500 };
const DEFAULT_BANDWIDTH = '5';

function bandwidthOf(call: RpcCall, paid: Eip['internetChargeType']): string {
  const text = call.text('Bandwidth') ?? DEFAULT_BANDWIDTH;
  const value = Number(text);
  const largest = LARGEST_BANDWIDTH[paid];
  if (!/^\d+$/.test(text) || value < 1 || value > largest) {
    throw invalidParameter(
      'Bandwidth',
      `'${text}' is not 1 to ${largest} Mbit/s (${paid}).`,
    );
  }
  return text;
}

function allocate(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const chargeType =
    call.oneOf('InstanceChargeType', ['PostPaid', 'PrePaid']) ?? 'PostPaid';
  if (chargeType === 'PrePaid') call.need('Period');
  const internetChargeType =
    call.oneOf('InternetChargeType', ['PayByBandwidth', 'PayByTraffic']) ??
    'PayByBandwidth';
  call.oneOf('Netmode', ['public']);
  const wished = call.text('IpAddress') ?? call.text('InstanceId');
  if (wished !== undefined) {
    throw new ApiError(
      'ReserveIpFail',
      `Reserve eip failed: ${wished} was never an address of this account.`,
    );
  }
  const { eips } = data(cloud);
  const there = Object.values(eips).filter(eip => eip.regionId === regionId);
  if (there.length >= EIPS_PER_REGION) {
    throw new ApiError(
      'QuotaExceeded.Eip',
      `Elastic IP address quota exceeded: ${EIPS_PER_REGION} in ${regionId}.`,
    );
  }
  const eip = addEip(
    cloud,
    { regionId, vpcId: '' },
    {
      name: checkName(call.text('Name'), 'Name'),
      description: checkDescription(call.text('Description'), 'Description'),
      bandwidth: bandwidthOf(call, internetChargeType),
      internetChargeType,
      chargeType,
      isp: call.oneOf('ISP', ['BGP', 'BGP_PRO']) ?? 'BGP',
      instanceId: '',
      instanceType: '',
      ownerId: '',
      tags: call.tags(),
    },
  );
  return {
    AllocationId: eip.allocationId,
    EipAddress: eip.ip,
    ...(chargeType === 'PrePaid' && { OrderId: 20190000 }),
    ResourceGroupId: 'rg-default',
  };
}

function release(call: RpcCall, cloud: Cloud) {
  const { eips } = data(cloud);
  const eip = findInRegion(
    eips,
    call.need('AllocationId'),
    call.text('RegionId'),
    'InvalidAllocationId.NotFound',
    'allocation ID',
  );
  if (eip.instanceId) {
    throw new ApiError(
      'IncorrectEipStatus',
      `Current elastic IP status does not support this operation: ${eip.allocationId} is bound to ${eip.instanceId}.`,
    );
  }
  if (eip.chargeType === 'PrePaid') {
    throw new ApiError(
      'Forbidden.ChargeTypeIsPrepaid',
      `The subscription of ${eip.allocationId} has not ended.`,
      403,
    );
  }
  delete eips[eip.allocationId];
}

function eipShape(eip: Eip) {
  return {
    AllocationId: eip.allocationId,
    AllocationTime: eip.creationTime,
    Bandwidth: eip.bandwidth,
    BandwidthPackageBandwidth: '',
    BandwidthPackageId: '',
    BandwidthPackageType: '',
    BizType: 'CloudNormal',
    BusinessStatus: 'Normal',
    ChargeType: eip.chargeType,
    DeletionProtection: false,
    Description: eip.description,
    EipBandwidth: eip.bandwidth,
    ExpiredTime: '',
    HDMonitorStatus: 'OFF',
    HasReservationData: 'false',
    ISP: eip.isp,
    InstanceId: eip.instanceId,
    InstanceRegionId: eip.instanceId ? eip.regionId : '',
    InstanceType: eip.instanceType,
    InternetChargeType: eip.internetChargeType,
    IpAddress: eip.ip,
    Mode: '',
    Name: eip.name,
    Netmode: 'public',
    OperationLocks: { LockReason: [] },
    PrivateIpAddress: '',
    PublicIpAddressPoolId: '',
    RegionId: eip.regionId,
    ReservationActiveTime: '',
    ReservationBandwidth: '',
    ReservationInternetChargeType: '',
    ReservationOrderType: '',
    ResourceGroupId: 'rg-default',
    SecondLimited: false,
    SecurityProtectionTypes: { SecurityProtectionType: [] },
    SegmentInstanceId: '',
    ServiceID: 0,
    ServiceManaged: eip.ownerId ? 1 : 0,
    Status: eip.instanceId ? 'InUse' : 'Available',
    Tags: { Tag: tagList(eip.tags) },
    VpcId: eip.vpcId,
    Zone: '',
  };
}

function describe(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const tags = call.tags();
  const found = Object.values(data(cloud).eips).filter(
    eip =>
      eip.regionId === regionId &&
      call.selects({
        AllocationId: eip.allocationId,
        EipAddress: eip.ip,
        EipName: eip.name,
        AssociatedInstanceId: eip.instanceId,
        AssociatedInstanceType: eip.instanceType,
        ChargeType: eip.chargeType,
        ISP: eip.isp,
        Status: eip.instanceId ? 'InUse' : 'Available',
        ServiceManaged: eip.ownerId !== '',
        ResourceGroupId: 'rg-default',
        LockReason: '',
        PublicIpAddressPoolId: '',
        SegmentInstanceId: '',
        SecurityProtectionEnabled: false,
      }) &&
      hasTags(eip.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return { ...page, EipAddresses: { EipAddress: items.map(eipShape) } };
}

export const eipOperations: Record<string, RpcOperation> = {
  AllocateEipAddress: { run: allocate },
  ReleaseEipAddress: { run: release },
  DescribeEipAddresses: { run: describe },
};

/** Binds an address to the load balancer. */
export function bindEip(
  eip: Eip,
  target: { loadBalancerId: string; vpcId: string },
): void {
  eip.instanceId = target.loadBalancerId;
  eip.instanceType = 'SlbInstance';
  eip.vpcId = target.vpcId;
}

/** Frees the addresses that are bound to an instance which goes away. */
export function unbindEips(cloud: Cloud, instanceId: string): void {
  for (const eip of Object.values(data(cloud).eips)) {
    if (eip.instanceId === instanceId) unbindEip(eip);
  }
}

/** Frees one address. */
export function unbindEip(eip: Eip): void {
  Object.assign(eip, { instanceId: '', instanceType: '', vpcId: '' });
}

/** The NAT gateway's addresses. */
export function eipsOf(cloud: Cloud, instanceId: string): Eip[] {
  return Object.values(data(cloud).eips).filter(
    eip => eip.instanceId === instanceId,
  );
}
