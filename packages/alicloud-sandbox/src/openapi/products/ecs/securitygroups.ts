import { RpcCall, hasTags } from '../../call';
import { Cloud, data, find, findInRegion, nowIso } from '../../cloud';
import { ApiError, invalidParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { SecurityGroup, SecurityGroupRule } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage, byToken } from '../../paging';
import { checkDescription, checkName } from '../vpc/names';
import { findVpc } from '../vpc/vpcs';

/** Private addresses that a group can hold. */
const ADDRESSES = { normal: 6000, enterprise: 65_536 };

export function findGroup(cloud: Cloud, id: string): SecurityGroup {
  return find(
    data(cloud).securityGroups,
    id,
    'InvalidSecurityGroupId.NotFound',
    'security group',
  );
}

/** The group of a call, in the call's region. */
export function requestedGroup(call: RpcCall, cloud: Cloud): SecurityGroup {
  return findInRegion(
    data(cloud).securityGroups,
    call.need('SecurityGroupId'),
    call.need('RegionId'),
    'InvalidSecurityGroupId.NotFound',
    'security group',
  );
}

/** Also used by ACK and ASM, which make their own groups. */
export function addGroup(
  cloud: Cloud,
  group: Pick<
    SecurityGroup,
    'name' | 'description' | 'regionId' | 'vpcId' | 'type' | 'ownerId' | 'tags'
  >,
): SecurityGroup {
  const record: SecurityGroup = {
    securityGroupId: regionalId('sg', group.regionId),
    rules: [],
    creationTime: nowIso(cloud),
    ...group,
  };
  data(cloud).securityGroups[record.securityGroupId] = record;
  return record;
}

function createSecurityGroup(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const vpc = findVpc(cloud, call.need('VpcId'), {
    regionId,
    code: 'InvalidVpcId.NotFound',
  });
  const group = addGroup(cloud, {
    name: checkName(call.text('SecurityGroupName'), 'SecurityGroupName'),
    description: checkDescription(
      call.text('Description'),
      'SecurityGroupDescription',
    ),
    regionId,
    vpcId: vpc.vpcId,
    type: call.oneOf('SecurityGroupType', ['normal', 'enterprise']) ?? 'normal',
    ownerId: '',
    tags: call.tags(),
  });
  return { SecurityGroupId: group.securityGroupId };
}

function membersOf(cloud: Cloud, id: string) {
  return Object.values(data(cloud).networkInterfaces).filter(
    item => item.securityGroupId === id,
  );
}

function groupIds(call: RpcCall): string[] | undefined {
  const single = call.text('SecurityGroupId');
  if (single) return [single];
  const list = call.json('SecurityGroupIds');
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) {
    throw invalidParameter('SecurityGroupIds', 'it is not a JSON array.');
  }
  return list.map(String);
}

function groupShape(cloud: Cloud, group: SecurityGroup) {
  const members = membersOf(cloud, group.securityGroupId);
  return {
    AvailableInstanceAmount: ADDRESSES[group.type] - members.length,
    CreationTime: group.creationTime,
    Description: group.description,
    EcsCount: members.filter(item => item.ownerType === 'Instance').length,
    GroupToGroupRuleCount: group.rules.filter(rule => rule.groupId).length,
    ResourceGroupId: '',
    RuleCount: group.rules.length,
    SecurityGroupId: group.securityGroupId,
    SecurityGroupName: group.name,
    SecurityGroupType: group.type,
    ServiceID: 0,
    ServiceManaged: false,
    Tags: {
      Tag: Object.entries(group.tags).map(([TagKey, TagValue]) => ({
        TagKey,
        TagValue,
      })),
    },
    VpcId: group.vpcId,
  };
}

