import { RpcCall, hasTags } from '../../call';
import { Cloud, data, find, nowIso } from '../../cloud';
import { ApiError, invalidParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { SecurityGroup } from '../../model';
import type { RpcOperation } from '../../operation';
import { byPage, byToken } from '../../paging';
import { findVpc } from '../vpc/vpcs';

export function findGroup(cloud: Cloud, id: string): SecurityGroup {
  return find(
    data(cloud).securityGroups,
    id,
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
  const vpc = findVpc(cloud, call.need('VpcId'));
  const regionId = call.need('RegionId');
  if (vpc.regionId !== regionId) {
    throw invalidParameter('VpcId', `${vpc.vpcId} is not in ${regionId}.`);
  }
  const group = addGroup(cloud, {
    name: call.text('SecurityGroupName') ?? '',
    description: call.text('Description') ?? '',
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

function describeSecurityGroups(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const ids = groupIds(call);
  const tags = call.tags();
  const is = (name: string, value: string) =>
    (call.text(name) ?? value) === value;
  const found = Object.values(data(cloud).securityGroups).filter(
    group =>
      group.regionId === regionId &&
      (!ids || ids.includes(group.securityGroupId)) &&
      is('VpcId', group.vpcId) &&
      is('SecurityGroupName', group.name) &&
      is('SecurityGroupType', group.type) &&
      hasTags(group.tags, tags),
  );
  const tokens =
    call.text('MaxResults') !== undefined ||
    call.text('NextToken') !== undefined;
  const paged = tokens ? byToken(call, found) : byPage(call, found);
  return {
    ...('next' in paged
      ? { ...paged.next, TotalCount: paged.total }
      : paged.page),
    RegionId: regionId,
    SecurityGroups: {
      SecurityGroup: paged.items.map(group => ({
        AvailableInstanceAmount:
          2000 - membersOf(cloud, group.securityGroupId).length,
        CreationTime: group.creationTime,
        Description: group.description,
        EcsCount: membersOf(cloud, group.securityGroupId).filter(
          item => item.ownerType === 'Instance',
        ).length,
        GroupToGroupRuleCount: group.rules.filter(rule => rule.groupId).length,
        ResourceGroupId: '',
        RuleCount: group.rules.length,
        SecurityGroupId: group.securityGroupId,
        SecurityGroupName: group.name,
        SecurityGroupType: group.type,
        ServiceManaged: false,
        Tags: {
          Tag: Object.entries(group.tags).map(([TagKey, TagValue]) => ({
            TagKey,
            TagValue,
          })),
        },
        VpcId: group.vpcId,
      })),
    },
  };
}

function describeAttribute(call: RpcCall, cloud: Cloud) {
  const group = findGroup(cloud, call.need('SecurityGroupId'));
  const direction = call.oneOf('Direction', ['ingress', 'egress', 'all']);
  const nicType = call.text('NicType');
  const all = data(cloud);
  const shown = group.rules.filter(
    rule =>
      (!direction || direction === 'all' || rule.direction === direction) &&
      (!nicType || rule.nicType === nicType),
  );
  const { items, next } =
    call.text('MaxResults') === undefined
      ? { items: shown, next: {} }
      : byToken(call, shown, { maxSize: 1000 });
  return {
    ...next,
    Description: group.description,
    InnerAccessPolicy: group.type === 'normal' ? 'Accept' : 'Drop',
    Permissions: {
      Permission: items.map(rule => {
        const ingress = rule.direction === 'ingress';
        const groupName = all.securityGroups[rule.groupId]?.name ?? '';
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
      }),
    },
    RegionId: group.regionId,
    SecurityGroupId: group.securityGroupId,
    SecurityGroupName: group.name,
    SnapshotPolicyIds: { SnapshotPolicyId: [] },
    VpcId: group.vpcId,
  };
}

function deleteSecurityGroup(call: RpcCall, cloud: Cloud) {
  const group = findGroup(cloud, call.need('SecurityGroupId'));
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
  CreateSecurityGroup: {
    required: ['RegionId', 'VpcId'],
    run: createSecurityGroup,
  },
  DescribeSecurityGroups: {
    required: ['RegionId'],
    run: describeSecurityGroups,
  },
  DescribeSecurityGroupAttribute: {
    required: ['RegionId', 'SecurityGroupId'],
    run: describeAttribute,
  },
  DeleteSecurityGroup: {
    required: ['RegionId', 'SecurityGroupId'],
    run: deleteSecurityGroup,
  },
};
