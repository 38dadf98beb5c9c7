import { createHash } from 'node:crypto';

/** The alphabet of Alibaba Cloud's ids. */
const LETTERS_AND_DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Counters of one source; purposes that share one only share their count. */
const COUNTERS = 4096;

/**
 * Randomness that depends on nothing but the seed, the purpose and how often the purpose asked before: so the order in
 * which different purposes ask does not matter, and the same requests get the same ids.
 */
export interface SeededSource {
  /** The seed this source was made from. */
  readonly seed: number;
  /** 32 random bytes. */
  bytes(purpose: string): Buffer;
  /** `length` characters (at most 32) of `alphabet` (at most 256 characters). */
  text(purpose: string, length: number, alphabet?: string): string;
  /** A UUID of version 4. */
  uuid(purpose: string): string;
  /** A number from 0 up to, not including, 1. */
  fraction(purpose: string): number;
  /** A source of its own for a part, whose draws no other part disturbs. */
  split(part: string): SeededSource;
}

/**
 * Makes a source from a seed. `start` counts the starts of a sandbox on the same state: a restarted one must not repeat
 * ids that it gave away before.
 */
export function createSource(seed: number, start = 0): SeededSource {
  return sourceOf(seed, `${seed}/${start}`);
}

function slotOf(purpose: string): number {
  let slot = 0;
  for (let i = 0; i < purpose.length; i += 1) {
    slot = (slot * 31 + purpose.charCodeAt(i)) % 16_777_213;
  }
  return slot % COUNTERS;
}

function sourceOf(seed: number, root: string): SeededSource {
  const counters = new Uint32Array(COUNTERS);
  const bytes = (purpose: string) => {
    const count = counters[slotOf(purpose)]++;
    return createHash('sha256')
      .update(`${root}\n${purpose}\n${count}`)
      .digest();
  };
  return {
    seed,
    bytes,
    text(purpose, length, alphabet = LETTERS_AND_DIGITS) {
      // Rejecting the bytes above the last full round of the alphabet keeps every character equally likely.
      const fair = 256 - (256 % alphabet.length);
      let out = '';
      while (out.length < length) {
        for (const byte of bytes(purpose)) {
          if (byte < fair && out.length < length) {
            out += alphabet[byte % alphabet.length];
          }
        }
      }
      return out;
    },
    uuid(purpose) {
      const hex = bytes(purpose).toString('hex');
      const variant = '89ab'[Number.parseInt(hex[16], 16) % 4];
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(
        13,
        16,
      )}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    fraction: purpose => bytes(purpose).readUIntBE(0, 6) / 2 ** 48,
    split: part => sourceOf(seed, `${root}/${part}`),
  };
}
