import type { Block, BlockKind } from './blocks';
import { cidrsOverlap } from './cidr';
import type { NetworkFinding } from './types';

const kindRank: Record<BlockKind, number> = {
  vpc: 0,
  vswitch: 1,
  pod: 2,
  service: 3,
};

/**
 * Every clash between two blocks of a plan. All VPCs hang on one CEN, so a block may occur once only. Compared are VPCs,
 * Pod and Service CIDRs with each other; vSwitches only with their siblings, since they lie inside their VPC, which is
 * compared already.
 */
export function overlapFindings(blocks: Block[]): NetworkFinding[] {
  const findings: NetworkFinding[] = [];
  blocks.forEach((a, i) =>
    blocks.slice(i + 1).forEach(b => {
      if (
        a.cidr &&
        b.cidr &&
        comparable(a, b) &&
        cidrsOverlap(a.cidr, b.cidr)
      ) {
        // Reported at the later field: the one being typed, usually.
        findings.push({
          id: 'overlap',
          severity: 'error',
          path: b.path,
          value: b.value,
          otherPath: a.path,
          otherValue: a.value,
          message: `${b.label} (${b.value}) overlaps ${a.label} (${
            a.value
          }): ${reason(a.kind, b.kind)}`,
          remedy: `Give one of the two a range that no other VPC, Pod or Service uses, or ask for a suggestion.`,
        });
      }
    }),
  );
  return findings;
}

function comparable(a: Block, b: Block): boolean {
  if (a.kind === 'vswitch' || b.kind === 'vswitch') {
    return a.kind === b.kind && a.vpcIndex === b.vpcIndex;
  }
  return true;
}

function reason(a: BlockKind, b: BlockKind): string {
  const [first, second] = [a, b].sort((x, y) => kindRank[x] - kindRank[y]);
  switch (`${first}-${second}`) {
    case 'vpc-vpc':
      return 'both VPCs are attached to one CEN, whose routes to them would conflict.';
    case 'vswitch-vswitch':
      return 'vSwitches of one VPC must be disjoint; the cloud refuses the second.';
    case 'vpc-pod':
      return 'packets to such a Pod would be routed into the VPC range instead of to the Pod.';
    case 'vpc-service':
      return 'nodes would take calls to addresses of the VPC for Service addresses and never reach them.';
    case 'pod-pod':
      return 'Pods of both clusters talk to each other directly over the CEN, so each Pod address may exist once only.';
    case 'pod-service':
      return 'calls to these Pods would be taken for calls to a Service.';
    default:
      return 'ACK would allow it, but ASM refuses to join two clusters whose Service CIDRs clash (ForbiddenFlag 3).';
  }
}
