import type { AckCluster } from '@mesh-dr/backstage-plugin-mesh-dr-node';

/** The kinds of hop that a packet meets between Pods of two clusters. */
export const HOPS = [
  'attachment',
  'route',
  'link',
  'bandwidth',
  'security group',
] as const;
export type Hop = (typeof HOPS)[number];

/** One cause why packets do not pass. */
export interface Finding {
  /** The same for the same cause, from whichever pair of clusters it is seen. */
  key: string;
  hop: Hop;
  /** What is wrong, and on which resource. */
  evidence: string;
  /** What to do about it. */
  fix: string;
}

/** A Pod at one end of a path. */
export interface End {
  cluster: AckCluster;
  /** The Pod's address. */
  ip: string;
}

/** Whether a cause keeps routes from being learned, and with it explains missing routes before it. */
export function hidesRoutes(findings: Finding[]): boolean {
  return findings.some(({ hop }) => hop !== 'bandwidth');
}
