import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../contract';
import type { HistoryEntry } from '../history';
import { jsonText } from '../json';
import { matcherOf } from '../selectors';
import { expired } from '../status';
import { choose } from './accept';
import { versionOptions, type VersionOptions } from './listOptions';
import { Renderer } from './render';
import { MEDIA, type ApiContext, type ApiRequest } from './request';

/** How often an idle watch that allows bookmarks gets one, in real milliseconds. */
const BOOKMARK_EVERY_MS = 15_000;

/** A watch without a time limit of its own ends after this long, or up to twice as long; clients begin anew. */
const LONGEST_S = 1800;

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** One open watch. */
class WatchStream {
  private readonly ctx: ApiContext;
  private readonly r: ApiRequest;
  private readonly options: VersionOptions;
  private readonly response: ServerResponse;
  private readonly renderer: Renderer;
  private readonly matches: (object: KubeObject) => boolean;
  private readonly stops: (() => void)[] = [];
  /** Changes up to this version were looked at. */
  private cursor: number;
  /** The client knows of this version. */
  private sent: number;
  private ended = false;
  private scheduled = false;

  constructor(ctx: ApiContext, r: ApiRequest, options: VersionOptions) {
    this.ctx = ctx;
    this.r = r;
    this.options = options;
    this.response = r.http.response;
    this.renderer = new Renderer(r.row, r.version, r.accept, r.query, ctx.now);
    this.matches = matcherOf(r.row, r.query);
    this.cursor = options.resourceVersion || ctx.storage.resourceVersion;
    this.sent = this.cursor;
  }

  start(): void {
    this.response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      'transfer-encoding': 'chunked',
    });
    this.response.flushHeaders();
    this.response.on('close', () => this.end());
    const { sendInitialEvents, resourceVersion } = this.options;
    // Without a version the state comes first, as if everything had just been added.
    if (sendInitialEvents ?? !resourceVersion) this.sendState();
    this.stops.push(this.ctx.storage.follow(() => this.schedule()));
    if (this.options.bookmarks) {
      this.every(BOOKMARK_EVERY_MS, () => this.bookmark());
    }
    this.endInTime();
    this.schedule();
  }

  private inScope(object: KubeObject): boolean {
    const { namespace, name } = this.r;
    return (
      (!namespace || object.metadata.namespace === namespace) &&
      (!name || object.metadata.name === name) &&
      this.matches(object)
    );
  }

  private write(type: EventType, object: object) {
    this.response.write(`{"type":"${type}","object":${jsonText(object)}}\n`);
  }

  private sendState() {
    const { storage } = this.ctx;
    this.cursor = storage.resourceVersion;
    this.sent = this.cursor;
    for (const object of storage.readAll(this.r.row, this.r.namespace)) {
      if (this.inScope(object)) {
        this.write('ADDED', this.renderer.one(object));
      }
    }
    if (this.options.sendInitialEvents && this.options.bookmarks) {
      this.write('BOOKMARK', this.renderer.bookmark(this.cursor, true));
    }
  }

  /** What an entry means to this watcher: entering and leaving its selection are ADDED and DELETED. */
  private emit(entry: HistoryEntry) {
    if (entry.row !== this.r.row) return;
    const was =
      entry.type !== 'ADDED' &&
      entry.previous !== undefined &&
      this.inScope(entry.previous);
    const is = entry.type !== 'DELETED' && this.inScope(entry.object);
    if (!was && !is) return;
    let type: EventType = 'MODIFIED';
    if (!was) type = 'ADDED';
    else if (!is) type = 'DELETED';
    this.write(type, this.renderer.one(entry.object));
    this.sent = entry.rv;
  }

  private schedule() {
    if (this.scheduled || this.ended) return;
    this.scheduled = true;
    void this.pump();
  }

  private async pump() {
    const { storage } = this.ctx;
    await this.ctx.whenAwake();
    this.scheduled = false;
    if (this.ended) return;
    const entries = storage.since(this.cursor);
    if (!entries) {
      const text = `too old resource version: ${this.cursor} (${storage.resourceVersion})`;
      this.write('ERROR', expired(text).toStatus());
      this.end();
      return;
    }
    for (const entry of entries) {
      this.emit(entry);
      this.cursor = entry.rv;
    }
  }

  private bookmark() {
    if (this.sent === this.cursor) return;
    this.sent = this.cursor;
    this.write('BOOKMARK', this.renderer.bookmark(this.cursor, false));
  }

  /** Runs `task` again and again until the end, never while the region is out. */
  private every(ms: number, task: () => void) {
    const timer = setInterval(async () => {
      await this.ctx.whenAwake();
      if (!this.ended) task();
    }, ms);
    timer.unref();
    this.stops.push(() => clearInterval(timer));
  }

  private endInTime() {
    const seconds =
      this.options.timeoutSeconds || LONGEST_S * (1 + Math.random());
    const timer = setTimeout(async () => {
      await this.ctx.whenAwake();
      if (!this.ended && this.options.bookmarks) this.bookmark();
      this.end();
    }, seconds * 1000);
    timer.unref();
    this.stops.push(() => clearTimeout(timer));
  }

  private end() {
    if (this.ended) return;
    this.ended = true;
    for (const stop of this.stops) stop();
    this.response.end();
  }
}

/**
 * Serves a watch. The stream is a cursor over the storage's history, so nothing is lost while it waits; a cursor
 * that the history has left behind ends with 410 in the stream, as does a version from the future: a server that
 * lost its latest changes must not leave a client waiting for versions that will mean something else.
 */
export function watch(ctx: ApiContext, r: ApiRequest): void {
  const options = versionOptions(r.query, true);
  choose(r.accept, [MEDIA[0]]);
  new WatchStream(ctx, r, options).start();
}
