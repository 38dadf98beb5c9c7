import { AsyncLocalStorage } from 'node:async_hooks';
import { randomInt } from 'node:crypto';
import { REGIONS } from '../network/regions';
import { createSource, type SeededSource } from '../random';

/**
 * Whose ids are made. Every operation of every product makes some, deep inside; handing the source down to each of them
 * would put one more parameter on all of them, and one forgotten would make runs that cannot be replayed.
 */
const current = new AsyncLocalStorage<SeededSource>();
const unseeded = createSource(randomInt(2 ** 47));

/** Runs `work`, and what it awaits, with ids from `source`. */
export function withIds<T>(source: SeededSource, work: () => T): T {
  return current.run(source, work);
}

function ids(): SeededSource {
  return current.getStore() ?? unseeded;
}

/** `vpc-bp1aevy8sofi8mh1q5bqx`: prefix, the region's letters, random letters and digits. */
export function regionalId(prefix: string, regionId: string): string {
  const place = `${prefix}-${REGIONS.get(regionId)?.infix ?? 'bp1'}`;
  return `${place}${ids().text(place, 18)}`;
}

/** `cen-7qthudw0ll6jmc1v9f`: ids of products that are not regional. */
export function globalId(prefix: string): string {
  return `${prefix}-${ids().text(prefix, 18)}`;
}

/** ACK and ASM ids: `c` and 32 hexadecimal digits. */
export function clusterId(): string {
  return `c${ids().bytes('cluster').toString('hex', 0, 16)}`;
}

/** `T-` and 24 hexadecimal digits. */
export function taskId(): string {
  return `T-${ids().bytes('task').toString('hex', 0, 12)}`;
}

/** 14 digits, as orders have. */
export function orderId(): string {
  return String(2e13 + ids().bytes('order').readUIntBE(0, 5));
}

export function requestId(): string {
  return ids().uuid('request').toUpperCase();
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
