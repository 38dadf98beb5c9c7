import type { IncomingMessage } from 'node:http';
import type { Pairs } from './signature';

/** Longest request body that is read; the largest real one (an IstioGateway) is a few kilobytes. */
const BODY_LIMIT = 1024 * 1024;

/** An HTTP request, read completely and taken apart once. */
export interface ApiRequest {
  method: string;
  /** Path as sent, percent-encoded. */
  rawPath: string;
  /** Path and query as sent. */
  url: string;
  path: string;
  query: Pairs;
  /** Lower-case names; repeated headers joined. */
  headers: Record<string, string>;
  body: Buffer;
  /** Parameters of a form body, empty for other content types. */
  form: Pairs;
}

/** Thrown when the body is longer than the server reads. */
export class BodyTooLargeError extends Error {}

export async function readRequest(
  message: IncomingMessage,
): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > BODY_LIMIT) throw new BodyTooLargeError();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) {
      headers[name] = Array.isArray(value) ? value.join(',') : value;
    }
  }
  const isForm = headers['content-type']?.startsWith(
    'application/x-www-form-urlencoded',
  );
  return {
    method: message.method ?? 'GET',
    rawPath,
    url,
    path: safeDecode(rawPath),
    query: pairs(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    body,
    form: isForm ? pairs(body.toString('utf8')) : [],
  };
}

function pairs(encoded: string): Pairs {
  return [...new URLSearchParams(encoded)];
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
