/**
 * Short stable text for a value: equal for equal content whatever the order of keys. Two independent 53-bit hashes; good
 * for cache validation, not for security.
 */
export function fingerprint(value: unknown): string {
  return textFingerprint(canonical(value));
}

/** As `fingerprint`, of a text as it is. */
export function textFingerprint(text: string): string {
  return [hash(text, 1), hash(text, 2)]
    .map(part => part.toString(36).padStart(11, '0'))
    .join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (value && typeof value === 'object') {
    const entries = value as Record<string, unknown>;
    let text = '';
    for (const key of Object.keys(entries).sort()) {
      const entry = entries[key];
      if (entry !== undefined) {
        text += `${text ? ',' : ''}${JSON.stringify(key)}:${canonical(entry)}`;
      }
    }
    return `{${text}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/* eslint-disable no-bitwise */
/** cyrb53 (public domain): two multiply-and-mix lanes folded into 53 bits. */
function hash(text: string, seed: number): number {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a =
    Math.imul(a ^ (a >>> 16), 2246822507) ^
    Math.imul(b ^ (b >>> 13), 3266489909);
  b =
    Math.imul(b ^ (b >>> 16), 2246822507) ^
    Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
/* eslint-enable no-bitwise */
