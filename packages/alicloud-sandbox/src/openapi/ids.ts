import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { REGIONS } from '../network/regions';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

function random(length: number): string {
  let text = '';
  while (text.length < length) text += ALPHABET[randomInt(ALPHABET.length)];
  return text;
}

/** `vpc-bp1aevy8sofi8mh1q5bqx`: prefix, the region's letters, random letters and digits. */
export function regionalId(prefix: string, regionId: string): string {
  return `${prefix}-${REGIONS.get(regionId)?.infix ?? 'bp1'}${random(18)}`;
}

/** `cen-7qthudw0ll6jmc1v9f`: ids of products that are not regional. */
export function globalId(prefix: string): string {
  return `${prefix}-${random(18)}`;
}

/** ACK and ASM ids: `c` and 32 hexadecimal digits. */
export function clusterId(): string {
  return `c${randomBytes(16).toString('hex')}`;
}

/** `T-` and 24 hexadecimal digits. */
export function taskId(): string {
  return `T-${randomBytes(12).toString('hex')}`;
}

export function requestId(): string {
  return randomUUID().toUpperCase();
}

/** A public address from TEST-NET-3 (RFC 5737), so that no one can mistake it for a real one. */
export function publicIp(taken: ReadonlySet<string>): string {
  for (let last = 1; last < 255; last++) {
    const ip = `203.0.113.${last}`;
    if (!taken.has(ip)) return ip;
  }
  throw new Error('The sandbox has no public address left');
}

/** `2021-10-16T07:31:09Z`. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
