import { matcherOf } from '../selectors';
import { badRequest, expired, notFound } from '../status';
import { clone, timestamp } from '../json';
import type { DeleteOptions } from '../storage';
import { scaleOf } from './scale';
import { Renderer } from './render';
import {
  parseBody,
  parseObject,
  sendObject,
  type ApiContext,
  type ApiRequest,
} from './request';

const renderer = (ctx: ApiContext, r: ApiRequest) =>
  new Renderer(r.row, r.version, r.accept, r.query, ctx.now);

/** GET of one object or its `/scale`. */
export function get(ctx: ApiContext, r: ApiRequest): void {
  const found = ctx.storage.read(r.row, r.namespace, r.name!);
  if (!found)
    throw notFound({ group: r.row.group, resource: r.row.plural }, r.name!);
  const answer =
    r.subresource === 'scale' ? scaleOf(found) : renderer(ctx, r).one(found);
  sendObject(r, 200, answer);
}

interface Continue {
  rv: number;
  after: string;
}

function readContinue(token: string): Continue {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof value.after === 'string' && Number.isInteger(value.rv))
      return value;
  } catch {
    // Falls through: whatever is wrong with it, the client must list again.
  }
  throw badRequest('continue key is not valid: invalid continue token');
}

/** GET of a collection: selectors, and pages by `limit` and `continue`. */
export function list(ctx: ApiContext, r: ApiRequest): void {
  const matches = matcherOf(r.row, r.query);
  const wanted = ctx.storage.readAll(r.row, r.namespace).filter(matches);
  const limit = Number(r.query.get('limit') ?? 0);
  const token = r.query.get('continue');
  const start = token ? readContinue(token) : undefined;
  if (start && !ctx.storage.since(start.rv)) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  const keyOf = (o: { metadata: { namespace?: string; name: string } }) =>
    `${o.metadata.namespace ?? ''}/${o.metadata.name}`;
  // The storage returns keys in order; a page begins after the last key of the one before.
  const rest = start ? wanted.filter(o => keyOf(o) > start.after) : wanted;
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const rv = start?.rv ?? ctx.storage.resourceVersion;
  const metadata: Record<string, unknown> = { resourceVersion: String(rv) };
  if (page.length < rest.length) {
    const after = keyOf(page[page.length - 1]);
    metadata.continue = Buffer.from(JSON.stringify({ rv, after })).toString(
      'base64url',
    );
    // With selectors the real server does not know the number.
    if (!r.query.get('labelSelector') && !r.query.get('fieldSelector')) {
      metadata.remainingItemCount = rest.length - page.length;
    }
  }
  sendObject(r, 200, renderer(ctx, r).many(page, metadata));
}

/** Options of a deletion: in the body, or as query parameters. */
function deleteOptions(r: ApiRequest): DeleteOptions & { dryRun: boolean } {
  const body =
    r.body.length > 0
      ? parseBody(r.body, r.contentType || 'application/json')
      : {};
  const grace = r.query.get('gracePeriodSeconds');
  return {
    gracePeriodSeconds:
      body?.gracePeriodSeconds ?? (grace === null ? undefined : Number(grace)),
    propagationPolicy:
      body?.propagationPolicy ??
      (r.query.get('propagationPolicy') as any) ??
      undefined,
    preconditions: body?.preconditions,
    dryRun: Boolean(
      body?.dryRun?.includes('All') || r.query.getAll('dryRun').includes('All'),
    ),
  };
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
  const dryRun =
    r.query.getAll('dryRun').includes('All') ||
    body.deleteOptions?.dryRun?.includes('All');
  if (!dryRun) ctx.storage.remove(r.row, found, body.deleteOptions ?? {});
  sendObject(r, 201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}
