import { AlicloudError } from './errors';
import { allByToken } from './pages';
import { objects, tagList, tags, text, type JsonObject } from './shape';
import type { AlicloudTransport } from './transport';
import type { EcsApi, IngressRule } from './types';

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
      const authorize = async (rules: typeof p.rules): Promise<void> => {
        try {
          await transport.rpc(
            {
              product: 'ecs',
              operation: 'AuthorizeSecurityGroup',
              regionId: p.regionId,
              resource: describe(p.securityGroupId, rules),
              params: {
                RegionId: p.regionId,
                SecurityGroupId: p.securityGroupId,
                Permissions: rules.map(rule => ({
                  ...permission(rule),
                  Description: rule.description,
                })),
              },
            },
            o,
          );
        } catch (error) {
          // The API documents that repeating a rule succeeds; older gateways report the duplicate.
          if (!isDuplicate(error)) throw error;
          // Which one it was, and what became of the others, is not said.
          if (rules.length > 1) {
            for (const rule of rules) await authorize([rule]);
          }
        }
      };
      for (const rules of portions(p.rules)) await authorize(rules);
    },

    async revokeIngress(p, o) {
      for (const rules of portions(p.rules)) {
        await transport.rpc(
          {
            product: 'ecs',
            operation: 'RevokeSecurityGroup',
            regionId: p.regionId,
            resource: describe(p.securityGroupId, rules),
            params: {
              RegionId: p.regionId,
              SecurityGroupId: p.securityGroupId,
              Permissions: rules.map(permission),
            },
          },
          o,
        );
      }
    },
  };
}

/** Rules that one call takes (API reference). */
const RULES_PER_CALL = 100;

function portions<T>(rules: T[]): T[][] {
  const count = Math.ceil(rules.length / RULES_PER_CALL);
  return Array.from({ length: count }, (_, i) =>
    rules.slice(i * RULES_PER_CALL, (i + 1) * RULES_PER_CALL),
  );
}

function isDuplicate(error: unknown): boolean {
  return error instanceof AlicloudError && /Duplicate/i.test(error.code);
}

function describe(group: string, rules: IngressRule[]): string {
  const sources = rules.map(({ sourceCidrIp }) => sourceCidrIp);
  return `${group} from ${sources.join(', ')}`;
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
function permission(p: IngressRule) {
  return {
    IpProtocol: p.ipProtocol ?? 'ALL',
    PortRange: p.portRange ?? '-1/-1',
    SourceCidrIp: p.sourceCidrIp,
    Policy: 'accept',
    Priority: '1',
    NicType: 'intranet',
  };
}
