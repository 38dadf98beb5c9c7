import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import { deadlineSignal } from '../deadline';
import { GoneError, statusError, type Requester } from './request';
import { query, resourcePath, subjectOf } from './paths';
import type { ServerGate, KeyedQueue } from './gate';
import { backoff, pause, QuietProbe } from './timers';
import type { KubernetesObject, ResourceType, WatchHandlers } from './types';

export interface WatchTiming {
  /** Objects per page of a list. */
  pageSize: number;
  /** The server is asked to end each watch after about this long (it varies by a third). */
  watchSeconds: number;
  /** A watch that outlives its time by this much is dead. */
  graceMs: number;
  /** After this long without a byte the API server is asked whether it lives. */
  quietMs: number;
  /** And has this long to answer. */
  probeDeadlineMs: number;
  /**
   * A stream without a byte for so long is opened again, even though the server lives: bookmarks come every minute, so
   * its connection has probably been lost on the way without a word.
   */
  silentMs: number;
  /** First and longest back-off after a failure. */
  backoffMs: number;
  maxBackoffMs: number;
  /** Back-off after the API server refused access: only a person can change that. */
  forbiddenBackoffMs: number;
  /** Deadline of one page of a list. */
  listDeadlineMs: number;
  /** After about this long everything is listed again, should events have been lost on the way. */
  recheckMs: number;
}

export const DEFAULT_WATCH_TIMING: WatchTiming = {
  pageSize: 500,
  watchSeconds: 240,
  graceMs: 15_000,
  quietMs: 10_000,
  probeDeadlineMs: 5_000,
  silentMs: 90_000,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  forbiddenBackoffMs: 30_000,
  listDeadlineMs: 15_000,
  recheckMs: 15 * 60_000,
};

export interface WatchOptions {
  signal: AbortSignal;
  namespace?: string;
  labelSelector?: string;
  /** Applied to every object as soon as it is parsed, so that only what is needed stays in memory. */
  project?: (object: KubernetesObject) => KubernetesObject;
}

interface Dependencies {
  id: string;
  requester: Requester;
  /** Rejects when the API server does not answer. Shared by all watches of a connection. */
  probe: () => Promise<void>;
  /** The breaker of the connection. */
  gate: ServerGate;
  /** Keeps two watches of one kind from listing at the same time. */
  listings: KeyedQueue;
  /** Trouble that is not the server's: a handler that throws. */
  onHandlerError: (error: unknown) => void;
  timing?: Partial<WatchTiming>;
  random?: () => number;
}

interface Page {
  items?: KubernetesObject[];
  kind?: string;
  metadata?: { resourceVersion?: string; continue?: string };
}

/** A page that took too long is asked for in smaller pieces, down to this. */
const LEAST_PAGE_SIZE = 50;
/** A watch that ended sooner did not do its work. */
const SHORT_LIFE_MS = 1_000;

/** The list took too long and its continue token is gone; start again. */
const RESTART = Symbol('restart');

/**
 * Lists, then watches, until the signal aborts.
 *
 * - Lists in pages; a continue token that expired starts the list again.
 * - Watches with bookmarks from the last resourceVersion seen. A watch that ends normally is opened again at once; one
 *   that was reset is opened again from the same place; 410 or an unreachable server lead to a new list, because a
 *   server that was away may have lost its history.
 * - A watch that is silent is not trusted: the server is probed, and a watch that outlives the time it was given is cut.
 * - From time to time all is listed again, so that an event that was lost does no lasting harm.
 * - Failures are followed by jittered, growing pauses; while the server does not answer at all, the pauses are those of
 *   the connection's breaker. The state is told only when it changes.
 */
