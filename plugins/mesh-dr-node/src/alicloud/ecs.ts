import { AlicloudError } from './errors';
import { allByToken } from './pages';
import { objects, tagList, tags, text, type JsonObject } from './shape';
import type { AlicloudTransport } from './transport';
import type { EcsApi } from './types';

/** Security groups and stock of ECS 2014-05-26. */
export function createEcsApi(transport: AlicloudTransport): EcsApi {
  return {
    async availableInstanceTypes(p, o) {
      const answer = await transport.rpc(
        {
          product: 'ecs',
          operation: 'DescribeAvailableResource',
          regionId: p.regionId,
          resource: p.zoneId ?? `region ${p.regionId}`,
          params: {
            RegionId: p.regionId,
            ZoneId: p.zoneId,
            DestinationResource: 'InstanceType',
            InstanceType: p.instanceType,
            IoOptimized: 'optimized',
            InstanceChargeType: 'PostPaid',
          },
        },
        o,
      );
      return objects(answer.AvailableZones).map(zone => ({
        zoneId: text(zone.ZoneId),
        instanceTypes: inStock(zone) ? typesInStock(zone) : [],
      }));
    },

    async describeSecurityGroups(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'ecs',
          operation: 'DescribeSecurityGroups',
          regionId: p.regionId,
          resource: p.securityGroupId ?? p.vpcId ?? `region ${p.regionId}`,
          params: {
            RegionId: p.regionId,
            SecurityGroupId: p.securityGroupId,
            VpcId: p.vpcId,
            Tag: tagList(p.tags),
          },
        },
        answer => objects(answer.SecurityGroups),
        o,
        { MaxResults: 100 },
      );
      return found.map(group => ({
        securityGroupId: text(group.SecurityGroupId),
        securityGroupName: text(group.SecurityGroupName),
        type: text(group.SecurityGroupType),
        vpcId: text(group.VpcId),
        tags: tags(group.Tags),
      }));
    },

    async describeSecurityGroupRules(p, o) {
      const found = await allByToken(
        transport,
        {
          product: 'ecs',
          operation: 'DescribeSecurityGroupAttribute',
          regionId: p.regionId,
          resource: p.securityGroupId,
          params: {
            RegionId: p.regionId,
            SecurityGroupId: p.securityGroupId,
            Direction: 'all',
          },
        },
        answer => objects(answer.Permissions),
        o,
      );
      return found.map(rule => ({
        ruleId: text(rule.SecurityGroupRuleId),
        direction:
          text(rule.Direction).toLowerCase() === 'egress'
            ? ('egress' as const)
            : ('ingress' as const),
        ipProtocol: text(rule.IpProtocol),
        portRange: text(rule.PortRange),
        sourceCidrIp: text(rule.SourceCidrIp),
        sourceGroupId: text(rule.SourceGroupId),
        destCidrIp: text(rule.DestCidrIp),
        destGroupId: text(rule.DestGroupId),
        policy: text(rule.Policy),
        priority: text(rule.Priority),
        description: text(rule.Description),
      }));
    },

    async authorizeIngress(p, o) {
      try {
        await transport.rpc(
          {
            product: 'ecs',
            operation: 'AuthorizeSecurityGroup',
            regionId: p.regionId,
            resource: `${p.securityGroupId} from ${p.sourceCidrIp}`,
            params: {
              RegionId: p.regionId,
              SecurityGroupId: p.securityGroupId,
              ClientToken: p.clientToken,
              Permissions: [{ ...permission(p), Description: p.description }],
            },
          },
          o,
        );
      } catch (error) {
        // The API documents that repeating a rule succeeds; older gateways report the duplicate.
        if (error instanceof AlicloudError && /Duplicate/i.test(error.code)) {
          return;
        }
        throw error;
      }
    },

    async revokeIngress(p, o) {
      await transport.rpc(
        {
          product: 'ecs',
          operation: 'RevokeSecurityGroup',
          regionId: p.regionId,
          resource: `${p.securityGroupId} from ${p.sourceCidrIp}`,
          params: {
            RegionId: p.regionId,
            SecurityGroupId: p.securityGroupId,
            Permissions: [permission(p)],
          },
        },
        o,
      );
    },
  };
}

/** Anything but sold out: a type that is being phased out (`ClosedWithStock`) can still be bought. */
function inStock(item: JsonObject): boolean {
  return (
    !/sold/i.test(text(item.Status)) &&
    !/withoutstock/i.test(text(item.StatusCategory))
  );
}

function typesInStock(zone: JsonObject): string[] {
  const types = objects(zone.AvailableResources)
    .flatMap(resource => objects(resource.SupportedResources))
    .filter(inStock)
    .map(item => text(item.Value))
    .filter(Boolean);
  return [...new Set(types)].sort();
}

/** Priority 1 and accept are the only values that enterprise security groups take. */
function permission(p: {
  sourceCidrIp: string;
  ipProtocol?: string;
  portRange?: string;
}) {
  return {
    IpProtocol: p.ipProtocol ?? 'ALL',
    PortRange: p.portRange ?? '-1/-1',
    SourceCidrIp: p.sourceCidrIp,
    Policy: 'accept',
    Priority: '1',
    NicType: 'intranet',
  };
}
