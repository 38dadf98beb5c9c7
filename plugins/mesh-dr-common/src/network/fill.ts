import { suggestCidr } from './allocate';
import { planBlocks, type Block, type BlockKind } from './blocks';
import { checkNetworkPlan, type ExistingRange } from './check';
import { cidrContains } from './cidr';
import type { NetworkPlan } from './types';

/** Mask a block gets when its own cannot be read. */
const USUAL_PREFIX: Record<BlockKind, number> = {
  vpc: 16,
  vswitch: 20,
  pod: 16,
  service: 20,
};

const MASKS: Record<BlockKind, [number, number]> = {
  vpc: [8, 24],
  vswitch: [16, 29],
  pod: [8, 24],
  service: [16, 24],
};

/** Where a block of a kind comes from first. */
const HOME: Record<Exclude<BlockKind, 'vswitch'>, string[]> = {
  vpc: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  pod: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  service: ['172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/8'],
};

/** Sets the field that `path` addresses, e.g. `vpcs[0].vswitches[1].cidr`. */
function setAt(plan: NetworkPlan, path: string, value: string): void {
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  const last = keys.pop()!;
  const parent = keys.reduce<any>((node, key) => node[key], plan);
  parent[last] = value;
}

function prefixFor({ kind, cidr }: Block): number {
  const [min, max] = MASKS[kind];
  return Math.min(max, Math.max(min, cidr?.prefix ?? USUAL_PREFIX[kind]));
}

/** A block as large as wanted, or else of the usual size: a /8 rarely is free. */
function suggestAtMost(
  wanted: number,
  usual: number,
  taken: string[],
  within: string[],
): string {
  try {
    return suggestCidr(wanted, taken, within);
  } catch (error) {
    if (wanted >= usual) throw error;
    return suggestCidr(usual, taken, within);
  }
}

/**
 * Gives every range that is missing, malformed, reserved or in the way a free one, and leaves the others as they are. The
 * parts of a VPC follow when its range changes; existing VPCs and vSwitches are never touched.
 *
 * @param existing - ranges in use already
 * @returns the completed plan and the paths of what was set
 * @throws RangeError when no free range is left
 */
export function fillFreeRanges(
  plan: NetworkPlan,
  existing: ExistingRange[] = [],
): { plan: NetworkPlan; filled: string[] } {
  const next = structuredClone(plan);
  const filled: string[] = [];
  const isExisting = (block: Block) => {
    const vpc = next.vpcs[block.vpcIndex ?? Number(/\d+/.exec(block.path))];
    if (block.kind === 'vpc') return !!vpc.vpcId;
    const index = Number(/vswitches\[(\d+)\]/.exec(block.path)?.[1]);
    return block.kind === 'vswitch' && !!vpc.vswitches[index].vSwitchId;
  };
  const paths = planBlocks(next).map(({ path }) => path);
  for (const path of paths) {
    const blocks = planBlocks(next);
    const block = blocks.find(candidate => candidate.path === path)!;
    if (isExisting(block)) continue;
    const faults = checkNetworkPlan(next, existing).filter(
      finding => finding.severity === 'error' && finding.path === path,
    );
    if (!faults.length) continue;
    const tooSmall = faults.some(({ id }) => id === 'pod-capacity');
    const prefix = tooSmall ? USUAL_PREFIX.pod : prefixFor(block);
    let value: string;
    if (block.kind === 'vswitch') {
      const vpc = blocks.find(
        ({ path: other }) => other === `vpcs[${block.vpcIndex}].cidr`,
      )!;
      const siblings = blocks.filter(
        other =>
          other.kind === 'vswitch' &&
          other.vpcIndex === block.vpcIndex &&
          other.path !== path &&
          // A sibling that lies outside will be moved itself.
          (!other.cidr || !vpc.cidr || cidrContains(vpc.cidr, other.cidr)),
      );
      value = suggestCidr(
        Math.max(prefix, (vpc.cidr?.prefix ?? 16) + (siblings.length ? 4 : 1)),
        siblings.map(({ value: cidr }) => cidr),
        [vpc.value],
      );
    } else {
      const others = blocks.filter(
        other => other.kind !== 'vswitch' && other.path !== path,
      );
      const taken = [
        ...others.map(({ value: cidr }) => cidr),
        ...existing.map(({ cidr }) => cidr),
      ];
      value = suggestAtMost(
        prefix,
        USUAL_PREFIX[block.kind],
        taken,
        HOME[block.kind],
      );
    }
    setAt(next, path, value);
    filled.push(path);
  }
  return { plan: next, filled };
}
