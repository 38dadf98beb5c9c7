import ipaddr from 'ipaddr.js';

/** An IPv4 block. `first` and `last` are the addresses as numbers, both inside. */
export interface Cidr {
  first: number;
  last: number;
  prefix: number;
}

/** Number of addresses of a block with this mask length. */
export function cidrSize(prefix: number): number {
  return 2 ** (32 - prefix);
}

/**
 * Parses `a.b.c.d/len`.
 *
 * @throws RangeError saying what is wrong: no CIDR, a mask outside 0–32, or host bits set (with the block that was meant)
 */
export function parseCidr(text: string): Cidr {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(
    String(text ?? '').trim(),
  );
  // Leading zeros mean octal to some programs and decimal to others.
  const octetsPlain = match?.[1]
    .split('.')
    .every(part => String(Number(part)) === part && Number(part) <= 255);
  if (!match || !octetsPlain || !ipaddr.IPv4.isValid(match[1])) {
    throw new RangeError('is no IPv4 block of the form a.b.c.d/len');
  }
  const prefix = Number(match[2]);
  if (prefix > 32 || String(prefix) !== match[2]) {
    throw new RangeError(`has the mask length ${match[2]}, but 0 to 32 exist`);
  }
  const address = addressNumber(match[1]);
  const size = cidrSize(prefix);
  const first = address - (address % size);
  const cidr = { first, last: first + size - 1, prefix };
  if (first !== address) {
    throw new RangeError(
      `has bits set beyond its mask; the block would be ${formatCidr(cidr)}`,
    );
  }
  return cidr;
}

/** Like `parseCidr`, but undefined instead of an error. */
export function tryParseCidr(text: string | undefined): Cidr | undefined {
  try {
    return parseCidr(text ?? '');
  } catch {
    return undefined;
  }
}

/** `a.b.c.d/len` of a block. */
export function formatCidr(cidr: { first: number; prefix: number }): string {
  return `${formatAddress(cidr.first)}/${cidr.prefix}`;
}

/** Whether two blocks share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether `inner` lies wholly inside `outer`. */
export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Address as a number, 0 to 2^32 − 1. */
export function addressNumber(text: string): number {
  return ipaddr.IPv4.parse(text)
    .toByteArray()
    .reduce((value, byte) => value * 256 + byte, 0);
}

/** Dotted form of an address number. */
export function formatAddress(value: number): string {
  return new ipaddr.IPv4([
    Math.floor(value / 2 ** 24) % 256,
    Math.floor(value / 2 ** 16) % 256,
    Math.floor(value / 2 ** 8) % 256,
    value % 256,
  ]).toString();
}

/** The three private ranges of RFC 1918. */
export const PRIVATE_RANGES: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

/** Ranges Alibaba Cloud refuses in a VPC, with what they are for. */
export const RESERVED_RANGES: readonly { cidr: string; use: string }[] = [
  { cidr: '0.0.0.0/8', use: '"this network"' },
  { cidr: '100.64.0.0/10', use: "Alibaba Cloud's own services" },
  { cidr: '127.0.0.0/8', use: 'loopback' },
  { cidr: '169.254.0.0/16', use: 'link-local addresses and instance metadata' },
  { cidr: '224.0.0.0/4', use: 'multicast' },
  { cidr: '240.0.0.0/4', use: 'future use and broadcast' },
];

/** Whether a block lies inside RFC 1918. */
export function isPrivate(cidr: Cidr): boolean {
  return PRIVATE_RANGES.some(range => cidrContains(parseCidr(range), cidr));
}

/** The reserved range a block touches, if any. */
export function reservedRangeOf(
  cidr: Cidr,
): { cidr: string; use: string } | undefined {
  return RESERVED_RANGES.find(range =>
    cidrsOverlap(parseCidr(range.cidr), cidr),
  );
}
