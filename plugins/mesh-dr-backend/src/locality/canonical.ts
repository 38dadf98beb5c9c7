import { createHash } from 'node:crypto';

/** JSON with sorted keys and without undefined, so that equal things have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([, inner]) => inner !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}

/** SHA-256 over the canonical text. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

export const same = (a: unknown, b: unknown) => canonical(a) === canonical(b);
