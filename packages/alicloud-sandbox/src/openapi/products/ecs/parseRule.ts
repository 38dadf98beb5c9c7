import { parseCidr, parseIp } from '../../../network/cidr';
import { Cloud, data } from '../../cloud';
import { ApiError, missingParameter, notFound } from '../../errors';
import type { SecurityGroup, SecurityGroupRule } from '../../model';

const PROTOCOLS = ['ALL', 'TCP', 'UDP', 'ICMP', 'ICMPV6', 'GRE'];

/** A rule as it is asked for, without what the cloud adds. */
export type WantedRule = Omit<SecurityGroupRule, 'ruleId' | 'creationTime'>;

type Given = Readonly<Record<string, string>>;

/**
 * Reads one permission, from `Permissions.N.*` or from the flat parameters.
 *
 * @throws ApiError with the code that the API documents for the parameter at fault
 */
export function parseRule(
  cloud: Cloud,
  group: SecurityGroup,
  direction: WantedRule['direction'],
  given: Given,
): WantedRule {
  const ipProtocol = protocolOf(given);
  const nicType = (given.NicType || 'intranet').toLowerCase();
  if (nicType !== 'intranet' && nicType !== 'internet') {
    throw new ApiError(
      'InvalidNicType.ValueNotSupported',
      `The NicType ${given.NicType} is neither intranet nor internet.`,
    );
  }
  return {
    direction,
    ipProtocol,
    portRange: portRangeOf(ipProtocol, given.PortRange),
    ...peerOf(cloud, group, direction, given),
    policy: policyOf(given.Policy),
    priority: priorityOf(given.Priority),
    // Groups in a VPC know intranet only; the gateway accepts both and shows intranet.
    nicType: 'intranet',
    description: given.Description ?? '',
  };
}

function protocolOf(given: Given): string {
  const ipProtocol = given.IpProtocol?.toUpperCase();
  if (!ipProtocol) throw missingParameter('IpProtocol');
  if (!PROTOCOLS.includes(ipProtocol)) {
    throw new ApiError(
      'InvalidIpProtocol.ValueNotSupported',
      `The IpProtocol ${given.IpProtocol} is none of ${PROTOCOLS.join(', ')}.`,
    );
  }
  return ipProtocol;
}

function portRangeOf(ipProtocol: string, given: string | undefined): string {
  if (ipProtocol !== 'TCP' && ipProtocol !== 'UDP') {
    if (given && given !== '-1/-1') {
      throw new ApiError(
        'OperationDenied',
        `The PortRange of the protocol ${ipProtocol} must be -1/-1.`,
      );
    }
    return '-1/-1';
  }
  if (!given) throw missingParameter('PortRange');
  const ports = /^(\d+)\/(\d+)$/.exec(given);
  const isRange =
    ports &&
    Number(ports[1]) >= 1 &&
    Number(ports[1]) <= Number(ports[2]) &&
    Number(ports[2]) <= 65535;
  if (!isRange) {
    throw new ApiError(
      'InvalidPortRange.Malformed',
      `The PortRange ${given} is not from/to with ports 1 to 65535.`,
    );
  }
  return given;
}

/** The other side of the traffic: a block of addresses or a group, which advanced groups cannot name. */
function peerOf(
  cloud: Cloud,
  group: SecurityGroup,
  direction: WantedRule['direction'],
  given: Given,
): Pick<WantedRule, 'cidrIp' | 'groupId'> {
  const side = direction === 'ingress' ? 'Source' : 'Dest';
  const cidrIp = given[`${side}CidrIp`] ?? '';
  const groupId = given[`${side}GroupId`] ?? '';
  if (!cidrIp && !groupId) {
    throw new ApiError(
      `MissingParameter.${side}`,
      `One of ${side}CidrIp and ${side}GroupId must be given.`,
    );
  }
  if (cidrIp && !parseCidr(cidrIp) && parseIp(cidrIp) === undefined) {
    throw new ApiError(
      `Invalid${side}CidrIp.Malformed`,
      `The ${side}CidrIp ${cidrIp} is no IPv4 network address with a mask.`,
    );
  }
  if (groupId && !data(cloud).securityGroups[groupId]) {
    throw notFound(`Invalid${side}GroupId.NotFound`, 'security group', groupId);
  }
  if (group.type === 'enterprise' && groupId) {
    throw new ApiError(
      'InvalidParamter.Conflict',
      'Rules of advanced security groups cannot refer to groups.',
      403,
    );
  }
  return {
    cidrIp: cidrIp && !cidrIp.includes('/') ? `${cidrIp}/32` : cidrIp,
    groupId,
  };
}

function policyOf(given: string | undefined): WantedRule['policy'] {
  const policy = (given || 'accept').toLowerCase();
  if (policy !== 'accept' && policy !== 'drop') {
    throw new ApiError(
      'InvalidPolicy.Malformed',
      `The Policy ${given} is neither accept nor drop.`,
    );
  }
  return policy === 'accept' ? 'Accept' : 'Drop';
}

function priorityOf(given: string | undefined): number {
  if (given && !/^-?\d+$/.test(given)) {
    throw new ApiError(
      'InvalidPriority.Malformed',
      `The Priority ${given} is not a number.`,
    );
  }
  const priority = Number(given || '1');
  if (priority < 1 || priority > 100) {
    throw new ApiError(
      'InvalidPriority.ValueNotSupported',
      `The Priority ${given} is not 1 to 100.`,
    );
  }
  return priority;
}

/** Whether two rules are one to the cloud, whatever their descriptions. */
export function sameRule(a: WantedRule, b: WantedRule): boolean {
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
