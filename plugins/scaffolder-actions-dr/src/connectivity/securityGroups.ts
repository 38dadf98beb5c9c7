import type { SecurityGroupRule } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { covers } from './addresses';
import { podRange } from './arrival';
import type { NetworkFacts } from './facts';
import type { End, Finding } from './findings';

/** Rules about a ping to or from an address; a rule for TCP ports does not let one pass. */
function forPing(
  rules: SecurityGroupRule[],
  direction: SecurityGroupRule['direction'],
  peer: End,
): SecurityGroupRule[] {
  return rules.filter(rule => {
    const [block, group] =
      direction === 'ingress'
        ? [rule.sourceCidrIp, rule.sourceGroupId]
        : [rule.destCidrIp, rule.destGroupId];
    return (
      rule.direction === direction &&
      ['all', 'icmp'].includes(rule.ipProtocol.toLowerCase()) &&
      (!group || group === peer.cluster.securityGroupId) &&
      (!block || covers(block, peer.ip)) &&
      !!(block || group)
    );
  });
}

const drops = ({ policy }: SecurityGroupRule) =>
  policy.toLowerCase() === 'drop';

/** The rule that decides: the lowest priority number, and of equal ones a drop. */
function deciding(rules: SecurityGroupRule[]): SecurityGroupRule | undefined {
  return [...rules].sort(
    (a, b) =>
      Number(a.priority) - Number(b.priority) ||
      Number(drops(b)) - Number(drops(a)),
  )[0];
}

/** What the security group on one side does with a ping between two ends. Groups keep state: answers pass. */
async function check(
  facts: NetworkFacts,
  direction: SecurityGroupRule['direction'],
  own: End,
  peer: End,
): Promise<Finding[]> {
  const { securityGroupId, regionId, name } = own.cluster;
  if (!securityGroupId) return [];
  const { rules, type } = await facts.securityGroup(regionId, securityGroupId);
  const shared = securityGroupId === peer.cluster.securityGroupId;
  if (shared && type === 'normal') return [];
  const rule = deciding(forPing(rules, direction, peer));
  const openByDefault = direction === 'egress' && type === 'normal';
  if (rule ? !drops(rule) : openByDefault) return [];
  const range = await podRange(facts, peer);
  const pods = `${range} (Pods of ${peer.cluster.name})`;
  const verb =
    direction === 'ingress'
      ? `does not admit ${pods}`
      : `does not let traffic out to ${pods}`;
  return [
    {
      key: `security-group/${direction}/${securityGroupId}/${range}`,
      hop: 'security group',
      evidence: `${securityGroupId} of ${name} ${verb}: ${
        rule
          ? `its rule ${rule.ruleId} with priority ${rule.priority} drops it`
          : `none of its ${direction} rules accepts it`
      }.`,
      fix: rule
        ? `Remove that rule${
            Number(rule.priority) > 1
              ? ', or put an accept rule of a lower priority number before it'
              : ''
          }.`
        : `Add an ${direction} rule for it${
            direction === 'ingress'
              ? ' (dr:securityGroups:authorize adds those of an environment)'
              : ''
          }.`,
    },
  ];
}

/** Whether the sender's group lets a ping out. */
export const checkEgress = (facts: NetworkFacts, from: End, to: End) =>
  check(facts, 'egress', from, to);

/** Whether the receiver's group lets a ping in. */
export const checkIngress = (facts: NetworkFacts, from: End, to: End) =>
  check(facts, 'ingress', to, from);
