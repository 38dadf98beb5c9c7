import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../contract';
import { jsonText } from '../json';
import { matcherOf } from '../selectors';
import { badRequest, expired } from '../status';
import type { HistoryEntry } from '../history';
import { Renderer } from './render';
import type { ApiContext, ApiRequest } from './request';

/** How often an idle watch that allows bookmarks gets one, in real milliseconds. */
const BOOKMARK_EVERY = 15_000;

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

function write(response: ServerResponse, type: EventType, object: object) {
  response.write(`{"type":"${type}","object":${jsonText(object)}}\n`);
}

/**
 * Serves a watch. The stream is a cursor over the storage's history, so nothing is lost while it waits; a cursor
 * that the history has left behind ends with 410 in the stream, as does a version from the future.
 */
export function watch(ctx: ApiContext, r: ApiRequest): void {
  const { response } = r.http;
  const matches = matcherOf(r.row, r.query);
  const renderer = new Renderer(r.row, r.version, r.accept, r.query, ctx.now);
  const from = r.query.get('resourceVersion') ?? '';
  const bookmarks = r.query.get('allowWatchBookmarks') === 'true';
  const initial = r.query.get('sendInitialEvents');
  if (from !== '' && !/^\d+$/.test(from)) {
    throw badRequest(
      `invalid resource version ${JSON.stringify(from)}: must be a number`,
    );
  }
  const inScope = (o: KubeObject) =>
    (!r.namespace || o.metadata.namespace === r.namespace) &&
    (!r.name || o.metadata.name === r.name) &&
    matches(o);

  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    'transfer-encoding': 'chunked',
  });
  response.flushHeaders();

  let cursor = Number(from);
  let sent = cursor;
  const synthesise =
    initial === 'true' || (initial === null && (from === '' || from === '0'));
  if (synthesise || from === '' || from === '0') {
    cursor = ctx.storage.resourceVersion;
    sent = cursor;
  }
  if (synthesise) {
    for (const object of ctx.storage.readAll(r.row, r.namespace)) {
      if (inScope(object)) write(response, 'ADDED', renderer.one(object));
    }
    if (initial === 'true' && bookmarks) {
      write(response, 'BOOKMARK', renderer.bookmark(cursor, true));
    }
  }

  /** What an entry means to this watcher: entering and leaving its selection are ADDED and DELETED. */
  const emit = (entry: HistoryEntry) => {
    if (entry.row !== r.row) return;
    const was =
      entry.type !== 'ADDED' &&
      entry.previous !== undefined &&
      inScope(entry.previous);
    const is = entry.type !== 'DELETED' && inScope(entry.object);
    if (!was && !is) return;
    let type: EventType = 'MODIFIED';
    if (!was) type = 'ADDED';
    else if (!is) type = 'DELETED';
    write(response, type, renderer.one(entry.object));
    sent = entry.rv;
  };

  let ended = false;
  let scheduled = false;
  const stops: (() => void)[] = [];
  const end = () => {
    if (ended) return;
    ended = true;
    for (const stop of stops) stop();
    response.end();
  };
  const pump = async () => {
    await ctx.whenAwake();
    scheduled = false;
    if (ended) return;
    const entries = ctx.storage.since(cursor);
    if (!entries) {
      write(
        response,
        'ERROR',
        expired(
          `too old resource version: ${cursor} (${ctx.storage.resourceVersion})`,
        ).toStatus(),
      );
      end();
      return;
    }
    for (const entry of entries) {
      emit(entry);
      cursor = entry.rv;
    }
  };
  const schedule = () => {
    if (scheduled || ended) return;
    scheduled = true;
    void pump();
  };
  stops.push(ctx.storage.follow(schedule));
  if (bookmarks) {
    const timer = setInterval(async () => {
      await ctx.whenAwake();
      if (ended || sent === cursor) return;
      sent = cursor;
      write(response, 'BOOKMARK', renderer.bookmark(cursor, false));
    }, BOOKMARK_EVERY);
    timer.unref();
    stops.push(() => clearInterval(timer));
  }
  const timeout = Number(r.query.get('timeoutSeconds') ?? 0);
  if (timeout > 0) {
    const timer = setTimeout(async () => {
      await ctx.whenAwake();
      if (!ended && bookmarks && sent !== cursor) {
        write(response, 'BOOKMARK', renderer.bookmark(cursor, false));
      }
      end();
    }, timeout * 1000);
    timer.unref();
    stops.push(() => clearTimeout(timer));
  }
  response.on('close', end);
  schedule();
}
