import { randomBytes } from 'node:crypto';
import type { HashKey, HttpRequest } from '../types';
import { xxHash64 } from './xxhash';

/** The hash of a request, and the cookie its answer has to set so that the next one has the same. */
export interface RequestHash {
  /** Undefined: the request has nothing to hash, any host will do. */
  hash?: bigint;
  setCookie?: string;
}

/** Hashes what `consistentHash` names. */
export function requestHash(key: HashKey, request: HttpRequest): RequestHash {
  switch (key.on) {
    case 'header':
      return hashOf(request.headers[key.name.toLowerCase()]);
    case 'query': {
      const at = request.path.indexOf('?');
      const query = new URLSearchParams(
        at < 0 ? '' : request.path.slice(at + 1),
      );
      return hashOf(query.get(key.name) ?? undefined);
    }
    case 'source':
      // Proxies of pods see their own pod; gateways are told whom they serve.
      return hashOf(request.headers['x-forwarded-for'] ?? '127.0.0.1');
    default:
      return cookieHash(key, request);
  }
}

function hashOf(text: string | undefined): RequestHash {
  return text === undefined ? {} : { hash: xxHash64(text) };
}

function cookieHash(
  { name, path, ttlS }: Extract<HashKey, { on: 'cookie' }>,
  request: HttpRequest,
): RequestHash {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) {
      return hashOf(
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      );
    }
  }
  if (ttlS === undefined) {
    return {};
  }
  const value = randomBytes(8).toString('hex');
  const age = ttlS > 0 ? `; Max-Age=${ttlS}` : '';
  const where = path ? `; Path=${path}` : '';
  return {
    hash: xxHash64(value),
    setCookie: `${name}="${value}"${age}${where}; HttpOnly`,
  };
}
