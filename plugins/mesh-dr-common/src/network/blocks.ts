import { tryParseCidr, type Cidr } from './cidr';
import type { NetworkPlan } from './types';

/** What a block of the plan is for. */
export type BlockKind = 'vpc' | 'vswitch' | 'pod' | 'service';

/** One CIDR of a plan with the words to name it. */
export interface Block {
  kind: BlockKind;
  /** Address of the field, `clusters[0].podCidr`. */
  path: string;
  value: string;
  /** `Pod CIDR of cluster ack-hangzhou`. */
  label: string;
  /** Parsed; undefined when malformed. */
  cidr?: Cidr;
  /** VPC a vSwitch lies in. */
  vpcIndex?: number;
}

/** Every CIDR a plan names. A Pod CIDR under Terway plays no part and is left out. */
export function planBlocks(plan: NetworkPlan): Block[] {
  const blocks: Omit<Block, 'cidr'>[] = [];
  plan.vpcs.forEach((vpc, i) => {
    blocks.push({
      kind: 'vpc',
      path: `vpcs[${i}].cidr`,
      value: vpc.cidr,
      label: `VPC ${vpc.name || `number ${i + 1}`}`,
    });
    vpc.vswitches.forEach((vswitch, j) =>
      blocks.push({
        kind: 'vswitch',
        path: `vpcs[${i}].vswitches[${j}].cidr`,
        value: vswitch.cidr,
        label: `vSwitch ${vswitch.name || `number ${j + 1} of ${vpc.name}`}`,
        vpcIndex: i,
      }),
    );
  });
  plan.clusters.forEach((cluster, i) => {
    const name = cluster.name || `number ${i + 1}`;
    if (cluster.networkPlugin === 'flannel') {
      blocks.push({
        kind: 'pod',
        path: `clusters[${i}].podCidr`,
        value: cluster.podCidr ?? '',
        label: `Pod CIDR of cluster ${name}`,
      });
    }
    blocks.push({
      kind: 'service',
      path: `clusters[${i}].serviceCidr`,
      value: cluster.serviceCidr,
      label: `Service CIDR of cluster ${name}`,
    });
  });
  return blocks.map(block => ({ ...block, cidr: tryParseCidr(block.value) }));
}
