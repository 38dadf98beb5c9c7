import { matcherOf } from '../selectors';
import { notFound } from '../status';
import { clone, timestamp } from '../json';
import { tooLarge } from './listOptions';
import { scaleOf } from './scale';
import { Renderer } from './render';
import {
  parseObject,
  sendObject,
  type ApiContext,
  type ApiRequest,
} from './request';
import { deleteOptions } from './writeOptions';

const renderer = (ctx: ApiContext, r: ApiRequest) =>
  new Renderer(r.row, r.version, r.accept, r.query, ctx.now);

/** GET of one object or its `/scale`. */
export function get(ctx: ApiContext, r: ApiRequest): void {
  const asked = Number(r.query.get('resourceVersion') ?? 0);
  if (asked > ctx.storage.resourceVersion) {
    throw tooLarge(asked, ctx.storage.resourceVersion);
  }
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!found)
    throw notFound({ group: r.row.group, resource: r.row.plural }, r.name!);
  const answer =
    r.subresource === 'scale' ? scaleOf(found) : renderer(ctx, r).one(found);
  sendObject(r, 200, answer);
}

/** DELETE of one object: a Status when it is gone, the object while it is still terminating. */
export function remove(ctx: ApiContext, r: ApiRequest): void {
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  const what = { group: r.row.group, resource: r.row.plural };
  if (!found) throw notFound(what, r.name!);
  const { dryRun, ...options } = deleteOptions(r);
  const result = dryRun
    ? {
        object: {
          ...clone(found),
          metadata: {
            ...found.metadata,
            deletionTimestamp: timestamp(ctx.now()),
          },
        },
        gone: true,
      }
    : ctx.storage.remove(r.row, found, options);
  if (!result.gone) {
    sendObject(r, 200, renderer(ctx, r).one(result.object));
    return;
  }
  sendObject(r, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: r.name,
      group: r.row.group || undefined,
      kind: r.row.plural,
      uid: found.metadata.uid,
    },
  });
}

/** DELETE of a collection: answers with what was deleted. */
export function removeCollection(ctx: ApiContext, r: ApiRequest): void {
  const matches = matcherOf(r.row, r.query);
  const { dryRun, ...options } = deleteOptions(r);
  const doomed = ctx.storage.readAll(r.row, r.namespace).filter(matches);
  if (!dryRun)
    for (const object of doomed) ctx.storage.remove(r.row, object, options);
  sendObject(
    r,
    200,
    renderer(ctx, r).many(doomed, {
      resourceVersion: String(ctx.storage.resourceVersion),
    }),
  );
}

/** POST of a pod's `/eviction`: deletes it with the options in the body. */
export function evict(ctx: ApiContext, r: ApiRequest): void {
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!found) throw notFound({ group: '', resource: 'pods' }, r.name!);
  const body = parseObject(r.body, r.contentType);
  const { dryRun, ...options } = deleteOptions(r, body.deleteOptions ?? {});
  if (!dryRun) ctx.storage.remove(r.row, found, options);
  sendObject(r, 201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}
