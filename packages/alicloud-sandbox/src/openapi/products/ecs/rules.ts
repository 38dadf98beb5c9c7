import { parseCidr, parseIp } from '../../../network/cidr';
import { RpcCall } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { ApiError, missingParameter, notFound } from '../../errors';
import { regionalId } from '../../ids';
import type { SecurityGroup, SecurityGroupRule } from '../../model';
import type { RpcOperation } from '../../operation';
import { findGroup } from './securitygroups';

/** Default quota. */
const RULES_PER_GROUP = 200;
const PROTOCOLS = ['ALL', 'TCP', 'UDP', 'ICMP', 'ICMPV6', 'GRE'];

type Wanted = Omit<SecurityGroupRule, 'ruleId' | 'creationTime'>;

/** `Permissions.N.*`, or the flat parameters of old. */
function permissions(call: RpcCall): Record<string, string>[] {
  const listed = call.objects('Permissions');
  if (listed.length > 100) {
    throw new ApiError(
      'InvalidParamter.Conflict',
      `At most 100 permissions can be given, got ${listed.length}.`,
      403,
    );
  }
  return listed.length ? listed : [Object.fromEntries(call.parameters)];
}

function parseRule(
  cloud: Cloud,
  group: SecurityGroup,
  direction: Wanted['direction'],
  given: Record<string, string>,
): Wanted {
  const bad = (code: string, message: string) => new ApiError(code, message);
  const ipProtocol = given.IpProtocol?.toUpperCase();
  if (!ipProtocol) throw missingParameter('IpProtocol');
  if (!PROTOCOLS.includes(ipProtocol)) {
    throw bad(
      'InvalidIpProtocol.ValueNotSupported',
      `The IpProtocol ${given.IpProtocol} is none of ${PROTOCOLS.join(', ')}.`,
    );
  }
  const hasPorts = ipProtocol === 'TCP' || ipProtocol === 'UDP';
  const portRange = given.PortRange || (hasPorts ? '' : '-1/-1');
  const ports = /^(\d+)\/(\d+)$/.exec(portRange);
  if (hasPorts) {
    if (!portRange) throw missingParameter('PortRange');
    const valid =
      ports &&
      Number(ports[1]) >= 1 &&
      Number(ports[1]) <= Number(ports[2]) &&
      Number(ports[2]) <= 65535;
    if (!valid) {
      throw bad(
        'InvalidPortRange.Malformed',
        `The PortRange ${portRange} is not from/to with ports 1 to 65535.`,
      );
    }
  } else if (portRange !== '-1/-1') {
    throw bad(
      'OperationDenied',
      `The PortRange of the protocol ${ipProtocol} must be -1/-1.`,
    );
  }
  const side = direction === 'ingress' ? 'Source' : 'Dest';
  const cidrIp = given[`${side}CidrIp`] ?? '';
  const groupId = given[`${side}GroupId`] ?? '';
  if (!cidrIp && !groupId) {
    throw bad(
      `MissingParameter.${side}`,
      `One of ${side}CidrIp and ${side}GroupId must be given.`,
    );
  }
  if (cidrIp && !parseCidr(cidrIp) && parseIp(cidrIp) === undefined) {
    throw bad(
      `Invalid${side}CidrIp.Malformed`,
      `The ${side}CidrIp ${cidrIp} is no IPv4 network address with a mask.`,
    );
  }
  if (groupId && !data(cloud).securityGroups[groupId]) {
    throw notFound(`Invalid${side}GroupId.NotFound`, 'security group', groupId);
  }
  const policy = (given.Policy || 'accept').toLowerCase();
  if (policy !== 'accept' && policy !== 'drop') {
    throw bad(
      'InvalidPolicy.Malformed',
      `The Policy ${given.Policy} is neither accept nor drop.`,
    );
  }
  const priority = Number(given.Priority || '1');
  if (!Number.isInteger(priority) || priority < 1 || priority > 100) {
    throw bad(
      'InvalidPriority.ValueNotSupported',
      `The Priority ${given.Priority} is not 1 to 100.`,
    );
  }
  if (group.type === 'enterprise' && groupId) {
    throw bad(
      'InvalidParamter.Conflict',
      'Rules of advanced security groups cannot refer to groups.',
    );
  }
  const nicType = (given.NicType || 'intranet').toLowerCase();
  if (nicType !== 'intranet' && nicType !== 'internet') {
    throw bad(
      'InvalidNicType.ValueNotSupported',
      `The NicType ${given.NicType} is neither intranet nor internet.`,
    );
  }
  return {
    direction,
    ipProtocol,
    portRange,
    cidrIp: cidrIp && !cidrIp.includes('/') ? `${cidrIp}/32` : cidrIp,
    groupId,
    policy: policy === 'accept' ? 'Accept' : 'Drop',
    priority,
    // Groups in a VPC know intranet only; the gateway accepts both and shows intranet.
    nicType: 'intranet',
    description: given.Description ?? '',
  };
}

