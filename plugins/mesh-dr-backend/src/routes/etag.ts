import { CustomErrorBase } from '@backstage/errors';
import type { Request, Response } from 'express';
import { hashOf } from '../locality/canonical';

/** Throws PreconditionFailedError unless what is there now, if anything, is what the caller has seen. */
export type Expectation = (current: object | undefined) => void;

/** 412: the thing is not the one the caller has seen; `current` is what it is now. */
export class PreconditionFailedError extends CustomErrorBase {
  readonly statusCode = 412;

  constructor(message: string, readonly current?: object) {
    super(message);
    this.name = 'PreconditionFailedError';
  }
}

/** Strong validator of a representation: equal for equal content, whatever the order of its keys. */
export function etagOf(representation: object): string {
  return `"${hashOf(representation).slice(0, 32)}"`;
}

/** Gives the reply the ETag of its body; Express then answers a matching If-None-Match with 304. */
export function tagged<T extends object>(res: Response, body: T): T {
  res.setHeader('ETag', etagOf(body));
  res.setHeader('Cache-Control', 'private, no-cache');
  return body;
}

/**
 * What the header If-Match (RFC 9110, 13.1.1) expects of the current state; undefined when the request has none.
 *
 * @param view - what of the state the caller may see, and has the ETag of; default: all of it
 */
export function expectationOf<T extends object>(
  req: Request,
  view: (current: T) => object = current => current,
): Expectation | undefined {
  const header = req.header('if-match');
  if (header === undefined) return undefined;
  const wanted = header.split(',').map(tag => tag.trim());
  return state => {
    const current = state && view(state as T);
    if (!current) {
      throw new PreconditionFailedError(
        `If-Match is ${header}, but there is nothing here any more. Nothing was done; leave If-Match out to make it anew`,
      );
    }
    const now = etagOf(current);
    // A weak tag never matches: it does not promise that nothing changed.
    if (wanted.includes('*') || wanted.includes(now)) return;
    throw new PreconditionFailedError(
      `If-Match is ${header}, but the ETag is ${now} now: it was changed since it was read. Nothing was done; look at 'current' and decide anew`,
      current,
    );
  };
}
