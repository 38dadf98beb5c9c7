import {
  cidrContains,
  tryParseCidr,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** An address range with the words that say whose it is. */
export interface NamedCidr {
  cidr: string;
  /** Ranges of one owner are not compared with each other. */
  owner: string;
  /** e.g. `Pod CIDR of ack-hangzhou`. */
  label: string;
}

/** Whether the range `outer` contains all of `inner`; a bare address counts as /32. What is no range contains nothing. */
export function covers(outer: string, inner: string): boolean {
  const [a, b] = [outer, inner].map(text =>
    tryParseCidr(text.includes('/') ? text : `${text}/32`),
  );
  return Boolean(a && b && cidrContains(a, b));
}

/** Whether two ranges share an address: one then contains the other. */
export function overlaps(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

/** Pairs of overlapping ranges of different owners. */
export function findOverlaps(ranges: NamedCidr[]): [NamedCidr, NamedCidr][] {
  const pairs: [NamedCidr, NamedCidr][] = [];
  ranges.forEach((a, index) => {
    for (const b of ranges.slice(index + 1)) {
      if (a.owner !== b.owner && overlaps(a.cidr, b.cidr)) pairs.push([a, b]);
    }
  });
  return pairs;
}

/** The wanted ranges that no available range contains. */
export function uncovered(wanted: string[], available: string[]): string[] {
  return wanted.filter(inner => !available.some(outer => covers(outer, inner)));
}
