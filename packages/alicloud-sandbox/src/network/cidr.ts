/** An IPv4 block as its first address and mask length. Addresses are unsigned 32-bit numbers. */
export interface Cidr {
  first: number;
  bits: number;
}

/** Parses dotted decimal without leading zeros; undefined when it is not an IPv4 address. */
export function parseIp(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    value = value * 256 + Number(part);
  }
  return value;
}

/** Writes the number as dotted decimal. */
export function formatIp(ip: number): string {
  return [24, 16, 8, 0]
    .map(shift => Math.floor(ip / 2 ** shift) % 256)
    .join('.');
}

/** How many addresses the block holds. */
export function size(cidr: Cidr): number {
  return 2 ** (32 - cidr.bits);
}

/** Parses `a.b.c.d/n`; undefined when malformed or when host bits are set. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, mask, ...rest] = text.split('/');
  if (rest.length || mask === undefined || !/^(0|[1-9]\d?)$/.test(mask)) {
    return undefined;
  }
  const first = parseIp(address);
  const bits = Number(mask);
  if (first === undefined || bits > 32) return undefined;
  return first % 2 ** (32 - bits) === 0 ? { first, bits } : undefined;
}

/** Parses a block that is known to be well-formed. */
export function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`'${text}' is not an IPv4 block`);
  return cidr;
}

/** Whether `outer` holds every address of `inner`. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return inner.bits >= outer.bits && containsIp(outer, inner.first);
}

export function containsIp(cidr: Cidr, ip: number): boolean {
  return ip >= cidr.first && ip < cidr.first + size(cidr);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return containsCidr(a, b) || containsCidr(b, a);
}

/** As `containsIp`, from texts; false when either is malformed. */
export function blockHasAddress(block: string, ip: string): boolean {
  const cidr = parseCidr(block);
  const address = parseIp(ip);
  return (
    cidr !== undefined && address !== undefined && containsIp(cidr, address)
  );
}

/** As `overlaps`, from texts that are known to be well-formed. */
export function blocksOverlap(a: string, b: string): boolean {
  return overlaps(cidrOf(a), cidrOf(b));
}

/** 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918). */
export const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** Blocks that neither a VPC nor a vSwitch may touch. */
export const RESERVED_BLOCKS = [
  '100.64.0.0/10',
  '224.0.0.0/4',
  '127.0.0.0/8',
  '169.254.0.0/16',
];

export function isPrivateBlock(cidr: Cidr): boolean {
  return PRIVATE_BLOCKS.some(block => containsCidr(cidrOf(block), cidr));
}

/** The reserved block that `cidr` touches, if any; 0.0.0.0/8 counts ("must not start with 0"). */
export function reservedBlock(cidr: Cidr): string | undefined {
  return [...RESERVED_BLOCKS, '0.0.0.0/8'].find(block =>
    overlaps(cidrOf(block), cidr),
  );
}
