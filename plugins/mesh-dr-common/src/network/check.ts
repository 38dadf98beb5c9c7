import { planBlocks, type Block } from './blocks';
import {
  cidrContains,
  cidrSize,
  cidrsOverlap,
  isPrivate,
  parseCidr,
  PRIVATE_RANGES,
  reservedRangeOf,
} from './cidr';
import { checkNames } from './names';
import { overlapFindings } from './overlaps';
import type { ClusterPlan, NetworkFinding, NetworkPlan } from './types';

/** Node mask of Flannel when none is given: 64 addresses per node. */
export const DEFAULT_NODE_CIDR_MASK = 26;

const maskRange: Record<Block['kind'], [number, number]> = {
  vpc: [8, 28],
  vswitch: [16, 29],
  pod: [8, 28],
  service: [16, 24],
};

/** A range already in use on the CEN that the plan must not touch. */
export interface ExistingRange {
  /** How to name it, e.g. `VPC vpc-bp1… (legacy)`. */
  label: string;
  cidr: string;
  /** Service ranges never leave their cluster, so those of clusters in different meshes may coincide. */
  kind?: 'vpc' | 'pod' | 'service';
}

/**
 * Checks a network plan: form, masks, reserved and public ranges, containment, overlaps over all VPCs of the CEN,
 * capacity, regions, zones, names and references. An empty result means that the cloud and ASM will accept it; warnings
 * are allowed but worth reading. Rules: VPC, ACK and ASM documentation.
 *
 * @param existing - ranges already attached to the CEN
 */
export function checkNetworkPlan(
  plan: NetworkPlan,
  existing: ExistingRange[] = [],
): NetworkFinding[] {
  const blocks = planBlocks(plan);
  return [
    ...blocks.flatMap(checkBlock),
    ...checkContainment(plan, blocks),
    ...overlapFindings(blocks),
    ...checkExisting(blocks, existing),
    ...plan.clusters.flatMap((cluster, i) =>
      checkCapacity(cluster, `clusters[${i}]`),
    ),
    ...checkNames(plan),
  ];
}

function checkBlock(block: Block): NetworkFinding[] {
  const { path, value, label, kind } = block;
  if (!block.cidr) {
    return [malformed(block)];
  }
  const reserved = reservedRangeOf(block.cidr);
  if (reserved) {
    return [
      {
        id: 'reserved-range',
        severity: 'error',
        path,
        value,
        otherValue: reserved.cidr,
        message: `${label} (${value}) touches ${reserved.cidr}, which is reserved for ${reserved.use}.`,
        remedy: `Choose a private range: ${PRIVATE_RANGES.join(', ')}.`,
      },
    ];
  }
  const findings: NetworkFinding[] = [];
  const [min, max] = maskRange[kind];
  const { prefix } = block.cidr;
  if (prefix < min || prefix > max) {
    findings.push({
      id: 'mask-range',
      severity: 'error',
      path,
      value,
      message: `${label} (${value}) has the mask /${prefix}, but /${min} to /${max} are allowed here.`,
      remedy:
        prefix < min
          ? `Choose a smaller range, with a mask of at least /${min}.`
          : `Choose a larger range, with a mask of at most /${max}.`,
    });
  }
  // A vSwitch of a public VPC is no news beside the VPC itself.
  if (kind !== 'vswitch' && !isPrivate(block.cidr)) {
    findings.push(publicRange(block));
  }
  return findings;
}

