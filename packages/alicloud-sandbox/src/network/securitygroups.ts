import type { SecurityGroup, SecurityGroupRule } from '../openapi/model';
import { blockHasAddress } from './cidr';

/** `port` 0 is a ping. */
function matches(
  rule: SecurityGroupRule,
  peer: { ip: string; securityGroupId?: string },
  port: number,
): boolean {
  const protocol = port === 0 ? 'ICMP' : 'TCP';
  if (rule.ipProtocol !== 'ALL' && rule.ipProtocol !== protocol) return false;
  if (rule.groupId && rule.groupId !== peer.securityGroupId) return false;
  if (rule.cidrIp && !blockHasAddress(rule.cidrIp, peer.ip)) return false;
  const [from, to] = rule.portRange.split('/').map(Number);
  return from === -1 || port === 0 || (port >= from && port <= to);
}

/** Lowest priority number first; at the same priority a Drop wins. */
function decide(
  group: SecurityGroup,
  direction: 'ingress' | 'egress',
  peer: { ip: string; securityGroupId?: string },
  port: number,
): 'Accept' | 'Drop' | undefined {
  const [first] = group.rules
    .filter(rule => rule.direction === direction && matches(rule, peer, port))
    .sort(
      (a, b) =>
        a.priority - b.priority ||
        Number(a.policy === 'Accept') - Number(b.policy === 'Accept'),
    );
  return first?.policy;
}

/** Members of one basic group reach each other whatever its rules say; advanced groups keep theirs apart. */
function isInside(
  group: SecurityGroup,
  peer: { securityGroupId?: string },
): boolean {
  return (
    group.type === 'normal' && peer.securityGroupId === group.securityGroupId
  );
}

/** Ingress is closed unless a rule opens it. */
export function admits(
  group: SecurityGroup,
  from: { ip: string; securityGroupId?: string },
  port: number,
): boolean {
  return (
    isInside(group, from) || decide(group, 'ingress', from, port) === 'Accept'
  );
}

/** Egress of a basic group is open unless a rule closes it, that of an advanced group closed unless one opens it. */
export function lets(
  group: SecurityGroup,
  to: { ip: string; securityGroupId?: string },
  port: number,
): boolean {
  const byDefault = group.type === 'normal' ? 'Accept' : 'Drop';
  return (
    isInside(group, to) ||
    (decide(group, 'egress', to, port) ?? byDefault) === 'Accept'
  );
}
