import type {
  ClusterPlan,
  NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { SecurityGroupRule } from '../../alicloud/types';
import type { Resource } from '../types';
import { keys, ruleMark, type ClusterOutputs } from './common';

/** Whether an ingress rule lets everything from `cidr` in. */
export function admitsAll(rule: SecurityGroupRule, cidr: string): boolean {
  return (
    rule.direction === 'ingress' &&
    rule.policy.toLowerCase() === 'accept' &&
    rule.ipProtocol.toLowerCase() === 'all' &&
    rule.sourceCidrIp === cidr
  );
}

/**
 * The sources a cluster's security group must let in:
 * - the other clusters' Pods, as the guide says: the Pod CIDR under Flannel, the vSwitch CIDRs under Terway (its Pods
 *   have vSwitch addresses);
 * - the mesh's VPC, which the guide leaves out: ASM's control plane connects to the cluster's API server from there, so
 *   without it joining works only through a public API server.
 */
export function sourcesOf(plan: NetworkPlan, cluster: ClusterPlan): string[] {
  const sources = new Set<string>();
  for (const other of plan.clusters) {
    if (other.name === cluster.name) continue;
    if (other.networkPlugin === 'flannel' && other.podCidr) {
      sources.add(other.podCidr);
    } else {
      const vpc = plan.vpcs.find(item => item.name === other.vpc);
      for (const vswitch of vpc?.vswitches ?? []) sources.add(vswitch.cidr);
    }
  }
  const home = plan.vpcs.find(item => item.name === plan.mesh.vpc);
  if (home) sources.add(home.cidr);
  return [...sources];
}

/** The ingress rules of one cluster's security group. Rules that someone else made stay untouched, also on destroy. */
export function securityGroupResource(
  plan: NetworkPlan,
  cluster: ClusterPlan,
): Resource {
  const key = keys.securityGroup(cluster.name);
  const sources = sourcesOf(plan, cluster);
  const { region: regionId } = cluster;
  return {
    key,
    kind: 'security-group',
    dependencies: [keys.cluster(cluster.name)],
    title: `security group rules of ${cluster.name}`,
    desired: { cluster: cluster.name, sources },
    async find(ctx) {
      const { securityGroupId } = ctx.outputs<ClusterOutputs>(
        keys.cluster(cluster.name),
      );
      const rules = await ctx.cloud.ecs.describeSecurityGroupRules(
        { regionId, securityGroupId },
        ctx.call,
      );
      return {
        id: securityGroupId,
        state: 'ready',
        status: `${rules.length} rules`,
        changes: sources
          .filter(cidr => !rules.some(rule => admitsAll(rule, cidr)))
          .map(cidr => `allow ${cidr}`),
        outputs: { securityGroupId, sources },
      };
    },
    async update(ctx, observed) {
      await ctx.cloud.ecs.authorizeIngress(
        {
          regionId,
          securityGroupId: observed.id,
          rules: (observed.changes ?? []).map(change => ({
            sourceCidrIp: change.replace(/^allow /, ''),
            description: ruleMark(ctx.spec.name),
          })),
        },
        ctx.call,
      );
    },
  };
}
