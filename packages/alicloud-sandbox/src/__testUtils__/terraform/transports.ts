import { createHash, createHmac, randomUUID } from 'node:crypto';
import { request as http } from 'node:http';
import { request as https } from 'node:https';

/** Where the provider's clients connect to, and as whom. */
export interface Target {
  /** `host:port`, as in the provider's `endpoints` block. */
  authority: string;
  accessKeyId: string;
  accessKeySecret: string;
  /** PEM of the authority to trust for what goes over TLS. */
  ca: string;
}

/** What a call sends, before it is signed. */
export interface Outgoing {
  /** RPC. */
  action?: string;
  version: string;
  /** ROA. */
  method?: string;
  path?: string;
  query?: Record<string, string>;
  /** Form parameters of RPC, a JSON body of ROA. */
  body?: Record<string, unknown>;
}

export interface Incoming {
  status: number;
  text: string;
}

/** The client libraries inside the terraform provider; each signs and sends in its own way. */
export type Transport =
  | 'tea-rpc'
  | 'sdk-go'
  | 'aliyungo'
  | 'tea-roa'
  | 'openapi-v3';

const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const canonical = (parameters: Record<string, string>) =>
  Object.keys(parameters)
    .sort()
    .map(key => `${encode(key)}=${encode(parameters[key])}`)
    .join('&');
const sha1 = (key: string, text: string) =>
  createHmac('sha1', key).update(text).digest('base64');
const sha256 = (text: string) =>
  createHash('sha256').update(text).digest('hex');
const seconds = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
/** Go's url.Values: a space is a plus. */
const form = (parameters: Record<string, string>) =>
  new URLSearchParams(parameters).toString();

function send(
  target: Target,
  protocol: 'http' | 'https',
  call: {
    method: string;
    url: string;
    headers: Record<string, string>;
    body?: string;
  },
): Promise<Incoming> {
  const [host, port] = target.authority.split(':');
  const options = {
    host,
    port,
    path: call.url,
    method: call.method,
    headers: call.headers,
    ca: target.ca,
  };
  return new Promise((resolve, reject) => {
    const request = (protocol === 'http' ? http : https)(
      options,
      async response => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode!, text });
      },
    );
    request.on('error', reject);
    request.end(call.body);
  });
}

/** RPC v1: system parameters in the query, business parameters where the library puts them, all of them signed. */
function rpc(
  target: Target,
  { action, version, query = {}, body = {} }: Outgoing,
  more: Record<string, string>,
): Promise<Incoming> {
  const inForm = body as Record<string, string>;
  const inQuery: Record<string, string> = {
    ...query,
    ...more,
    Action: action!,
    Version: version,
    AccessKeyId: target.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: seconds(),
  };
  const text = `POST&%2F&${encode(canonical({ ...inQuery, ...inForm }))}`;
  inQuery.Signature = sha1(`${target.accessKeySecret}&`, text);
  return send(target, 'http', {
    method: 'POST',
    url: `/?${form(inQuery)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form(inForm),
  });
}

/** ROA v1: the resource is signed as it is sent. aliyungo always speaks TLS, tea-roa does what the provider is told. */
function roa(
  target: Target,
  { method = 'GET', path = '/', query = {}, version, body }: Outgoing,
  protocol: 'http' | 'https',
): Promise<Incoming> {
  const text = body && JSON.stringify(body);
  const acs: Record<string, string> = {
    'x-acs-signature-method': 'HMAC-SHA1',
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-signature-version': '1.0',
    'x-acs-version': version,
  };
  const headers: Record<string, string> = {
    accept: 'application/json',
    date: new Date().toUTCString(),
    ...(text ? { 'content-type': 'application/json; charset=utf-8' } : {}),
  };
  const search = form(query);
  const url = search ? `${path}?${search}` : path;
  const stringToSign = [
    method,
    headers.accept,
    '',
    headers['content-type'] ?? '',
    headers.date,
    ...Object.entries(acs).map(([name, value]) => `${name}:${value}`),
    url,
  ].join('\n');
  const signature = sha1(target.accessKeySecret, stringToSign);
  return send(target, protocol, {
    method,
    url,
    headers: {
      ...headers,
      ...acs,
      authorization: `acs ${target.accessKeyId}:${signature}`,
    },
    body: text,
  });
}

/** ACS3-HMAC-SHA256, as the provider's Container Service SDK signs; it insists on TLS. */
function v3(
  target: Target,
  { method = 'GET', path = '/', query = {}, action, version, body }: Outgoing,
): Promise<Incoming> {
  const text = body ? JSON.stringify(body) : '';
  const signed: Record<string, string> = {
    ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    host: target.authority,
    'x-acs-action': action!,
    'x-acs-content-sha256': sha256(text),
    'x-acs-date': seconds(),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': version,
  };
  const names = Object.keys(signed).sort();
  const request = [
    method,
    path,
    canonical(query),
    ...names.map(name => `${name}:${signed[name]}`),
    '',
    names.join(';'),
    sha256(text),
  ].join('\n');
  const signature = createHmac('sha256', target.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(request)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${
    target.accessKeyId
  },SignedHeaders=${names.join(';')},Signature=${signature}`;
  const search = canonical(query);
  return send(target, 'https', {
    method,
    url: search ? `${path}?${search}` : path,
    headers: { accept: 'application/json', ...signed, authorization },
    body: text,
  });
}

/** Signs and sends as the library does. */
export function transmit(
  target: Target,
  transport: Transport,
  call: Outgoing,
): Promise<Incoming> {
  switch (transport) {
    case 'tea-rpc':
      return rpc(target, call, { Format: 'json' });
    case 'sdk-go':
      // An empty parameter is signed like any other.
      return rpc(target, call, { Format: 'JSON', SignatureType: '' });
    case 'aliyungo':
      return roa(target, call, 'https');
    case 'tea-roa':
      return roa(target, call, 'http');
    default:
      return v3(target, call);
  }
}
