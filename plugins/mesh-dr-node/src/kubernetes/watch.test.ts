import type http from 'node:http';
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
  type SeenRequest,
} from '../__testUtils__/scriptedServer';
import { until } from '../__testUtils__/until';
import type { KubernetesObject } from './types';
import type { WatchTiming } from './watch';

const PODS = { apiVersion: 'v1', plural: 'pods' };

describe('watch', () => {
  let api: ScriptedApi;
  let stop: AbortController;
  let happened: string[];
  /** Streams that the server has open, in order of opening. */
  let streams: http.ServerResponse[];
  const stream = openStream(response => {
    streams.push(response);
  });

  async function start(
    timing: Partial<WatchTiming> = {},
    project?: (object: KubernetesObject) => KubernetesObject,
  ) {
    api = await startScriptedApi({
      watchTiming: { backoffMs: 5, maxBackoffMs: 20, ...timing },
    });
    stop = new AbortController();
    happened = [];
    streams = [];
    return () =>
      api.connection.watch(
        PODS,
        {
          onList: items =>
            happened.push(
              `list ${items.map(item => item.metadata.name).join(' ')}`,
            ),
          onEvent: (type, object) =>
            happened.push(`${type} ${object.metadata.name}`),
          onState: state => happened.push(state.state),
        },
        { signal: stop.signal, namespace: 'default', project },
      );
  }

  afterEach(async () => {
    stop.abort();
    await api.close();
  });

  const isWatch = (request: SeenRequest) => request.params.watch === 'true';
  const watches = () => api.server.requests.filter(isWatch);
  const lists = () =>
    api.server.requests.filter(
      request => request.url.includes('/pods') && !isWatch(request),
    );

  it('lists in pages, then watches from the list with bookmarks', async () => {
    const watch = await start();
    api.server.next(
      json(podList(['a', 'b'], '10', 'page-2')),
      json(podList(['c'], '10')),
      stream,
    );
    watch();
    await until(() => streams.length === 1, 'a watch');
    expect(happened).toEqual(['list a b c', 'ok']);
    expect(lists().map(request => request.params)).toEqual([
      { limit: '500' },
      { limit: '500', continue: 'page-2' },
    ]);
    expect(watches()[0].params).toMatchObject({
      resourceVersion: '10',
      allowWatchBookmarks: 'true',
    });
    const seconds = Number(watches()[0].params.timeoutSeconds);
    expect(seconds).toBeGreaterThanOrEqual(160);
    expect(seconds).toBeLessThanOrEqual(240);

    sendEvent(streams[0], 'ADDED', pod('d', '11'));
    sendEvent(streams[0], 'MODIFIED', pod('a', '12'));
    sendEvent(streams[0], 'DELETED', pod('b', '13'));
    await until(() => happened.length === 5, 'three events');
    expect(happened.slice(2)).toEqual(['ADDED d', 'MODIFIED a', 'DELETED b']);
  });

  it('reads events that arrive in pieces and several at once', async () => {
    const watch = await start();
    api.server.next(json(podList([], '10')), stream);
    watch();
    await until(() => streams.length === 1, 'a watch');
    const text = [pod('ä', '11'), pod('b', '12')]
      .map(object => `${JSON.stringify({ type: 'ADDED', object })}\n`)
      .join('');
    const bytes = Buffer.from(text);
    const cut = bytes.indexOf(Buffer.from('ä')) + 1;
    streams[0].write(bytes.subarray(0, cut));
    await until(() => api.server.requests.length === 2, 'the request');
    streams[0].write(bytes.subarray(cut));
    await until(() => happened.length === 4, 'two events');
    expect(happened.slice(2)).toEqual(['ADDED ä', 'ADDED b']);
  });

  it('goes on from the last event or bookmark when the server ends the watch', async () => {
    const watch = await start();
    api.server.next(json(podList([], '10')), stream, stream, stream);
    watch();
    await until(() => streams.length === 1, 'a watch');
    sendEvent(streams[0], 'ADDED', pod('a', '11'));
    streams[0].end();
    await until(() => streams.length === 2, 'a second watch');
    sendEvent(streams[1], 'BOOKMARK', pod('', '50'));
    streams[1].end();
    await until(() => streams.length === 3, 'a third watch');
    expect(watches().map(request => request.params.resourceVersion)).toEqual([
      '10',
      '11',
      '50',
    ]);
    expect(lists()).toHaveLength(1);
    expect(happened).toEqual(['list ', 'ok', 'ADDED a']);
  });

  it('goes on from the same place after a reset', async () => {
    const watch = await start();
    api.server.next(json(podList([], '10')), stream, stream);
    watch();
    await until(() => streams.length === 1, 'a watch');
    sendEvent(streams[0], 'ADDED', pod('a', '11'));
    await until(() => happened.includes('ADDED a'), 'the event');
    streams[0].destroy();
    await until(() => streams.length === 2, 'a second watch');
    sendEvent(streams[1], 'ADDED', pod('b', '12'));
    await until(() => happened.includes('ADDED b'), 'an event after the reset');
    expect(watches()[1].params.resourceVersion).toBe('11');
    expect(lists()).toHaveLength(1);
    expect(happened).not.toContain('unreachable');
  });

  it.each([
    ['as an event of the stream', true],
    ['as the answer', false],
  ])('lists again after 410 %s', async (_, inStream) => {
    const watch = await start();
    const gone = status(410, 'Expired', 'too old resource version');
    api.server.next(
      json(podList(['a', 'b'], '10')),
      inStream
        ? openStream(response =>
            sendEvent(response, 'ERROR', {
              kind: 'Status',
              code: 410,
              message: 'too old resource version',
            }),
          )
        : gone,
      json(podList(['b'], '90')),
      stream,
    );
    watch();
    await until(() => streams.length === 1, 'a new watch');
    expect(happened).toEqual(['list a b', 'ok', 'list b']);
    expect(watches()[1].params.resourceVersion).toBe('90');
  });

  it('starts the list again when a page is gone', async () => {
    const watch = await start();
    api.server.next(
      json(podList(['a'], '10', 'old')),
      status(410, 'Expired', 'the continue token is too old'),
      json(podList(['a', 'b'], '20')),
      stream,
    );
    watch();
    await until(() => streams.length === 1, 'a watch');
    expect(happened).toEqual(['list a b', 'ok']);
  });

  it('notices a server that no longer answers behind an open stream', async () => {
    const watch = await start({ quietMs: 60 });
    api.server.next(json(podList(['a'], '10')), stream);
    api.server.otherwise(reset);
    watch();
    await until(
      () => happened.includes('unreachable'),
      'the silence to be noticed',
    );
    expect(api.server.requests.some(r => r.url === '/version')).toBe(true);
    api.server.otherwise((request, response) =>
      request.params.watch
        ? stream(request, response)
        : json(podList(['a', 'b'], '20'))(request, response),
    );
    await until(() => happened.includes('list a b'), 'the recovery');
    expect(happened.filter(entry => entry === 'ok')).toHaveLength(2);
  });

  it('keeps a quiet stream of a server that lives', async () => {
    const watch = await start({ quietMs: 20 });
    api.server.next(json(podList(['a'], '10')), stream);
    api.server.otherwise(json({ gitVersion: 'v1.32.1' }));
    watch();
    const probes = () =>
      api.server.requests.filter(request => request.url === '/version').length;
    await until(() => probes() > 0, 'a probe');
    sendEvent(streams[0], 'ADDED', pod('b', '11'));
    await until(() => happened.includes('ADDED b'), 'an event after a probe');
    expect(watches()).toHaveLength(1);
  });

  it('cuts a stream that outlives its time without a word', async () => {
    const watch = await start({
      watchSeconds: 1,
      graceMs: 30,
      quietMs: 60_000,
    });
    api.server.next(json(podList(['a'], '10')), stream, stream);
    watch();
    await until(() => streams.length === 2, 'a second watch');
    expect(lists()).toHaveLength(1);
    expect(happened).toEqual(['list a', 'ok']);
  });

  it('waits, ever longer, for a server that is away, and lists when it is back', async () => {
    const watch = await start({ backoffMs: 20, maxBackoffMs: 40 });
    api.server.next(json(podList(['a'], '10')), stream);
    api.server.otherwise(reset);
    watch();
    await until(() => streams.length === 1, 'a watch');
    streams[0].destroy();
    await until(() => happened.includes('unreachable'), 'the outage');
    const seen = api.server.requests.length;
    await until(() => api.server.requests.length > seen + 3, 'more attempts');
    // Told once, however often it is tried.
    expect(happened.filter(entry => entry === 'unreachable')).toHaveLength(1);
    api.server.otherwise((request, response) =>
      request.params.watch
        ? stream(request, response)
        : json(podList(['z'], '3'))(request, response),
    );
    await until(() => streams.length === 2, 'the watch after the outage');
    expect(happened.slice(-2)).toEqual(['list z', 'ok']);
    expect(watches().at(-1)!.params.resourceVersion).toBe('3');
  });

  it('does not ask in a tight loop when every watch ends at once', async () => {
    const watch = await start({ backoffMs: 50, maxBackoffMs: 1_000 });
    api.server.next(json(podList([], '10')));
    api.server.otherwise(openStream(response => response.end()));
    const startedAt = Date.now();
    watch();
    await until(() => watches().length === 5, 'five watches');
    // Four pauses of at least a tenth of 50, 100, 200 and 400 ms.
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(70);
  });

  it('says that access is forbidden, and when it is granted', async () => {
    const watch = await start({ forbiddenBackoffMs: 20 });
    api.server.next(
      status(403, 'Forbidden', 'pods is forbidden: User "x" cannot list'),
      json(podList(['a'], '10')),
      stream,
    );
    watch();
    await until(() => streams.length === 1, 'a watch');
    expect(happened).toEqual(['forbidden', 'list a', 'ok']);
  });

  it('projects objects of the list and of events', async () => {
    const watch = await start({}, object => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name: `small-${object.metadata.name}` },
    }));
    api.server.next(json(podList(['a'], '10')), stream, stream);
    watch();
    await until(() => streams.length === 1, 'a watch');
    sendEvent(streams[0], 'ADDED', pod('b', '11'));
    await until(() => happened.length === 3, 'an event');
    expect(happened).toEqual(['list small-a', 'ok', 'ADDED small-b']);
    // The projection dropped the resourceVersion; the watch still knows it.
    streams[0].end();
    await until(() => streams.length === 2, 'a second watch');
    expect(watches()[1].params.resourceVersion).toBe('11');
  });

  it('survives a handler that throws', async () => {
    await start();
    api.server.next(json(podList(['a'], '10')), stream);
    const seen: string[] = [];
    api.connection.watch(
      PODS,
      {
        onList: () => {
          throw new Error('handler broke');
        },
        onEvent: (type, object) => {
          seen.push(`${type} ${object.metadata.name}`);
          throw new Error('handler broke');
        },
        onState: () => {},
      },
      { signal: stop.signal },
    );
    await until(() => streams.length === 1, 'a watch');
    sendEvent(streams[0], 'ADDED', pod('b', '11'));
    sendEvent(streams[0], 'ADDED', pod('c', '12'));
    await until(() => seen.length === 2, 'two events');
    expect(api.log.join()).toContain('handler broke');
    expect(watches()).toHaveLength(1);
  });

  it('stops at once when the signal aborts, and says nothing more', async () => {
    const watch = await start();
    api.server.next(json(podList(['a'], '10')), stream);
    api.server.otherwise(hang);
    watch();
    await until(() => streams.length === 1, 'a watch');
    let closed = false;
    streams[0].once('close', () => {
      closed = true;
    });
    stop.abort();
    await until(() => closed, 'the stream to be closed');
    expect(happened).toEqual(['list a', 'ok']);
    expect(api.server.requests).toHaveLength(2);
  });
});
