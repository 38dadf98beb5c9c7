import { InputError } from '@backstage/errors';

/** Position after the last row of a page: opaque to clients. */
export function encodeCursor(position: [string, string]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws InputError when the text was not made by `encodeCursor`. */
export function decodeCursor(cursor: string): [string, string] {
  try {
    const value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(value) &&
      value.length === 2 &&
      value.every(part => typeof part === 'string')
    ) {
      return value as [string, string];
    }
  } catch {
    // Falls through to the one error below.
  }
  throw new InputError(
    `cursor '${cursor}' was not issued by this API; leave it out to start from the first page`,
  );
}
