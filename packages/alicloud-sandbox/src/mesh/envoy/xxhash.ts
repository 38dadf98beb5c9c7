/* eslint-disable no-bitwise */
const MASK = (1n << 64n) - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const rotate = (value: bigint, by: bigint) =>
  ((value << by) | (value >> (64n - by))) & MASK;

const round = (lane: bigint, input: bigint) =>
  (rotate((lane + input * P2) & MASK, 31n) * P1) & MASK;

/** xxHash64 with seed 0, the hash of Envoy's consistent balancers. */
export function xxHash64(text: string): bigint {
  const data = Buffer.from(text);
  let at = 0;
  let hash: bigint;
  if (data.length >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK];
    for (; at + 32 <= data.length; at += 32) {
      for (let i = 0; i < 4; i++) {
        lanes[i] = round(lanes[i], data.readBigUInt64LE(at + 8 * i));
      }
    }
    const [a, b, c, d] = lanes;
    hash =
      (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
    for (const lane of lanes) {
      hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
    }
  } else {
    hash = P5;
  }
  hash = (hash + BigInt(data.length)) & MASK;
  for (; at + 8 <= data.length; at += 8) {
    hash ^= round(0n, data.readBigUInt64LE(at));
    hash = (rotate(hash, 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= data.length) {
    hash ^= (BigInt(data.readUInt32LE(at)) * P1) & MASK;
    hash = (rotate(hash, 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < data.length; at++) {
    hash ^= (BigInt(data[at]) * P5) & MASK;
    hash = (rotate(hash, 11n) * P1) & MASK;
  }
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return hash ^ (hash >> 32n);
}
