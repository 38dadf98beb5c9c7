import {
  openStream,
  pod,
  podList,
  sendEvent,
  startScriptedApi,
  status,
  type ScriptedApi,
} from '../__testUtils__/apiServer';
import {
  hang,
  json,
  reset,
  type Script,
  type SeenRequest,
} from '../__testUtils__/scriptedServer';
import { until } from '../__testUtils__/until';
import { ServerGate, KeyedQueue } from './gate';
import type { WatchHandlers } from './types';
import type { WatchTiming } from './watch';

const KINDS = ['pods', 'services', 'nodes', 'endpoints'];

/** What several watches of one connection do to its API server. */
describe('watches of one connection', () => {
  let api: ScriptedApi;
  let stop: AbortController;
  let happened: string[];
  const stream = openStream(() => {});
  const isWatch = (request: SeenRequest) => request.params.watch === 'true';
  const lists = () =>
    api.server.requests.filter(
      request => request.params.limit !== undefined && !isWatch(request),
    );
  const count = (what: string) =>
    happened.filter(entry => entry === what).length;

  async function watch(kinds: string[], timing: Partial<WatchTiming> = {}) {
    api = await startScriptedApi({
      watchTiming: { backoffMs: 5, maxBackoffMs: 20, ...timing },
    });
    stop = new AbortController();
    happened = [];
    return (script: Script) => {
      api.server.otherwise(script);
      const handlers: WatchHandlers = {
        onList: items => happened.push(`list ${items.length}`),
        onEvent: type => happened.push(type),
        onState: state => happened.push(state.state),
      };
      const { signal } = stop;
      for (const plural of kinds) {
        api.connection.watch({ apiVersion: 'v1', plural }, handlers, {
          signal,
        });
      }
    };
  }

  afterEach(async () => {
    stop.abort();
    await api.close();
  });

  /** Answers lists, watches and version as a healthy server does. */
  const healthy: Script = (request, response) =>
    isWatch(request)
      ? stream(request, response)
      : json(podList(['a'], '10'))(request, response);

  it('ask a server that is away one question for all of them, and return together', async () => {
    const start = await watch(KINDS);
    start(reset);
    await until(() => count('unreachable') === KINDS.length, 'the outage');
    const listed = lists().length;
    expect(listed).toBe(KINDS.length);
    const asked = api.server.requests.length;
    await until(
      () => api.server.requests.length > asked + 5,
      'five more questions',
    );
    expect(lists()).toHaveLength(listed);
    api.server.otherwise(healthy);
    await until(() => count('ok') === KINDS.length, 'the return of all');
    expect(lists()).toHaveLength(listed + KINDS.length);
  });

  it('say that a server which answers, but not about their kind, is behind', async () => {
    const start = await watch(['pods', 'services']);
    start((request, response) =>
      request.url.includes('/pods')
        ? status(500, 'InternalError', 'etcd is slow')(request, response)
        : healthy(request, response),
    );
    await until(() => count('stale') === 1, 'the trouble with pods');
    await until(() => count('ok') === 1, 'the services');
    expect(happened).not.toContain('unreachable');
    api.server.otherwise(healthy);
    await until(() => count('ok') === 2, 'the pods');
  });

  it('ask for smaller pages when a page takes too long', async () => {
    const start = await watch(['pods'], { listDeadlineMs: 50 });
    start((request, response) =>
      Number(request.params.limit ?? 0) > 125
        ? hang(request, response)
        : healthy(request, response),
    );
    await until(() => count('ok') === 1, 'a list');
    expect(lists().map(request => request.params.limit)).toEqual([
      '500',
      '250',
      '125',
    ]);
  });

  it('never list one kind twice at a time', async () => {
    const start = await watch(['pods', 'pods', 'pods']);
    let open = 0;
    let most = 0;
    start((request, response) => {
      if (isWatch(request)) {
        stream(request, response);
        return;
      }
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        healthy(request, response);
      }, 20);
    });
    await until(() => count('ok') === 3, 'three lists');
    expect(most).toBe(1);
  });

  it('pause between lists when every watch is told that its version is gone', async () => {
    const start = await watch(['pods'], { backoffMs: 50, maxBackoffMs: 1_000 });
    const startedAt = performance.now();
    start((request, response) => {
      if (!isWatch(request)) {
        healthy(request, response);
        return;
      }
      openStream(opened => {
        sendEvent(opened, 'ADDED', pod('b', '11'));
        sendEvent(opened, 'ERROR', { kind: 'Status', code: 410, message: '-' });
        opened.end();
      })(request, response);
    });
    await until(() => lists().length === 6, 'six lists');
    // The first two without a pause, then at least a tenth of 50, 100, 200 and 400 ms.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(70);
    expect(happened).not.toContain('unreachable');
  });

  it('list again from time to time, in case an event was lost', async () => {
    const start = await watch(['pods'], { recheckMs: 1, watchSeconds: 1 });
    const names = ['a'];
    start((request, response) =>
      isWatch(request)
        ? openStream(opened => setTimeout(() => opened.end(), 5))(
            request,
            response,
          )
        : json(podList(names, '10'))(request, response),
    );
    await until(() => count('list 1') === 1, 'the first list');
    names.push('lost');
    await until(() => count('list 2') >= 1, 'what was lost');
    expect(count('ok')).toBe(1);
  });
});

describe('the gate', () => {
  it('asks no more when nobody waits any more', async () => {
    let asked = 0;
    const gate = new ServerGate({
      ping: async () => {
        asked += 1;
        throw new Error('away');
      },
      timing: { backoffMs: 1, maxBackoffMs: 1 },
    });
    expect(await gate.answers()).toBe(false);
    const stop = new AbortController();
    const waits = [gate.untilBack(stop.signal), gate.untilBack(stop.signal)];
    await until(() => asked > 3, 'questions');
    stop.abort();
    await Promise.all(waits);
    const last = asked;
    // A question that was under way is the last one.
    await new Promise(resolve => setImmediate(resolve));
    expect(asked).toBeLessThanOrEqual(last + 1);
    expect(await gate.answers()).toBe(false);
  });

  it('runs the next after a failure, and not what was given up', async () => {
    const queue = new KeyedQueue();
    const { signal } = new AbortController();
    const done: string[] = [];
    const given = new AbortController();
    const results = Promise.allSettled([
      queue.run('pods', signal, async () => {
        done.push('first');
        throw new Error('failed');
      }),
      queue.run('pods', given.signal, async () => done.push('given up')),
      queue.run('pods', signal, async () => done.push('third')),
    ]);
    given.abort();
    expect((await results).map(({ status: end }) => end)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(done).toEqual(['first', 'third']);
  });
});
