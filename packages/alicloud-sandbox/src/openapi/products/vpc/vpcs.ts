import {
  cidrOf,
  containsCidr,
  isPrivateBlock,
  parseCidr,
  reservedBlock,
} from '../../../network/cidr';
import { RpcCall, hasTags, tagList } from '../../call';
import { Cloud, data, findInRegion, nowIso, selected } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, invalidParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { Vpc } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage } from '../../paging';
import { checkDescription, checkName } from './names';

/** Default quota. */
const VPCS_PER_REGION = 10;
const DEFAULT_BLOCK = '172.16.0.0/12';

/** The code for an unknown VPC differs in spelling from operation to operation. */
export function findVpc(
  cloud: Cloud,
  vpcId: string,
  options: {
    regionId?: string;
    code?: 'InvalidVpcID.NotFound' | 'InvalidVpcId.NotFound';
  } = {},
): Vpc {
  const { regionId, code = 'InvalidVpcID.NotFound' } = options;
  return findInRegion(data(cloud).vpcs, vpcId, regionId, code, 'VPC');
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

function createVpc(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const cidrBlock = call.text('CidrBlock') ?? DEFAULT_BLOCK;
  checkVpcBlock(cidrBlock);
  const name = checkName(call.text('VpcName'), 'VpcName');
  const description = checkDescription(
    call.text('Description'),
    'VpcDescription',
  );
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
  const tags = call.tags();
  const found = Object.values(data(cloud).vpcs).filter(
    vpc =>
      vpc.regionId === regionId &&
      wanted(vpc.vpcId) &&
      call.selects({
        VpcName: vpc.name,
        IsDefault: false,
        EnableIpv6: false,
        VpcOwnerId: cloud.accountId,
        ResourceGroupId: 'rg-default',
        DhcpOptionsSetId: '',
      }) &&
      hasTags(vpc.tags, tags),
  );
  const { items, page } = byPage(call, found);
  return { ...page, Vpcs: { Vpc: items.map(vpc => vpcShape(cloud, vpc)) } };
}

function requestedVpc(call: RpcCall, cloud: Cloud): Vpc {
  return findVpc(cloud, call.need('VpcId'), {
    regionId: call.text('RegionId'),
  });
}

function describeVpcAttribute(call: RpcCall, cloud: Cloud) {
  const vpc = requestedVpc(call, cloud);
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

/** The block may change as long as it holds every vSwitch. */
function checkNewBlock(cloud: Cloud, vpc: Vpc, block: string): void {
  checkVpcBlock(block);
  const outside = Object.values(data(cloud).vSwitches).find(
    vSwitch =>
      vSwitch.vpcId === vpc.vpcId &&
      !containsCidr(cidrOf(block), cidrOf(vSwitch.cidrBlock)),
  );
  if (outside) {
    throw invalidParameter(
      'CidrBlock',
      `${outside.cidrBlock} of the vSwitch ${outside.vSwitchId} is not inside ${block}.`,
    );
  }
}

function modifyVpcAttribute(call: RpcCall, cloud: Cloud) {
  const vpc = requestedVpc(call, cloud);
  const name = checkName(call.text('VpcName'), 'VpcName');
  const description = checkDescription(
    call.text('Description'),
    'VpcDescription',
  );
  const block = call.text('CidrBlock');
  if (block !== undefined) checkNewBlock(cloud, vpc, block);
  vpc.cidrBlock = block ?? vpc.cidrBlock;
  vpc.name = name || vpc.name;
  vpc.description = description || vpc.description;
}

function deleteVpc(call: RpcCall, cloud: Cloud) {
  const vpc = findVpc(cloud, call.need('VpcId'), {
    regionId: call.text('RegionId'),
    code: 'InvalidVpcId.NotFound',
  });
  const all = data(cloud);
  const inVpc = (item: { vpcId: string }) => item.vpcId === vpc.vpcId;
  const violation = (kind: string, what: string, id: string | undefined) => {
    if (id === undefined) return;
    throw new ApiError(
      `DependencyViolation.${kind}`,
      `Specified object has dependent resources: the ${what} ${id}.`,
    );
  };
  const { natGateways, routeEntries, securityGroups, vSwitches } = all;
  violation(
    'VSwitch',
    'vSwitch',
    Object.values(vSwitches).find(inVpc)?.vSwitchId,
  );
  violation(
    'SecurityGroup',
    'security group',
    Object.values(securityGroups).find(inVpc)?.securityGroupId,
  );
  violation(
    'NatGateway',
    'NAT gateway',
    Object.values(natGateways).find(inVpc)?.natGatewayId,
  );
  violation(
    'RouteEntry',
    'custom route entry',
    Object.values(routeEntries).find(inVpc)?.routeEntryId,
  );
  if (cenMemberships(cloud, vpc.vpcId).length) {
    throw new ApiError(
      'DependencyViolation',
      'Specified object has dependent resources: the VPC is attached to a CEN instance.',
    );
  }
  if (vpc.status !== 'Available') throw incorrectVpcStatus(vpc);
  call.checked();
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
  CreateVpc: { run: createVpc },
  DescribeVpcs: { run: describeVpcs },
  DescribeVpcAttribute: { run: describeVpcAttribute },
  ModifyVpcAttribute: { run: modifyVpcAttribute },
  DeleteVpc: { run: deleteVpc },
};

export function handleVpcTransitions(cloud: Cloud): void {
  cloud.transitions.handle('vpc.available', ({ vpcId }) => {
    const vpc = data(cloud).vpcs[vpcId];
    if (vpc) vpc.status = 'Available';
  });
}
