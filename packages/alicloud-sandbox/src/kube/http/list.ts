import type { KubeObject } from '../../contract';
import type { KindRow } from '../kinds';
import { matcherOf } from '../selectors';
import { badRequest, KubeStatusError } from '../status';
import type { ClusterStorage } from '../storage';
import { tooLarge, versionOptions, type VersionOptions } from './listOptions';
import { Renderer } from './render';
import type { ApiContext, ApiRequest } from './request';
import { sendList } from './sendList';

/** Where the next page begins. */
interface Position {
  /** Version of the whole list; -1: whatever is there now, after the list's own version was forgotten. */
  rv: number;
  /** Key of the last object that was sent. */
  after: string;
}

const LATEST = -1;

const keyOf = ({ metadata }: KubeObject) =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

const byKey = (a: KubeObject, b: KubeObject) => (keyOf(a) < keyOf(b) ? -1 : 1);

function tokenOf(position: Position): string {
  return Buffer.from(
    JSON.stringify({ v: 'meta.k8s.io/v1', ...position }),
  ).toString('base64url');
}

function positionOf(token: string): Position {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof value.after === 'string' && Number.isInteger(value.rv)) {
      return value;
    }
  } catch {
    // Falls through: whatever is wrong with it, the client must list again.
  }
  throw badRequest(
    'continue key is not valid: illegal base64 data or no position in it',
  );
}

/**
 * The objects of a kind as they were at a version, in key order: what changed since is undone, latest first. Undefined when the
 * history no longer reaches back so far.
 */
export function stateAt(
  storage: ClusterStorage,
  row: KindRow,
  namespace: string | undefined,
  version: number,
): KubeObject[] | undefined {
  const changes = storage
    .since(version)
    ?.filter(
      ({ row: changed, object }) =>
        changed === row &&
        (!namespace || object.metadata.namespace === namespace),
    );
  if (!changes) return undefined;
  const now = storage.readAll(row, namespace);
  if (changes.length === 0) return now;
  const then = new Map(now.map(object => [keyOf(object), object]));
  for (const { type, object, previous } of changes.reverse()) {
    if (type === 'ADDED') then.delete(keyOf(object));
    else if (previous) then.set(keyOf(object), previous);
  }
  return [...then.values()].sort(byKey);
}

/** 410 for a page whose list is forgotten, with a token that goes on with what is there now. */
function pageExpired(after: string): KubeStatusError {
  return new KubeStatusError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    undefined,
    { continue: tokenOf({ rv: LATEST, after }) },
  );
}

/** The objects that a request is about, and the version at which they are so. */
function stateFor(ctx: ApiContext, r: ApiRequest, options: VersionOptions) {
  const { storage } = ctx;
  const current = storage.resourceVersion;
  const latest = { rv: current, all: storage.readAll(r.row, r.namespace) };
  const asked = options.resourceVersion;
  if (asked !== undefined && asked > current) throw tooLarge(asked, current);
  if (options.continueToken) {
    if (asked) {
      throw badRequest(
        'specifying resource version is not allowed when using continue',
      );
    }
    const { rv, after } = positionOf(options.continueToken);
    if (rv === LATEST) return { ...latest, after };
    const all = stateAt(storage, r.row, r.namespace, rv);
    if (!all) throw pageExpired(after);
    return { rv, all, after };
  }
  // A limit with a version means exactly that version, as no other page could follow it.
  const exact =
    options.match === 'Exact' || (!options.match && options.limit > 0);
  if (!exact || !asked) return latest;
  const all = stateAt(storage, r.row, r.namespace, asked);
  if (all) return { rv: asked, all };
  throw new KubeStatusError(
    410,
    'Expired',
    'The resourceVersion for the provided list is too old.',
  );
}

/** GET of a collection: selectors, versions, and pages by `limit` and `continue` that all show the same version. */
export async function list(ctx: ApiContext, r: ApiRequest): Promise<void> {
  const options = versionOptions(r.query, false);
  const matches = matcherOf(r.row, r.query);
  const state = stateFor(ctx, r, options);
  const { rv } = state;
  const after = 'after' in state ? state.after : undefined;
  const wanted = state.all.filter(matches);
  const rest =
    after === undefined ? wanted : wanted.filter(o => keyOf(o) > after);
  const page = options.limit > 0 ? rest.slice(0, options.limit) : rest;
  const metadata: Record<string, unknown> = { resourceVersion: String(rv) };
  if (page.length < rest.length) {
    metadata.continue = tokenOf({ rv, after: keyOf(page[page.length - 1]) });
    // With selectors the real server does not know the number.
    if (!r.query.get('labelSelector') && !r.query.get('fieldSelector')) {
      metadata.remainingItemCount = rest.length - page.length;
    }
  }
  await sendList(
    r,
    new Renderer(r.row, r.version, r.accept, r.query, ctx.now).many(
      page,
      metadata,
    ),
  );
}
