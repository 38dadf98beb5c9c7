import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseYaml, stringify as yamlText } from 'yaml';
import type { KubeClusterSpec } from '../../contract';
import { isRecord, jsonText, type Json } from '../json';
import type { KindRow, KindTable } from '../kinds';
import type { PodLogs } from '../logs';
import {
  decodeProtobuf,
  isProtobuf,
  UnknownProtobufKind,
} from '../schema/protobuf';
import { badRequest, KubeStatusError, unsupportedMediaType } from '../status';
import type { ClusterStorage } from '../storage';
import type { User } from './reviews';

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
  /** Carries out a request as the fault rules of the moment allow. */
  disturb(
    request: IncomingMessage,
    response: ServerResponse,
    serve: () => Promise<void>,
  ): Promise<void>;
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
  /** Media type of the answer. */
  media: string;
  contentType: string;
  userAgent: string;
  user: User;
  body: Buffer;
  /** Sent as `Warning` headers. */
  warnings: string[];
  http: { request: IncomingMessage; response: ServerResponse };
}

const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** What answers may be written in. */
export const MEDIA = ['application/json', 'application/yaml'];

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

/** What the bodies of requests may be. */
export interface BodyRules {
  /** Built-in kinds have a protobuf form, custom resources have none. */
  protobuf: boolean;
}

function unknownFormat({ protobuf }: BodyRules): KubeStatusError {
  const types = ['application/json', 'application/yaml'];
  if (protobuf) types.push('application/vnd.kubernetes.protobuf');
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${types.join(
      ', ',
    )}`,
  );
}

function parseProtobuf(body: Buffer, rules: BodyRules): Json {
  if (!rules.protobuf) throw unknownFormat(rules);
  try {
    return decodeProtobuf(body);
  } catch (error) {
    if (error instanceof UnknownProtobufKind) throw unknownFormat(rules);
    throw badRequest(
      `the object provided is unrecognized (must be of type Unknown): ${
        (error as Error).message
      } (${body.subarray(0, 32).toString('hex')})`,
    );
  }
}

/** Parses JSON, YAML or protobuf. Throws 400 for what cannot be parsed, 415 for any other media type. */
export function parseBody(
  body: Buffer,
  contentType: string,
  rules: BodyRules = { protobuf: true },
): Json {
  const type = contentType.split(';')[0].trim();
  if (type === PROTOBUF_TYPE || isProtobuf(body)) {
    return parseProtobuf(body, rules);
  }
  if (type !== '' && !/[/+](json|yaml)$/.test(type)) throw unknownFormat(rules);
  const text = body.toString('utf8');
  try {
    return type.endsWith('yaml') ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type json or yaml): ${
        (error as Error).message.split('\n')[0]
      }`,
    );
  }
}

/** Parses a body that must be an object. */
export function parseObject(
  body: Buffer,
  contentType: string,
  rules?: BodyRules,
): Json {
  const value = parseBody(body, contentType, rules);
  if (!isRecord(value)) {
    throw badRequest('the body of the request is not an object');
  }
  return value;
}

/** Sends status and headers; false when it is too late for that. A body of unknown length comes in chunks. */
export function startAnswer(
  response: ServerResponse,
  code: number,
  body: { type: string; length?: number; warnings: string[] },
): boolean {
  if (response.headersSent || response.destroyed) return false;
  for (const warning of body.warnings) {
    response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  }
  response.writeHead(code, {
    'content-type': body.type,
    ...(body.length === undefined ? {} : { 'content-length': body.length }),
    'cache-control': 'no-cache, private',
  });
  return true;
}

function send(
  response: ServerResponse,
  code: number,
  type: string,
  text: string,
  warnings: string[],
): void {
  const length = Buffer.byteLength(text);
  if (startAnswer(response, code, { type, length, warnings })) {
    response.end(text);
  }
}

/** Sends a value as JSON. */
export function sendJson(
  response: ServerResponse,
  code: number,
  value: object,
  warnings: string[] = [],
): void {
  send(response, code, MEDIA[0], `${jsonText(value)}\n`, warnings);
}

/** Sends the answer to a request for a resource in the media type that it asks for, with its warnings. */
export function sendObject(r: ApiRequest, code: number, value: object): void {
  const { response } = r.http;
  if (r.media === MEDIA[0]) sendJson(response, code, value, r.warnings);
  else send(response, code, r.media, yamlText(value), r.warnings);
}
