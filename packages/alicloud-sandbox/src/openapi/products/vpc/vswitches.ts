import {
  blocksOverlap,
  cidrOf,
  containsCidr,
  parseCidr,
  reservedBlock,
} from '../../../network/cidr';
import { REGIONS, zonesOf } from '../../../network/regions';
import { availableAddresses } from '../../addresses';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, findInRegion, nowIso, selected } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { VSwitch, Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from './names';
import { findVpc, incorrectVpcStatus } from './vpcs';

/** Default quota. */
const VSWITCHES_PER_VPC = 150;

export function findVSwitch(
  cloud: Cloud,
  vSwitchId: string,
  regionId?: string,
): VSwitch {
  return findInRegion(
    data(cloud).vSwitches,
    vSwitchId,
    regionId,
    'InvalidVSwitchId.NotFound',
    'vSwitch',
  );
}

/** Mask 16 to 29, inside the VPC, clear of reserved blocks, siblings and routes. */
function checkVSwitchBlock(cloud: Cloud, vpc: Vpc, block: string): void {
  const cidr = parseCidr(block);
  const refuse = (code: string, reason: string) =>
    new ApiError(
      code,
      `Specified CIDR block ${block} is not valid: ${reason}.`,
    );
  if (!cidr) {
    throw refuse(
      'InvalidCidrBlock.Malformed',
      'it is no IPv4 network address with a mask',
    );
  }
  if (cidr.bits < 16 || cidr.bits > 29) {
    // The cloud's own spelling.
    throw refuse('InvalidCirdrBlock.MaskLength', 'the mask must be 16 to 29');
  }
  if (!containsCidr(cidrOf(vpc.cidrBlock), cidr)) {
    throw refuse(
      'InvalidParameter',
      `it is not inside the VPC's block ${vpc.cidrBlock}`,
    );
  }
  const reserved = reservedBlock(cidr);
  if (reserved) {
    throw refuse('InvalidCidrBlock.Malformed', `${reserved} is reserved`);
  }
  const all = data(cloud);
  const sibling = Object.values(all.vSwitches).find(
    other => other.vpcId === vpc.vpcId && blocksOverlap(other.cidrBlock, block),
  );
  if (sibling) {
    throw new ApiError(
      'InvalidCidrBlock.Overlapped',
      `Specified CIDR block ${block} overlaps with ${sibling.cidrBlock} of the vSwitch ${sibling.vSwitchId}.`,
    );
  }
  const route = Object.values(all.routeEntries).find(
    entry => entry.vpcId === vpc.vpcId && entry.destinationCidrBlock === block,
  );
  if (route) {
    throw new ApiError(
      'InvalidCidrBlock.Overlapped',
      `Specified CIDR block ${block} is the destination of the route entry ${route.routeEntryId}.`,
    );
  }
}

function createVSwitch(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'), {
    regionId: call.text('RegionId'),
    code: 'InvalidVpcId.NotFound',
  });
  const { regionId } = vpc;
  const zoneId = call.need('ZoneId');
  if (!zonesOf(REGIONS.get(regionId)!).includes(zoneId)) {
    throw notFound('InvalidZoneId.NotFound', 'zone', zoneId);
  }
  if (vpc.status !== 'Available') throw incorrectVpcStatus(vpc);
  const cidrBlock = call.need('CidrBlock');
  checkVSwitchBlock(cloud, vpc, cidrBlock);
  const siblings = Object.values(data(cloud).vSwitches).filter(
    sibling => sibling.vpcId === vpc.vpcId,
  );
  if (siblings.length >= VSWITCHES_PER_VPC) {
    throw new ApiError(
      'QuotaExceeded.VSwitch',
      `Virtual switch quota exceeded: ${VSWITCHES_PER_VPC} a VPC.`,
    );
  }
  if (siblings.some(sibling => sibling.status === 'Pending')) {
    throw new ApiError(
      'IncorrectVSwitchStatus',
      'VSwitch Creation simultaneously is not supported: another one of the VPC is Pending.',
    );
  }
  const vSwitch: VSwitch = {
    vSwitchId: regionalId('vsw', regionId),
    name: checkName(call.text('VSwitchName'), 'VSwitchName'),
    description: checkDescription(
      call.text('Description'),
      'VSwitchDescription',
    ),
    vpcId: vpc.vpcId,
    regionId,
    zoneId,
    cidrBlock,
    status: 'Pending',
    creationTime: nowIso(cloud),
    tags: call.tags(),
  };
  data(cloud).vSwitches[vSwitch.vSwitchId] = vSwitch;
  cloud.transitions.schedule(
    'vswitch.available',
    { vSwitchId: vSwitch.vSwitchId },
    DURATIONS.vSwitchAvailable,
  );
  return { VSwitchId: vSwitch.vSwitchId };
}

