import type { PreflightCheck } from './types';

/** Bandwidth that the guide's link is given when nobody says otherwise, Mbit/s. */
export const SUGGESTED_BANDWIDTH_MBPS = 10;

/** What one inter-region connection carries at most when its bandwidth is set here, Mbit/s. */
export const MAX_BANDWIDTH_MBPS = 10_000;

/** An ingress rule that a security group lacks: all protocols and ports from one range. */
export interface MissingIngressRule {
  securityGroupId: string;
  region: string;
  /** The cluster that the group guards, by name. */
  cluster: string;
  /** The cluster whose pods are kept out, by name. */
  caller: string;
  cidr: string;
}

/** A check's `fix` for programs: what exactly the portal would change to make the check pass. */
export type Repair =
  | {
      kind: 'set-bandwidth';
      /** Id of the inter-region connection. */
      attachmentId: string;
      regions: [string, string];
      /** Paid by what is carried; a prepaid bandwidth package is no matter of a repair. */
      bandwidthType: 'DataTransfer';
      suggestedMbps: number;
    }
  | { kind: 'admit-ranges'; rules: MissingIngressRule[] };

/** Asks for the repair of one check; what is to be changed is found anew, only its size is chosen. */
export type RepairRequest =
  | {
      check: 'cross-region-bandwidth';
      /** 1 to `MAX_BANDWIDTH_MBPS`. */
      bandwidthMbps: number;
    }
  | { check: 'security-groups' };

export interface RepairResult {
  /** False when there was nothing to repair any more. */
  applied: boolean;
  /** What was changed. */
  repair?: Repair;
  /** The check as it stands afterwards. */
  check: PreflightCheck;
}

/** What taking a cluster out of the mesh does to its services. */
export interface LeavePreview {
  cluster: { id: string; name: string; region: string };
  /** Those that would have no region left, then those that would lose their last other region; at most 200. */
  services: {
    namespace: string;
    name: string;
    /** Regions with ready pods today. */
    regions: string[];
    /** Regions with ready pods that stay: one, or none. */
    remaining: string[];
  }[];
  /** How many services there are of that kind. */
  total: number;
  /** Clusters, by name, of which only older facts are known; what is said of services rests on them. */
  outdated: string[];
}
