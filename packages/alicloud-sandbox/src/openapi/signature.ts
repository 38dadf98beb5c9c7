import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The three ways in which a request to Alibaba Cloud is signed, as pure functions. */

export type Pairs = readonly (readonly [string, string])[];

/** RFC 3986: only letters, digits and `-_.~` stay. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(pairs: Pairs): string {
  return [...pairs]
    .sort(([a, av], [b, bv]) => compare(a, b) || compare(av, bv))
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RPC, signature version 1.0: `parameters` is query and form body together, `Signature` left out. */
export function rpcStringToSign(method: string, parameters: Pairs): string {
  const signed = parameters.filter(([key]) => key !== 'Signature');
  return `${method}&${percentEncode('/')}&${percentEncode(
    canonicalQuery(signed),
  )}`;
}

export function signRpc(secret: string, stringToSign: string): string {
  return createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64');
}

/** ROA, signature version 1.0. `resource` is the path with its query as the client signed it. */
export function roaStringToSign(
  method: string,
  headers: Record<string, string>,
  resource: string,
): string {
  const header = (name: string) => headers[name] ?? '';
  const acsHeaders = Object.keys(headers)
    .filter(name => name.startsWith('x-acs-'))
    .sort()
    .map(
      name => `${name}:${headers[name].replace(/[\t\n\r\f]/g, ' ').trim()}\n`,
    )
    .join('');
  return [
    method,
    header('accept'),
    header('content-md5'),
    header('content-type'),
    header('date'),
    `${acsHeaders}${resource}`,
  ].join('\n');
}

/**
 * The resource forms that clients sign: decoded values sorted by key (pop-core, the official SDKs), or the request line
 * as it was sent (aliyungo, the Terraform provider's second Container Service client).
 */
export function roaResources(
  path: string,
  query: Pairs,
  asSent: string,
): string[] {
  const sorted = [...query].sort(([a], [b]) => compare(a, b));
  const decoded = sorted.length
    ? `${path}?${sorted
        .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
        .join('&')}`
    : path;
  const withEmpty = sorted.length
    ? `${path}?${sorted.map(([key, value]) => `${key}=${value}`).join('&')}`
    : path;
  return [...new Set([withEmpty, decoded, asSent])];
}

export function signRoa(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(stringToSign).digest('base64');
}

export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Signature version 3 (ACS3-HMAC-SHA256), for RPC and ROA alike. */
export function acs3CanonicalRequest(request: {
  method: string;
  path: string;
  query: Pairs;
  headers: Record<string, string>;
  signedHeaders: string[];
  hashedPayload: string;
}): string {
  const { method, path, query, headers, signedHeaders, hashedPayload } =
    request;
  const uri =
    path.replace(/\+/g, '%20').replace(/\*/g, '%2A').replace(/%7E/g, '~') ||
    '/';
  return [
    method,
    uri,
    canonicalQuery(query),
    signedHeaders
      .map(name => `${name}:${(headers[name] ?? '').trim()}\n`)
      .join(''),
    signedHeaders.join(';'),
    hashedPayload,
  ].join('\n');
}

export function signAcs3(secret: string, canonicalRequest: string): string {
  return createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256Hex(canonicalRequest)}`)
    .digest('hex');
}

/** Comparison whose time does not tell how much of a guess was right. */
export function sameSignature(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