function vSwitchShape(cloud: Cloud, vSwitch: VSwitch) {
  const all = data(cloud);
  return {
    AvailableIpAddressCount: availableAddresses(all, vSwitch),
    CidrBlock: vSwitch.cidrBlock,
    CreationTime: vSwitch.creationTime,
    Description: vSwitch.description,
    EnabledIpv6: false,
    Ipv6CidrBlock: '',
    IsDefault: false,
    NetworkAclId: '',
    OwnerId: cloud.accountId,
    ResourceGroupId: 'rg-default',
    RouteTable: {
      RouteTableId: all.vpcs[vSwitch.vpcId].routeTableId,
      RouteTableType: 'System',
    },
    ShareType: '',
    Status: vSwitch.status,
    Tags: { Tag: tagList(vSwitch.tags) },
    VSwitchId: vSwitch.vSwitchId,
    VSwitchName: vSwitch.name,
    VpcId: vSwitch.vpcId,
    ZoneId: vSwitch.zoneId,
  };
}

function describeVSwitches(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const wanted = selected(call.text('VSwitchId'));
  const tags = call.tags();
  const found = Object.values(all.vSwitches).filter(
    vSwitch =>
      wanted(vSwitch.vSwitchId) &&
      call.selects({
        RegionId: vSwitch.regionId,
        VpcId: vSwitch.vpcId,
        ZoneId: vSwitch.zoneId,
        VSwitchName: vSwitch.name,
        RouteTableId: all.vpcs[vSwitch.vpcId].routeTableId,
        IsDefault: false,
        EnableIpv6: false,
        VSwitchOwnerId: cloud.accountId,
        ResourceGroupId: 'rg-default',
      }) &&
      hasTags(vSwitch.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return {
    ...page,
    VSwitches: { VSwitch: items.map(item => vSwitchShape(cloud, item)) },
  };
}

function requestedVSwitch(call: RpcCall, cloud: Cloud): VSwitch {
  return findVSwitch(cloud, call.need('VSwitchId'), call.text('RegionId'));
}

function deleteVSwitch(call: RpcCall, cloud: Cloud) {
  const vSwitch = requestedVSwitch(call, cloud);
  const all = data(cloud);
  const holder = Object.values(all.networkInterfaces).find(
    item => item.vSwitchId === vSwitch.vSwitchId,
  );
  if (holder) {
    const code =
      holder.ownerType === 'NatGateway'
        ? 'DependencyViolation.EnhancedNatgw'
        : 'DependencyViolation';
    throw new ApiError(
      code,
      `Specified object has dependent resources: ${holder.networkInterfaceId} (${holder.ip}) of ${holder.ownerType} ${holder.ownerId}.`,
    );
  }
  if (vSwitch.status !== 'Available') {
    throw new ApiError(
      'IncorrectVSwitchStatus',
      `The status of the vSwitch ${vSwitch.vSwitchId} is ${vSwitch.status}.`,
    );
  }
  call.checked();
  delete all.vSwitches[vSwitch.vSwitchId];
}

function modifyVSwitchAttribute(call: RpcCall, cloud: Cloud) {
  const vSwitch = requestedVSwitch(call, cloud);
  const name = checkName(call.text('VSwitchName'), 'VSwitchName');
  const description = checkDescription(
    call.text('Description'),
    'VSwitchDescription',
  );
  vSwitch.name = name || vSwitch.name;
  vSwitch.description = description || vSwitch.description;
}

export const vSwitchOperations: Record<string, RpcOperation> = {
  CreateVSwitch: { required: ['CidrBlock'], run: createVSwitch },
  DescribeVSwitches: { run: describeVSwitches },
  DescribeVSwitchAttributes: {
    run: (call, cloud) => vSwitchShape(cloud, requestedVSwitch(call, cloud)),
  },
  ModifyVSwitchAttribute: { run: modifyVSwitchAttribute },
  DeleteVSwitch: { run: deleteVSwitch },
};

export function handleVSwitchTransitions(cloud: Cloud): void {
  cloud.transitions.handle('vswitch.available', ({ vSwitchId }) => {
    const vSwitch = data(cloud).vSwitches[vSwitchId];
    if (vSwitch) vSwitch.status = 'Available';
  });
}