function describeSecurityGroups(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const ids = groupIds(call);
  const tags = call.tags();
  const name = call.text('SecurityGroupName');
  const hasName = (group: SecurityGroup) =>
    name === undefined ||
    (call.bool('FuzzyQuery') ? group.name.includes(name) : group.name === name);
  const found = Object.values(data(cloud).securityGroups).filter(
    group =>
      group.regionId === regionId &&
      (!ids || ids.includes(group.securityGroupId)) &&
      hasName(group) &&
      call.selects({
        VpcId: group.vpcId,
        SecurityGroupType: group.type,
        NetworkType: 'vpc',
        ServiceManaged: false,
        ResourceGroupId: '',
      }) &&
      hasTags(group.tags, tags),
  );
  const byTokens =
    call.text('MaxResults') !== undefined ||
    call.text('NextToken') !== undefined;
  const paged = byTokens ? byToken(call, found) : byPage(call, found);
  const page =
    'page' in paged
      ? paged.page
      : { PageNumber: 1, PageSize: paged.size, TotalCount: paged.total };
  return {
    ...page,
    ...('next' in paged ? paged.next : {}),
    RegionId: regionId,
    SecurityGroups: {
      SecurityGroup: paged.items.map(group => groupShape(cloud, group)),
    },
  };
}

function ruleShape(cloud: Cloud, rule: SecurityGroupRule) {
  const ingress = rule.direction === 'ingress';
  const groupName = data(cloud).securityGroups[rule.groupId]?.name ?? '';
  return {
    CreateTime: rule.creationTime,
    Description: rule.description,
    DestCidrIp: ingress ? '' : rule.cidrIp,
    DestGroupId: ingress ? '' : rule.groupId,
    DestGroupName: ingress ? '' : groupName,
    DestGroupOwnerAccount: '',
    DestPrefixListId: '',
    DestPrefixListName: '',
    Direction: rule.direction,
    IpProtocol: rule.ipProtocol,
    Ipv6DestCidrIp: '',
    Ipv6SourceCidrIp: '',
    NicType: rule.nicType,
    Policy: rule.policy,
    PortRange: rule.portRange,
    PortRangeListId: '',
    PortRangeListName: '',
    Priority: String(rule.priority),
    SecurityGroupRuleId: rule.ruleId,
    SourceCidrIp: ingress ? rule.cidrIp : '',
    SourceGroupId: ingress ? rule.groupId : '',
    SourceGroupName: ingress ? groupName : '',
    SourceGroupOwnerAccount: '',
    SourcePortRange: '',
    SourcePrefixListId: '',
    SourcePrefixListName: '',
  };
}

function describeAttribute(call: RpcCall, cloud: Cloud) {
  const group = requestedGroup(call, cloud);
  const direction = call.oneOf('Direction', ['ingress', 'egress', 'all']);
  const shown = group.rules.filter(
    rule =>
      (!direction || direction === 'all' || rule.direction === direction) &&
      call.selects({ NicType: rule.nicType }),
  );
  const { items, next } =
    call.text('MaxResults') === undefined
      ? { items: shown, next: {} }
      : byToken(call, shown, { maxSize: 1000 });
  return {
    ...next,
    Description: group.description,
    InnerAccessPolicy: group.type === 'normal' ? 'Accept' : 'Drop',
    Permissions: { Permission: items.map(rule => ruleShape(cloud, rule)) },
    RegionId: group.regionId,
    SecurityGroupId: group.securityGroupId,
    SecurityGroupName: group.name,
    SnapshotPolicyIds: { SnapshotPolicyId: [] },
    VpcId: group.vpcId,
  };
}

function deleteSecurityGroup(call: RpcCall, cloud: Cloud) {
  const group = requestedGroup(call, cloud);
  const all = data(cloud);
  const member = membersOf(cloud, group.securityGroupId)[0];
  const user =
    member?.ownerId ??
    Object.values(all.clusters).find(
      cluster => cluster.securityGroupId === group.securityGroupId,
    )?.clusterId ??
    Object.values(all.meshes).find(
      mesh => mesh.securityGroupId === group.securityGroupId,
    )?.meshId ??
    Object.values(all.securityGroups).find(
      other =>
        other !== group &&
        other.rules.some(rule => rule.groupId === group.securityGroupId),
    )?.securityGroupId;
  if (user) {
    throw new ApiError(
      'DependencyViolation',
      `There is still instance(s) in the specified security group or a rule that refers to it: ${user}.`,
      403,
    );
  }
  delete all.securityGroups[group.securityGroupId];
}

export const groupOperations: Record<string, RpcOperation> = {
  CreateSecurityGroup: { required: ['VpcId'], run: createSecurityGroup },
  DescribeSecurityGroups: { run: describeSecurityGroups },
  DescribeSecurityGroupAttribute: { run: describeAttribute },
  DeleteSecurityGroup: { run: deleteSecurityGroup },
};
