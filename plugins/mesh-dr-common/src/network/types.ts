/** The network plan of a multi-region environment (guide, step 0). All CIDRs are IPv4 `a.b.c.d/len`. */

export interface VSwitchPlan {
  name: string;
  /** Id of a vSwitch that exists already and is to be used as it is; only in a VPC that exists, too. */
  vSwitchId?: string;
  /** e.g. `cn-hangzhou-h`. Empty: chosen when provisioning. */
  zone?: string;
  cidr: string;
}

export interface VpcPlan {
  name: string;
  /** Id of a VPC that exists already: used as it is, never changed, never deleted. */
  vpcId?: string;
  region: string;
  cidr: string;
  vswitches: VSwitchPlan[];
}

export interface ClusterPlan {
  name: string;
  region: string;
  /** Name of a VpcPlan. */
  vpc: string;
  networkPlugin: 'flannel' | 'terway';
  /** Required under Flannel. */
  podCidr?: string;
  serviceCidr: string;
  /** Flannel: mask length per node, 24 to 28; default 26. */
  nodeCidrMask?: number;
  /** Worker nodes wanted. */
  nodes?: number;
}

export interface NetworkPlan {
  vpcs: VpcPlan[];
  clusters: ClusterPlan[];
  /** Where ASM lives. */
  mesh: { name: string; region: string; vpc: string };
}

/** Everything the checker can find. */
export const NETWORK_FINDING_IDS = [
  'bad-name',
  'duplicate-name',
  'existing-vswitch-in-new-vpc',
  'malformed-cidr',
  'mask-range',
  'no-vswitch',
  'node-count',
  'node-mask',
  'not-private',
  'overlap',
  'overlap-existing',
  'pod-capacity',
  'public-range',
  'reserved-range',
  'single-region',
  'unknown-region',
  'unknown-vpc',
  'vpc-in-other-region',
  'vswitch-outside-vpc',
  'zone-outside-region',
] as const;
export type NetworkFindingId = (typeof NETWORK_FINDING_IDS)[number];

/** One thing the checker found. `path` addresses the field like `vpcs[0].vswitches[1].cidr`. */
export interface NetworkFinding {
  id: NetworkFindingId;
  severity: 'error' | 'warning';
  path: string;
  value: string;
  /** The other party of a clash, if any. */
  otherPath?: string;
  otherValue?: string;
  message: string;
  remedy: string;
}