function sameRule(a: Wanted, b: Wanted): boolean {
  return (
    a.direction === b.direction &&
    a.ipProtocol === b.ipProtocol &&
    a.portRange === b.portRange &&
    a.cidrIp === b.cidrIp &&
    a.groupId === b.groupId &&
    a.policy === b.policy &&
    a.priority === b.priority
  );
}

/** Adds the rules that the group does not have yet. */
export function addRules(
  cloud: Cloud,
  group: SecurityGroup,
  rules: Wanted[],
): void {
  const fresh = rules.filter(
    rule => !group.rules.some(present => sameRule(present, rule)),
  );
  if (group.rules.length + fresh.length > RULES_PER_GROUP) {
    throw new ApiError(
      'AuthorizationLimitExceed',
      `The limit of ${RULES_PER_GROUP} rules a security group is exceeded.`,
      403,
    );
  }
  for (const rule of fresh) {
    group.rules.push({
      ...rule,
      ruleId: regionalId('sgr', group.regionId),
      creationTime: nowIso(cloud),
    });
  }
}

/** An ingress rule that accepts. */
export function accept(
  cidrIp: string,
  description: string,
  ports?: { protocol: 'TCP'; range: string },
): Wanted {
  return {
    direction: 'ingress',
    ipProtocol: ports?.protocol ?? 'ALL',
    portRange: ports?.range ?? '-1/-1',
    cidrIp,
    groupId: '',
    policy: 'Accept',
    priority: 1,
    nicType: 'intranet',
    description,
  };
}

function authorize(direction: Wanted['direction']) {
  return (call: RpcCall, cloud: Cloud) => {
    const group = findGroup(cloud, call.need('SecurityGroupId'));
    const rules = permissions(call).map(given =>
      parseRule(cloud, group, direction, given),
    );
    addRules(cloud, group, rules);
  };
}

/** By rule id or by exact match; what matches nothing is done already. */
function revoke(direction: Wanted['direction']) {
  return (call: RpcCall, cloud: Cloud) => {
    const group = findGroup(cloud, call.need('SecurityGroupId'));
    const ids = call.list('SecurityGroupRuleId');
    if (ids.length) {
      group.rules = group.rules.filter(
        rule => rule.direction !== direction || !ids.includes(rule.ruleId),
      );
      return;
    }
    const unwanted = permissions(call).map(given =>
      parseRule(cloud, group, direction, given),
    );
    group.rules = group.rules.filter(
      rule => !unwanted.some(other => sameRule(rule, other)),
    );
  };
}

const TARGET = ['RegionId', 'SecurityGroupId'];

export const ruleOperations: Record<string, RpcOperation> = {
  AuthorizeSecurityGroup: {
    required: TARGET,
    run: authorize('ingress'),
  },
  AuthorizeSecurityGroupEgress: {
    required: TARGET,
    run: authorize('egress'),
  },
  RevokeSecurityGroup: {
    required: TARGET,
    run: revoke('ingress'),
  },
  RevokeSecurityGroupEgress: {
    required: TARGET,
    run: revoke('egress'),
  },
};
