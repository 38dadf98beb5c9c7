import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KindTable } from '../kinds';
import { aggregatedDiscovery, aggregatedVersion } from './aggregated';
import { choose } from './accept';
import { discovery, versionInfo } from './discovery';
import { documentNames, openapiV3 } from './openapi';
import {
  encodeOpenapiV2,
  OPENAPI_V2_PROTOBUF,
  OPENAPI_V2_PROTOBUF_ASKED,
} from './openapiProtobuf';
import { openapiV2 } from './openapiV2';
import type { ApiContext } from './request';

const JSON_TYPE = 'application/json';
const YEAR_S = 31_536_000;

/** A document that is the same for every server of one kind of cluster. */
interface Document {
  body: Buffer;
  type: string;
  /** SHA-512 of the body, in hex. */
  hash: string;
}

const made = new WeakMap<object, Map<string, Document | undefined>>();

/** Makes a document once for all clusters that serve the same kinds. */
function document(
  kinds: KindTable,
  key: string,
  type: string,
  make: () => object | Buffer | undefined,
): Document | undefined {
  const cache = made.get(kinds.rows) ?? new Map();
  made.set(kinds.rows, cache);
  if (!cache.has(key)) {
    const content = make();
    const body = Buffer.isBuffer(content)
      ? content
      : Buffer.from(content ? `${JSON.stringify(content)}\n` : '');
    const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
    cache.set(key, content ? { body, type, hash } : undefined);
  }
  return cache.get(key);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { body, type, hash }: Document,
  headers: Record<string, string> = {},
): void {
  const etag = `"${hash}"`;
  const common = { etag, vary: 'Accept', ...headers };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, common);
    response.end();
    return;
  }
  response.writeHead(200, {
    ...common,
    'content-type': type,
    'content-length': body.length,
  });
  response.end(body);
}

const v3 = (kinds: KindTable, name: string) =>
  document(kinds, `v3/${name}`, JSON_TYPE, () => openapiV3(kinds, name));

/** The index names each document with its hash, so that clients may keep it for as long as the name stays. */
function v3Index(kinds: KindTable): object {
  return {
    paths: Object.fromEntries(
      documentNames(kinds).map(name => [
        name,
        {
          serverRelativeURL: `/openapi/v3/${name}?hash=${
            v3(kinds, name)!.hash
          }`,
        },
      ]),
    ),
  };
}

/** Serves one OpenAPI v3 document; false for a name that is none. */
function sendV3(
  kinds: KindTable,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const name = url.pathname.slice('/openapi/v3/'.length);
  const found = documentNames(kinds).includes(name)
    ? v3(kinds, name)
    : undefined;
  if (!found) return false;
  const hash = url.searchParams.get('hash');
  if (hash && hash !== found.hash) {
    response.writeHead(301, {
      location: `/openapi/v3/${name}?hash=${found.hash}`,
    });
    response.end();
    return true;
  }
  choose(request.headers.accept, [JSON_TYPE]);
  const forever = {
    'cache-control': 'public, immutable',
    expires: new Date(Date.now() + YEAR_S * 1000).toUTCString(),
  };
  send(request, response, found, hash ? forever : {});
  return true;
}

function v2(kinds: KindTable, accept: string | undefined) {
  const type = choose(accept, [
    JSON_TYPE,
    OPENAPI_V2_PROTOBUF,
    OPENAPI_V2_PROTOBUF_ASKED,
  ]);
  const protobuf = type !== JSON_TYPE;
  return protobuf
    ? document(kinds, 'v2/protobuf', OPENAPI_V2_PROTOBUF, () =>
        encodeOpenapiV2(openapiV2(kinds)),
      )
    : document(kinds, 'v2', JSON_TYPE, () => openapiV2(kinds));
}

function discoveryDocument(kinds: KindTable, path: string, accept?: string) {
  if (path === '/api' || path === '/apis') {
    const version = aggregatedVersion(accept);
    if (version) {
      return document(
        kinds,
        `${path} ${version}`,
        `${JSON_TYPE};g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
        () => aggregatedDiscovery(kinds, path, version),
      );
    }
  }
  const content = discovery(kinds, path);
  // Paths that are none must not fill the memory.
  return content && document(kinds, path, JSON_TYPE, () => content);
}

/** Answers the GETs outside the resources: health, version, discovery, OpenAPI. False for any other path. */
export function sendDocument(
  ctx: ApiContext,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { kinds } = ctx;
  const path = url.pathname.replace(/\/+$/, '');
  const { accept } = request.headers;
  if (/^\/(healthz|readyz|livez)(\/ping|\/etcd|\/log)?$|^\/ping$/.test(path)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('ok');
    return true;
  }
  if (path.startsWith('/openapi/v3/')) {
    return sendV3(kinds, url, request, response);
  }
  let found: Document | undefined;
  if (path === '/version') {
    const version = ctx.spec.kubernetesVersion;
    found = document(kinds, `version ${version}`, JSON_TYPE, () =>
      versionInfo(version),
    );
  } else if (path === '/openapi/v3') {
    found = document(kinds, 'v3', JSON_TYPE, () => v3Index(kinds));
  } else if (path === '/openapi/v2') {
    found = v2(kinds, accept);
  } else if (/^\/apis?(\/|$)/.test(path)) {
    found = discoveryDocument(kinds, path, accept);
  }
  if (found) send(request, response, found);
  return found !== undefined;
}
