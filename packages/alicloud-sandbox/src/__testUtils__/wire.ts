import { randomUUID } from 'node:crypto';
import type { Contracts } from '../openapi/contracts';
import { percentEncode, rpcStringToSign, signRpc } from '../openapi/signature';
import type { Sandbox } from '../sandbox';
import { Allowance, departures } from './conformance';

/** Numbers, booleans, lists and nested objects are written as RPC clients write them. */
export type Parameters = Record<string, unknown>;

/** Whose key signs a call; temporary keys carry their token. */
export interface Signer {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export interface WireAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed by the platform, so that 16-digit numbers stay numbers. Undefined for XML. */
  body: any;
}

function flatten(value: unknown, name: string): [string, string][] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => flatten(item, `${name}.${i + 1}`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, part]) =>
      flatten(part, `${name}.${key}`),
    );
  }
  return [[name, String(value)]];
}

/** A signed query string (RPC, HMAC-SHA1). `parameters` also override what is signed along: Timestamp, Format, … */
export function signedQuery(
  signer: Signer,
  parameters: Parameters,
  method = 'GET',
): string {
  const pairs = new Map<string, string>([
    ['Format', 'JSON'],
    ['AccessKeyId', signer.accessKeyId],
    ['SignatureMethod', 'HMAC-SHA1'],
    ['SignatureVersion', '1.0'],
    ['SignatureNonce', randomUUID()],
    ['Timestamp', new Date().toISOString().replace(/\.\d+Z$/, 'Z')],
    ...(signer.securityToken
      ? [['SecurityToken', signer.securityToken] as [string, string]]
      : []),
    ...Object.entries(parameters).flatMap(([name, value]) =>
      flatten(value, name),
    ),
  ]);
  for (const [name, value] of pairs) if (value === '-') pairs.delete(name);
  const signature = signRpc(
    signer.accessKeySecret,
    rpcStringToSign(method, [...pairs]),
  );
  return [...pairs, ['Signature', signature]]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** One signed call as it is on the wire. A parameter of the value `-` is left out, also one that is sent by default. */
export async function wireCall(
  sandbox: Pick<Sandbox, 'endpoint'>,
  signer: Signer,
  parameters: Parameters,
  init: RequestInit = {},
): Promise<WireAnswer> {
  const query = signedQuery(signer, parameters, init.method);
  const response = await fetch(`${sandbox.endpoint}/?${query}`, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text ? JSON.parse(text) : undefined,
  };
}

export type Call = (action: string, parameters?: Parameters) => Promise<any>;

/**
 * A client that compares every answer with its contract: `call` throws when they differ or when the call fails.
 * `driven` are the operations that have answered.
 */
export function conformingClient(
  sandbox: Sandbox,
  options: {
    version: string;
    contracts: Contracts;
    /** By operation. */
    allowances?: Record<string, Allowance>;
  },
): { call: Call; driven: Set<string> } {
  const { version, contracts, allowances = {} } = options;
  const driven = new Set<string>();
  const call: Call = async (action, parameters = {}) => {
    const { status, body, text } = await wireCall(sandbox, sandbox, {
      Action: action,
      Version: version,
      ...parameters,
    });
    if (status !== 200) throw new Error(`${action}: ${status} ${text}`);
    const found = departures(
      contracts[action].response,
      body,
      allowances[action],
    );
    if (found.length) throw new Error(`${action}: ${found.join('; ')}`);
    driven.add(action);
    return body;
  };
  return { call, driven };
}