function malformed({ path, value, label }: Block): NetworkFinding {
  let problem = 'is missing';
  if (value) {
    try {
      parseCidr(value);
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  return {
    id: 'malformed-cidr',
    severity: 'error',
    path,
    value: value ?? '',
    message: `${label} ("${value ?? ''}") ${problem}.`,
    remedy: 'Write an IPv4 block, e.g. 10.0.0.0/16.',
  };
}

function publicRange({ path, value, label, kind }: Block): NetworkFinding {
  if (kind === 'pod' || kind === 'service') {
    return {
      id: 'not-private',
      severity: 'error',
      path,
      value,
      message: `${label} (${value}) is not private; ACK accepts only ${PRIVATE_RANGES.join(
        ', ',
      )} and parts of them.`,
      remedy: 'Choose a private range.',
    };
  }
  return {
    id: 'public-range',
    severity: 'warning',
    path,
    value,
    message: `${label} (${value}) is public address space: internet hosts with these addresses cannot be reached from inside, and networks that meet it later may clash.`,
    remedy: `Prefer a private range: ${PRIVATE_RANGES.join(
      ', ',
    )}. The cloud accepts this one, too.`,
  };
}

function checkContainment(
  plan: NetworkPlan,
  blocks: Block[],
): NetworkFinding[] {
  return blocks.flatMap(block => {
    if (block.kind !== 'vswitch' || !block.cidr) {
      return [];
    }
    const vpc = blocks.find(
      ({ path }) => path === `vpcs[${block.vpcIndex}].cidr`,
    )!;
    if (!vpc.cidr || cidrContains(vpc.cidr, block.cidr)) {
      return [];
    }
    return [
      {
        id: 'vswitch-outside-vpc',
        severity: 'error' as const,
        path: block.path,
        value: block.value,
        otherPath: vpc.path,
        otherValue: vpc.value,
        message: `${block.label} (${block.value}) does not lie inside ${vpc.label} (${vpc.value}); a vSwitch is a part of its VPC.`,
        remedy: `Choose a part of ${plan.vpcs[block.vpcIndex!].cidr}.`,
      },
    ];
  });
}

function checkExisting(
  blocks: Block[],
  existing: ExistingRange[],
): NetworkFinding[] {
  return existing.flatMap(range => {
    const other = parseCidr(range.cidr);
    return blocks
      .filter(
        ({ kind, cidr }) =>
          kind !== 'vswitch' &&
          !(kind === 'service' && range.kind === 'service') &&
          cidr &&
          cidrsOverlap(cidr, other),
      )
      .map(({ path, value, label }) => ({
        id: 'overlap-existing',
        severity: 'error' as const,
        path,
        value,
        otherValue: range.cidr,
        message: `${label} (${value}) overlaps ${range.label} (${range.cidr}), which exists already: the routes on the CEN would conflict.`,
        remedy: 'Choose a range that is not in use yet.',
      }));
  });
}

function checkCapacity(cluster: ClusterPlan, path: string): NetworkFinding[] {
  const findings: NetworkFinding[] = [];
  const { nodes, name } = cluster;
  if (nodes !== undefined && !(Number.isInteger(nodes) && nodes >= 1)) {
    findings.push({
      id: 'node-count',
      severity: 'error',
      path: `${path}.nodes`,
      value: String(nodes),
      message: `Cluster ${name} asks for ${nodes} worker nodes; a whole number from 1 is needed to run anything.`,
      remedy: 'Ask for at least 1 node; 2 survive the loss of one.',
    });
  }
  if (cluster.networkPlugin !== 'flannel') {
    return findings;
  }
  const mask = cluster.nodeCidrMask ?? DEFAULT_NODE_CIDR_MASK;
  if (!Number.isInteger(mask) || mask < 24 || mask > 28) {
    return [
      ...findings,
      {
        id: 'node-mask',
        severity: 'error',
        path: `${path}.nodeCidrMask`,
        value: String(mask),
        message: `Node mask /${mask} of cluster ${name} is not possible; Flannel in ACK takes /24 to /28.`,
        remedy: `Use /${DEFAULT_NODE_CIDR_MASK} for up to 64 Pod addresses per node.`,
      },
    ];
  }
  let pods;
  try {
    pods = parseCidr(cluster.podCidr ?? '');
  } catch {
    return findings;
  }
  const capacity = Math.floor(cidrSize(pods.prefix) / cidrSize(mask));
  const wanted = nodes ?? 1;
  if (capacity < wanted) {
    findings.push({
      id: 'pod-capacity',
      severity: 'error',
      path: `${path}.podCidr`,
      value: cluster.podCidr!,
      otherPath: `${path}.nodeCidrMask`,
      otherValue: String(mask),
      message: `Pod CIDR of cluster ${name} (${cluster.podCidr}) holds ${capacity} nodes of /${mask} each, but ${wanted} are wanted.`,
      remedy: `Choose a Pod CIDR of at least /${
        mask - Math.ceil(Math.log2(wanted))
      }, or a longer node mask.`,
    });
  }
  return findings;
}
