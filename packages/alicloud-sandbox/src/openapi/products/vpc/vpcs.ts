import {
  isPrivateBlock,
  parseCidr,
  reservedBlock,
} from '../../../network/cidr';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, find, nowIso, selected } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError } from '../../errors';
import { regionalId } from '../../ids';
import type { Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';

/** Default quota. */
const VPCS_PER_REGION = 10;
const DEFAULT_BLOCK = '172.16.0.0/12';

export function findVpc(cloud: Cloud, vpcId: string): Vpc {
  return find(data(cloud).vpcs, vpcId, 'InvalidVpcID.NotFound', 'VPC');
}

/** RFC 1918 or any other block that is not reserved, mask 8 to 28. */
function checkVpcBlock(block: string): void {
  const cidr = parseCidr(block);
  if (!cidr) {
    throw new ApiError(
      'InvalidCidrBlock.Malformed',
      `Specified CIDR block ${block} is not valid: it is no IPv4 network address with a mask.`,
    );
  }
  if (cidr.bits < 8 || cidr.bits > 28) {
    throw new ApiError(
      'InvalidCidrBlock.Malformed',
      `Specified CIDR block ${block} is not valid: the mask must be 8 to 28.`,
    );
  }
  const reserved = reservedBlock(cidr);
  if (reserved) {
    throw new ApiError(
      'InvalidCidrBlock.Malformed',
      `Specified CIDR block ${block} is not valid: ${reserved} is reserved.`,
    );
  }
}

function checkName(name: string | undefined, parameter: string): string {
  if (name === undefined) return '';
  if (name.length > 128 || /^https?:\/\//.test(name)) {
    throw new ApiError(
      `Invalid${parameter}.Malformed`,
      `Specified ${parameter} is not valid: 1 to 128 characters that do not start with http:// or https://.`,
    );
  }
  return name;
}

function createVpc(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const cidrBlock = call.text('CidrBlock') ?? DEFAULT_BLOCK;
  checkVpcBlock(cidrBlock);
  const name = checkName(call.text('VpcName'), 'VpcName');
  const description = call.text('Description') ?? '';
  const userCidrs =
    call.text('UserCidr')?.split(',') ??
    (isPrivateBlock(parseCidr(cidrBlock)!) ? [] : [cidrBlock]);
  for (const block of userCidrs) {
    if (!parseCidr(block)) {
      throw new ApiError(
        'InvalidUserCidr.Malformed',
        `The UserCidr ${block} is not valid.`,
      );
    }
  }
  const tags = call.tags();
  const { vpcs } = data(cloud);
  const there = Object.values(vpcs).filter(vpc => vpc.regionId === regionId);
  if (there.length >= VPCS_PER_REGION) {
    throw new ApiError(
      'QuotaExceeded.Vpc',
      `VPC quota exceeded: ${VPCS_PER_REGION} VPCs a region.`,
    );
  }
  call.checked();
  const vpc: Vpc = {
    vpcId: regionalId('vpc', regionId),
    name,
    description,
    regionId,
    cidrBlock,
    userCidrs,
    status: 'Pending',
    vRouterId: regionalId('vrt', regionId),
    routeTableId: regionalId('vtb', regionId),
    creationTime: nowIso(cloud),
    tags,
    routeTableTags: {},
  };
  vpcs[vpc.vpcId] = vpc;
  cloud.transitions.schedule(
    'vpc.available',
    { vpcId: vpc.vpcId },
    DURATIONS.vpcAvailable,
  );
  return {
    ResourceGroupId: 'rg-default',
    RouteTableId: vpc.routeTableId,
    VRouterId: vpc.vRouterId,
    VpcId: vpc.vpcId,
  };
}

/** The CEN memberships of a VPC. */
function cenMemberships(cloud: Cloud, vpcId: string) {
  return Object.values(data(cloud).vpcAttachments).filter(
    attachment => attachment.vpcId === vpcId,
  );
}

function vpcShape(cloud: Cloud, vpc: Vpc) {
  const all = data(cloud);
  const attached = cenMemberships(cloud, vpc.vpcId);
  return {
    CenStatus: attached.length ? 'Attached' : '',
    CidrBlock: vpc.cidrBlock,
    CreationTime: vpc.creationTime,
    Description: vpc.description,
    DhcpOptionsSetId: '',
    DhcpOptionsSetStatus: 'Available',
    DnsHostnameStatus: 'DISABLED',
    EnabledIpv6: false,
    Ipv6CidrBlock: '',
    Ipv6CidrBlocks: { Ipv6CidrBlock: [] },
    IsDefault: false,
    NatGatewayIds: {
      NatGatewayIds: Object.values(all.natGateways)
        .filter(nat => nat.vpcId === vpc.vpcId)
        .map(nat => nat.natGatewayId),
    },
    OwnerId: cloud.accountId,
    RegionId: vpc.regionId,
    ResourceGroupId: 'rg-default',
    RouterTableIds: { RouterTableIds: [vpc.routeTableId] },
    SecondaryCidrBlocks: { SecondaryCidrBlock: [] },
    Status: vpc.status,
    Tags: { Tag: tagList(vpc.tags) },
    UserCidrs: { UserCidr: vpc.userCidrs },
    VRouterId: vpc.vRouterId,
    VSwitchIds: {
      VSwitchId: Object.values(all.vSwitches)
        .filter(vSwitch => vSwitch.vpcId === vpc.vpcId)
        .map(vSwitch => vSwitch.vSwitchId),
    },
    VpcId: vpc.vpcId,
    VpcName: vpc.name,
  };
}

function describeVpcs(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const wanted = selected(call.text('VpcId'));
  const name = call.text('VpcName');
  const tags = call.tags();
  const found = Object.values(data(cloud).vpcs).filter(
    vpc =>
      vpc.regionId === regionId &&
      wanted(vpc.vpcId) &&
      (name === undefined || vpc.name === name) &&
      call.bool('IsDefault') !== true &&
      hasTags(vpc.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return { ...page, Vpcs: { Vpc: items.map(vpc => vpcShape(cloud, vpc)) } };
}

function describeVpcAttribute(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'));
  const { NatGatewayIds, RouterTableIds, CenStatus, ...shared } = vpcShape(
    cloud,
    vpc,
  );
  const counts = {
    VSwitch: shared.VSwitchIds.VSwitchId.length,
    VRouter: 1,
    RouteTable: RouterTableIds.RouterTableIds.length,
    NatGateway: NatGatewayIds.NatGatewayIds.length,
  };
  return {
    ...shared,
    AssociatedCens: {
      AssociatedCen: cenMemberships(cloud, vpc.vpcId).map(({ cenId }) => ({
        CenId: cenId,
        CenOwnerId: cloud.accountId,
        CenStatus,
      })),
    },
    AssociatedPropagationSources: { AssociatedPropagationSources: [] },
    ClassicLinkEnabled: false,
    CloudResources: {
      CloudResourceSetType: Object.entries(counts).map(
        ([ResourceType, ResourceCount]) => ({ ResourceCount, ResourceType }),
      ),
    },
    Ipv4GatewayId: '',
    SupportIpv4Gateway: true,
  };
}

function modifyVpcAttribute(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'));
  vpc.name = checkName(call.text('VpcName'), 'VpcName') || vpc.name;
  vpc.description = call.text('Description') ?? vpc.description;
}

function deleteVpc(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'));
  const all = data(cloud);
  const inVpc = (item: { vpcId: string }) => item.vpcId === vpc.vpcId;
  const vSwitch = Object.values(all.vSwitches).find(inVpc);
  if (vSwitch) {
    throw new ApiError(
      'DependencyViolation.VSwitch',
      `Specified object has dependent resources: the vSwitch ${vSwitch.vSwitchId}.`,
    );
  }
  const group = Object.values(all.securityGroups).find(inVpc);
  if (group) {
    throw new ApiError(
      'DependencyViolation.SecurityGroup',
      `Specified object has dependent resources: the security group ${group.securityGroupId}.`,
    );
  }
  if (cenMemberships(cloud, vpc.vpcId).length) {
    throw new ApiError(
      'DependencyViolation',
      'Specified object has dependent resources: the VPC is attached to a CEN instance.',
    );
  }
  if (vpc.status !== 'Available') throw incorrectVpcStatus(vpc);
  call.checked();
  for (const route of Object.values(all.routeEntries).filter(inVpc)) {
    delete all.routeEntries[route.routeEntryId];
  }
  delete all.vpcs[vpc.vpcId];
}

/** The VPC is not (yet) in a state that allows the operation. */
export function incorrectVpcStatus(vpc: Vpc): ApiError {
  return new ApiError(
    'IncorrectVpcStatus',
    `Current VPC status does not support this operation: ${vpc.vpcId} is ${vpc.status}.`,
  );
}

export const vpcOperations: Record<string, RpcOperation> = {
  CreateVpc: { required: ['RegionId'], run: createVpc },
  DescribeVpcs: { required: ['RegionId'], run: describeVpcs },
  DescribeVpcAttribute: { required: ['VpcId'], run: describeVpcAttribute },
  ModifyVpcAttribute: { required: ['VpcId'], run: modifyVpcAttribute },
  DeleteVpc: { required: ['VpcId'], run: deleteVpc },
};

export function handleVpcTransitions(cloud: Cloud): void {
  cloud.transitions.handle('vpc.available', ({ vpcId }) => {
    const vpc = data(cloud).vpcs[vpcId];
    if (vpc) vpc.status = 'Available';
  });
}