export async function watchForever(
  dependencies: Dependencies,
  type: ResourceType,
  handlers: WatchHandlers,
  options: WatchOptions,
): Promise<void> {
  const timing = { ...DEFAULT_WATCH_TIMING, ...dependencies.timing };
  const random = dependencies.random ?? Math.random;
  const { requester, id, gate, listings } = dependencies;
  const { signal } = options;
  const path = resourcePath(type, options.namespace);
  const subject = subjectOf(type, options.namespace);
  const project = options.project ?? (object => object);

  let resourceVersion: string | undefined;
  let pageSize = timing.pageSize;
  /** On a clock that nobody sets. */
  let recheckAt = 0;
  let failures = 0;
  /** The last watch was cut because the server did not answer a probe either. */
  let silent = false;
  let told: string | undefined;

  const guarded = (call: () => void) => {
    try {
      call();
    } catch (error) {
      dependencies.onHandlerError(error);
    }
  };

  const tell = (state: Parameters<WatchHandlers['onState']>[0]) => {
    if (state.state === told || signal.aborted) return;
    told = state.state;
    guarded(() => handlers.onState(state));
  };

  const fetchPage = async (token: string | undefined): Promise<Page> => {
    try {
      return await requester.json<Page>(
        {
          method: 'GET',
          path: `${path}${query({
            limit: pageSize,
            continue: token,
            labelSelector: options.labelSelector,
          })}`,
          subject,
          repeatable: true,
        },
        { signal, deadlineMs: timing.listDeadlineMs },
      );
    } catch (error) {
      throw error instanceof GoneError && token ? RESTART : error;
    }
  };

  const list = async (): Promise<void> => {
    const items: KubernetesObject[] = [];
    let token: string | undefined;
    do {
      const page = await fetchPage(token);
      // Items of a list carry neither kind nor apiVersion.
      const kind = page.kind?.replace(/List$/, '') ?? '';
      for (const item of page.items ?? []) {
        items.push(project({ ...item, kind, apiVersion: type.apiVersion }));
      }
      token = page.metadata?.continue || undefined;
      resourceVersion = page.metadata?.resourceVersion;
    } while (token);
    pageSize = Math.min(timing.pageSize, pageSize * 2);
    recheckAt = performance.now() + timing.recheckMs * (0.75 + 0.5 * random());
    if (!signal.aborted) guarded(() => handlers.onList(items));
  };

  const onLine = (line: string): void => {
    const event = JSON.parse(line) as {
      type: string;
      object: KubernetesObject & { code?: number };
    };
    const { object } = event;
    if (event.type === 'ERROR') {
      throw statusError(
        id,
        {
          method: 'GET',
          path,
          subject: `watch of ${subject}`,
          repeatable: true,
        },
        object.code ?? 500,
        JSON.stringify(object),
      );
    }
    resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
    if (event.type === 'BOOKMARK') return;
    if (
      event.type === 'ADDED' ||
      event.type === 'MODIFIED' ||
      event.type === 'DELETED'
    ) {
      const kind = event.type;
      const projected = project(object);
      guarded(() => handlers.onEvent(kind, projected));
    }
  };

  /** Returns when the watch ended in a way that allows opening it again from where it was. */
  const watch = async (): Promise<void> => {
    const seconds = Math.max(
      1,
      Math.round(timing.watchSeconds * (0.67 + 0.33 * random())),
    );
    const life = deadlineSignal(seconds * 1000 + timing.graceMs, signal);
    const quiet = new QuietProbe(timing.quietMs, dependencies.probe);
    let opened = false;
    silent = false;
    try {
      await quiet.race(
        requester.lines(
          {
            method: 'GET',
            path: `${path}${query({
              watch: true,
              allowWatchBookmarks: true,
              timeoutSeconds: seconds,
              resourceVersion,
              labelSelector: options.labelSelector,
            })}`,
            subject: `watch of ${subject}`,
            repeatable: true,
          },
          {
            signal: AbortSignal.any([life.signal, quiet.signal]),
            silenceMs: timing.silentMs,
            onOpen: () => {
              opened = true;
              quiet.heard();
            },
            onLine: line => {
              quiet.heard();
              onLine(line);
            },
          },
        ),
      );
    } catch (error) {
      signal.throwIfAborted();
      silent = quiet.dead();
      // Cut for its age, or reset while the server lives: open it again.
      const resumable =
        life.expired() ||
        (opened && !silent && !(error instanceof GoneError) && isBroken(error));
      if (!resumable) throw error;
    } finally {
      life.clear();
      quiet.clear();
    }
  };

  while (!signal.aborted) {
    try {
      if (resourceVersion === undefined || performance.now() >= recheckAt) {
        await listings.run(`${type.apiVersion}/${type.plural}`, signal, list);
        tell({ state: 'ok' });
      }
      const startedAt = performance.now();
      const livedLong = () => performance.now() - startedAt >= SHORT_LIFE_MS;
      try {
        await watch();
      } finally {
        if (livedLong()) failures = 0;
      }
      // A server that ends every watch at once must not be asked in a tight loop.
      if (!livedLong()) failures++;
      if (failures > 0) {
        await pause(backoff(failures, timing, random()), signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      resourceVersion = undefined;
      if (error === RESTART || error instanceof GoneError) {
        failures++;
        // The first time there is nothing to wait for.
        if (failures > 1) {
          await pause(backoff(failures - 1, timing, random()), signal);
        }
        continue;
      }
      failures++;
      const reason = error instanceof Error ? error.message : String(error);
      if (
        error instanceof NotAllowedError ||
        error instanceof AuthenticationError
      ) {
        tell({ state: 'forbidden', reason });
        await pause(timing.forbiddenBackoffMs * (0.5 + random() / 2), signal);
      } else {
        pageSize = Math.max(
          Math.min(LEAST_PAGE_SIZE, timing.pageSize),
          Math.ceil(pageSize / 2),
        );
        const answers = !silent && (await gate.answers());
        tell({ state: answers ? 'stale' : 'unreachable', reason });
        if (answers) await pause(backoff(failures, timing, random()), signal);
        else await gate.untilBack(signal);
      }
    }
  }
}

function isBroken(error: unknown): boolean {
  return (error as Error)?.name === 'ServiceUnavailableError';
}
