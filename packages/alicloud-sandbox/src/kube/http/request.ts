import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseYaml } from 'yaml';
import type { KubeClusterSpec } from '../../contract';
import { isRecord, jsonText, type Json } from '../json';
import type { KindRow, KindTable } from '../kinds';
import type { PodLogs } from '../logs';
import { badRequest, KubeStatusError, unsupportedMediaType } from '../status';
import type { ClusterStorage } from '../storage';

/** What the handlers of one API server work on. */
export interface ApiContext {
  spec: KubeClusterSpec;
  kinds: KindTable;
  storage: ClusterStorage;
  logs: PodLogs;
  /** Wall-clock milliseconds. */
  now(): number;
  /** The clock's `stepped()`: by so much credentials are older than their dates say. */
  stepped(): number;
  /** Resolves at once, or when the region is back after an outage. */
  whenAwake(): Promise<void>;
  /** Client certificates of earlier generations are revoked. */
  credentialGeneration(): number;
}

/** One request for a resource, parsed. */
export interface ApiRequest {
  method: string;
  row: KindRow;
  version: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  query: URLSearchParams;
  accept: string;
  contentType: string;
  userAgent: string;
  /** Common name of the client certificate. */
  user: string;
  body: Buffer;
  /** Sent as `Warning` headers. */
  warnings: string[];
  http: { request: IncomingMessage; response: ServerResponse };
}

const MAX_BODY = 3 * 1024 * 1024;

/** Reads a request's body; 413 above 3 MiB, as the real server. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) {
      throw new KubeStatusError(
        413,
        'RequestEntityTooLarge',
        'Request entity too large: limit is 3145728',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const PROTOBUF = Buffer.from('k8s\0');

/** Parses JSON or YAML; protobuf is refused with 415 (documented: use `-f` with kubectl create). */
export function parseBody(body: Buffer, contentType: string): Json {
  if (
    contentType.includes('protobuf') ||
    body.subarray(0, 4).equals(PROTOBUF)
  ) {
    throw unsupportedMediaType(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml (protobuf is not served here; with kubectl use "create -f" or "apply -f")',
    );
  }
  const text = body.toString('utf8');
  try {
    return contentType.includes('yaml') ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type json or yaml): ${
        (error as Error).message.split('\n')[0]
      }`,
    );
  }
}

/** Parses a body that must be an object. */
export function parseObject(body: Buffer, contentType: string): Json {
  const value = parseBody(body, contentType);
  if (!isRecord(value)) {
    throw badRequest('the body of the request is not an object');
  }
  return value;
}

export function sendJson(
  response: ServerResponse,
  code: number,
  value: object,
  warnings: string[] = [],
): void {
  if (response.headersSent || response.destroyed) return;
  const text = `${jsonText(value)}\n`;
  for (const warning of warnings) {
    response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  }
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  });
  response.end(text);
}
