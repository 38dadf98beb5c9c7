import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord } from '../json';
import { KubeStatusError } from '../status';
import { discovery, versionInfo } from './discovery';
import { openapi } from './openapi';
import { get, list, podLog, remove, removeCollection } from './read';
import {
  parseObject,
  readBody,
  sendJson,
  type ApiContext,
  type ApiRequest,
} from './request';
import { Renderer } from './render';
import { watch } from './watch';
import { create, patch, update, type Written } from './write';

const noSuchPath = () =>
  new KubeStatusError(
    404,
    'NotFound',
    'the server could not find the requested resource',
  );

const notAllowed = () =>
  new KubeStatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );

interface Target {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** Splits `/apis/G/V/namespaces/N/R/NAME/SUB`; undefined for a path without a resource. */
export function parsePath(path: string): Target | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group, version, ...rest] = core
    ? ['', ...parts.slice(1)]
    : parts.slice(1);
  if (!version || rest.length === 0) return undefined;
  const subresourceOfNamespace =
    rest.length === 3 && ['status', 'finalize'].includes(rest[2]);
  if (rest[0] === 'namespaces' && rest.length >= 3 && !subresourceOfNamespace) {
    const [, namespace, resource, name, subresource] = rest;
    return { group, version, resource, namespace, name, subresource };
  }
  const [resource, name, subresource] = rest;
  return { group, version, resource, name, subresource };
}

function review(r: ApiRequest): object {
  const body = parseObject(r.body, r.contentType);
  if (!isRecord(body.spec)) {
    throw new KubeStatusError(
      422,
      'Invalid',
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec: Required value',
    );
  }
  return {
    ...body,
    kind: r.row.kind,
    apiVersion: 'authorization.k8s.io/v1',
    status: { allowed: true, reason: `${r.user} is a cluster administrator` },
  };
}

function answerWrite(ctx: ApiContext, r: ApiRequest, written: Written) {
  const { object, created } = written;
  const body =
    object.kind === 'Scale'
      ? object
      : new Renderer(r.row, r.version, r.accept, r.query, ctx.now).one(object);
  sendJson(r.http.response, created ? 201 : 200, body, r.warnings);
}

function serve(ctx: ApiContext, r: ApiRequest): void {
  const { method, name, subresource } = r;
  if (!r.row.stored) {
    if (method !== 'POST' || name) throw notAllowed();
    sendJson(r.http.response, 201, review(r));
    return;
  }
  if (subresource && !(r.row.subresources as string[]).includes(subresource)) {
    if (!(r.row.kind === 'Namespace' && subresource === 'finalize'))
      throw noSuchPath();
  }
  const watching = ['true', '1'].includes(r.query.get('watch') ?? '');
  if (method === 'GET' && subresource === 'log') podLog(ctx, r);
  else if (method === 'GET' && watching) watch(ctx, r);
  else if (method === 'GET') (name ? get : list)(ctx, r);
  else if (method === 'POST' && !name) answerWrite(ctx, r, create(ctx, r));
  else if (method === 'PUT' && name) answerWrite(ctx, r, update(ctx, r));
  else if (method === 'PATCH' && name) answerWrite(ctx, r, patch(ctx, r));
  else if (method === 'DELETE' && !subresource)
    (name ? remove : removeCollection)(ctx, r);
  else throw notAllowed();
}

/** Paths outside the resources: health, version, discovery, OpenAPI. */
function general(
  ctx: ApiContext,
  path: string,
  response: ServerResponse,
): boolean {
  if (['/healthz', '/readyz', '/livez', '/ping'].includes(path)) {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end('ok');
    return true;
  }
  let document: object | undefined;
  if (path === '/version') document = versionInfo(ctx.spec.kubernetesVersion);
  else if (path.startsWith('/openapi/v3')) document = openapi(ctx.kinds, path);
  else if (/^\/apis?(\/|$)/.test(path)) document = discovery(ctx.kinds, path);
  if (document) sendJson(response, 200, document);
  return document !== undefined;
}

/** Answers one authenticated request; every failure becomes a Status, none escapes. */
export async function handle(
  ctx: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  user: string,
): Promise<void> {
  try {
    const body = await readBody(request);
    await ctx.whenAwake();
    const url = new URL(request.url ?? '/', 'https://server');
    const path = url.pathname.replace(/\/+$/, '') || '/';
    const target = parsePath(path);
    if (!target) {
      if (request.method === 'GET' && general(ctx, path, response)) return;
      throw noSuchPath();
    }
    const row = ctx.kinds.find(target);
    if (!row || (target.namespace && !row.namespaced)) throw noSuchPath();
    serve(ctx, {
      method: request.method ?? 'GET',
      row,
      version: target.version,
      namespace: target.namespace,
      name: target.name,
      subresource: target.subresource,
      query: url.searchParams,
      accept: request.headers.accept ?? '*/*',
      contentType: request.headers['content-type'] ?? 'application/json',
      userAgent: request.headers['user-agent'] ?? '',
      user,
      body,
      warnings: [],
      http: { request, response },
    });
  } catch (error) {
    const status =
      error instanceof KubeStatusError
        ? error
        : new KubeStatusError(
            500,
            'InternalError',
            `Internal error occurred: ${(error as Error).message}`,
          );
    sendJson(response, status.code, status.toStatus());
  }
}
