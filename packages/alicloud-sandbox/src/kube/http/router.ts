import type { IncomingMessage, ServerResponse } from 'node:http';
import { KubeStatusError } from '../status';
import { choose } from './accept';
import { sendDocument } from './documents';
import { list } from './list';
import { podLog } from './podLog';
import { evict, get, remove, removeCollection } from './read';
import { review, type User } from './reviews';
import {
  MEDIA,
  readBody,
  sendJson,
  sendObject,
  type ApiContext,
  type ApiRequest,
} from './request';
import { Renderer } from './render';
import { parsePath } from './target';
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

function answerWrite(ctx: ApiContext, r: ApiRequest, written: Written) {
  const { object, created } = written;
  const body =
    object.kind === 'Scale'
      ? object
      : new Renderer(r.row, r.version, r.accept, r.query, ctx.now).one(object);
  sendObject(r, created ? 201 : 200, body);
}

/** Subresources that need processes in pods, which are not simulated. */
const PROCESS = ['exec', 'attach', 'portforward', 'proxy'];

/** Subresources that are no view of the object. */
function serveAction(ctx: ApiContext, r: ApiRequest): void {
  const { method, subresource } = r;
  if (method === 'GET' && subresource === 'log') podLog(ctx, r);
  else if (method === 'POST' && subresource === 'eviction') evict(ctx, r);
  else throw notAllowed();
}

function checkSubresource({ row, subresource }: ApiRequest): void {
  if (!subresource) return;
  if (row.kind === 'Pod' && PROCESS.includes(subresource)) {
    throw new KubeStatusError(
      501,
      'NotImplemented',
      `${subresource} needs a process in the pod, and pods are simulated here without any`,
    );
  }
  const known = [
    ...row.subresources,
    ...(row.kind === 'Namespace' ? ['finalize'] : []),
  ];
  if (!known.includes(subresource)) throw noSuchPath();
}

async function serve(ctx: ApiContext, r: ApiRequest): Promise<void> {
  const { method, name, subresource } = r;
  checkSubresource(r);
  if (!r.row.stored) {
    if (method !== 'POST' || name) throw notAllowed();
    sendObject(r, 201, review(ctx, r));
    return;
  }
  const watching = ['true', '1'].includes(r.query.get('watch') ?? '');
  if (subresource === 'log' || subresource === 'eviction') serveAction(ctx, r);
  else if (method === 'GET' && watching) watch(ctx, r);
  else if (method === 'GET') await (name ? get : list)(ctx, r);
  else if (method === 'POST' && !name) answerWrite(ctx, r, create(ctx, r));
  else if (method === 'PUT' && name) answerWrite(ctx, r, update(ctx, r));
  else if (method === 'PATCH' && name) answerWrite(ctx, r, patch(ctx, r));
  else if (method === 'DELETE' && !subresource)
    (name ? remove : removeCollection)(ctx, r);
  else throw notAllowed();
}

/** Answers one authenticated request; every failure becomes a Status, none escapes. */
export async function handle(
  ctx: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  user: User,
): Promise<void> {
  try {
    const body = await readBody(request);
    await ctx.whenAwake();
    const url = new URL(request.url ?? '/', 'https://server');
    const path = url.pathname.replace(/\/+$/, '') || '/';
    const target = parsePath(path);
    if (!target) {
      if (request.method === 'GET' && sendDocument(ctx, url, request, response))
        return;
      throw noSuchPath();
    }
    const row = ctx.kinds.find(target);
    if (!row || (target.namespace && !row.namespaced)) throw noSuchPath();
    await serve(ctx, {
      method: request.method ?? 'GET',
      row,
      version: target.version,
      namespace: target.namespace,
      name: target.name,
      subresource: target.subresource,
      query: url.searchParams,
      accept: request.headers.accept ?? '*/*',
      // Before anything is done: what cannot be answered must not happen.
      media:
        target.subresource === 'log'
          ? MEDIA[0]
          : choose(request.headers.accept, MEDIA),
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
