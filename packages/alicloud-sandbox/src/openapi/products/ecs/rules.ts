import { RpcCall } from '../../call';
import { Cloud, nowIso } from '../../cloud';
import { ApiError, missingParameter } from '../../errors';
import { regionalId } from '../../ids';
import type { SecurityGroup, SecurityGroupRule } from '../../model';
import type { RpcOperation } from '../../operation';
import { WantedRule, parseRule, sameRule } from './parseRule';
import { requestedGroup } from './securitygroups';

/** Default quota. */
const RULES_PER_GROUP = 200;

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

/** Adds the rules that the group does not have yet. */
export function addRules(
  cloud: Cloud,
  group: SecurityGroup,
  rules: WantedRule[],
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

/** A rule that accepts; ingress unless told otherwise. */
export function accept(
  cidrIp: string,
  description: string,
  options: {
    protocol?: 'TCP';
    range?: string;
    direction?: WantedRule['direction'];
  } = {},
): WantedRule {
  const { protocol = 'ALL', range = '-1/-1', direction = 'ingress' } = options;
  return {
    direction,
    ipProtocol: protocol,
    portRange: range,
    cidrIp,
    groupId: '',
    policy: 'Accept',
    priority: 1,
    nicType: 'intranet',
    description,
  };
}

function authorize(direction: WantedRule['direction']) {
  return (call: RpcCall, cloud: Cloud) => {
    const group = requestedGroup(call, cloud);
    const rules = permissions(call).map(given =>
      parseRule(cloud, group, direction, given),
    );
    addRules(cloud, group, rules);
  };
}

function unknownRule(id: string): ApiError {
  return new ApiError(
    'InvalidParam.SecurityGroupRuleId',
    `The specified parameter SecurityGroupRuleId is not valid: the group has no rule ${id} of this direction.`,
  );
}

/** By rule id, all of which must exist, or by exact match; what matches nothing is done already. */
function revoke(direction: WantedRule['direction']) {
  return (call: RpcCall, cloud: Cloud) => {
    const group = requestedGroup(call, cloud);
    const ids = call.list('SecurityGroupRuleId');
    if (ids.length) {
      for (const id of ids) findRule(group, direction, id);
      group.rules = group.rules.filter(rule => !ids.includes(rule.ruleId));
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

function findRule(
  group: SecurityGroup,
  direction: WantedRule['direction'],
  id: string,
): SecurityGroupRule {
  const rule = group.rules.find(
    item => item.ruleId === id && item.direction === direction,
  );
  if (!rule) throw unknownRule(id);
  return rule;
}

/**
 * With an id: changes what is given of that rule. Without one: the rule that the other parameters describe gets the
 * description. What a rule names (a block or a group) cannot become of the other kind.
 */
function modifyIngress(call: RpcCall, cloud: Cloud) {
  const group = requestedGroup(call, cloud);
  const id = call.text('SecurityGroupRuleId');
  const given = Object.fromEntries(
    [...call.parameters].filter(([, value]) => value !== ''),
  );
  if (id === undefined) {
    const wanted = parseRule(cloud, group, 'ingress', given);
    const rule = group.rules.find(item => sameRule(item, wanted));
    if (!rule) throw missingParameter('SecurityGroupRuleId');
    rule.description = wanted.description;
    return;
  }
  const rule = findRule(group, 'ingress', id);
  const changed = parseRule(cloud, group, 'ingress', {
    IpProtocol: rule.ipProtocol,
    Policy: rule.policy,
    Priority: String(rule.priority),
    Description: rule.description,
    ...(given.IpProtocol ? {} : { PortRange: rule.portRange }),
    ...(rule.cidrIp ? { SourceCidrIp: rule.cidrIp } : {}),
    ...(rule.groupId ? { SourceGroupId: rule.groupId } : {}),
    ...given,
  });
  const keepsKind =
    !changed.cidrIp === !rule.cidrIp && !changed.groupId === !rule.groupId;
  const isTaken = group.rules.some(
    other => other !== rule && sameRule(other, changed),
  );
  if (!keepsKind || isTaken) {
    throw new ApiError(
      'InvalidParamter.Conflict',
      keepsKind
        ? `The group has a rule like the changed ${id} already.`
        : `The rule ${id} cannot change between an address block and a security group.`,
      403,
    );
  }
  Object.assign(rule, changed);
}

export const ruleOperations: Record<string, RpcOperation> = {
  AuthorizeSecurityGroup: { run: authorize('ingress') },
  AuthorizeSecurityGroupEgress: { run: authorize('egress') },
  RevokeSecurityGroup: { run: revoke('ingress') },
  RevokeSecurityGroupEgress: { run: revoke('egress') },
  ModifySecurityGroupRule: { run: modifyIngress },
};
