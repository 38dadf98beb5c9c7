import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  openStream,
  pod,
  podList,
  sendEvent,
  startScriptedApi,
  status,
} from '../__testUtils__/apiServer';
import { json, reset, type Script } from '../__testUtils__/scriptedServer';
import { until } from '../__testUtils__/until';

jest.setTimeout(60_000);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const RECONNECTS = 1_000;
const WARM_UP = 200;
/** Growth that is noise: what a thousand watches would leave behind is several times as much. */
const HEAP_NOISE = 4 * 1024 * 1024;

/** How a watch ends, in turn. */
const ENDS: Script[] = [
  openStream(response => response.end()),
  openStream(response => {
    sendEvent(response, 'ADDED', pod('b', '11'));
    response.end();
  }),
  openStream(response => response.destroy()),
  openStream(response => {
    sendEvent(response, 'ERROR', { kind: 'Status', code: 410, message: 'old' });
    response.end();
  }),
  reset,
  status(500, 'InternalError', 'restarting'),
  status(410, 'Expired', 'too old'),
];

describe('a thousand reconnects', () => {
  it('leave no socket, no timer, no listener and no memory behind', async () => {
    const api = await startScriptedApi({
      watchTiming: { backoffMs: 1, maxBackoffMs: 1 },
    });
    const stop = new AbortController();
    let watches = 0;
    let goal = WARM_UP;
    let resting: (() => void) | undefined;
    const sockets = new Set<unknown>();
    api.server.otherwise((request, response) => {
      // The server remembers every request, which is its leak, not the client's.
      api.server.requests.length = 0;
      const socket = response.socket!;
      if (!sockets.has(socket)) {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      }
      if (!request.params.watch) {
        const answer = request.params.limit
          ? podList(['a'], '10')
          : { gitVersion: 'v1.32.1' };
        return json(answer)(request, response);
      }
      watches += 1;
      if (watches < goal) {
        return ENDS[watches % ENDS.length](request, response);
      }
      return openStream(opened => {
        resting = () => opened.end();
      })(request, response);
    });
    const states: string[] = [];
    api.connection.watch(
      { apiVersion: 'v1', plural: 'pods' },
      {
        onList: () => {},
        onEvent: () => {},
        onState: ({ state }) => states.push(state),
      },
      { signal: stop.signal },
    );

    /** What is held while one watch is open and everything else has ended. */
    const held = async () => {
      // One of the watch, and at most one that is kept for the next list.
      await until(() => sockets.size <= 2, 'other sockets to be closed');
      states.length = 0;
      collectGarbage();
      const active = process.getActiveResourcesInfo();
      return {
        heap: process.memoryUsage().heapUsed,
        timers: active.filter(kind => kind === 'Timeout').length,
        sockets: active.filter(kind => kind.includes('Socket')).length,
        listeners: getEventListeners(stop.signal, 'abort').length,
      };
    };

    await until(() => resting !== undefined, 'the warm-up', 20_000);
    const before = await held();
    goal = WARM_UP + RECONNECTS;
    const goOn = resting!;
    resting = undefined;
    goOn();
    await until(() => resting !== undefined, 'a thousand watches', 40_000);
    const after = await held();

    expect(watches).toBe(WARM_UP + RECONNECTS);
    // Timers and sockets come and go with the probes; what leaks does so by the hundreds.
    expect(after.timers - before.timers).toBeLessThan(10);
    expect(after.sockets - before.sockets).toBeLessThan(10);
    expect(after.listeners).toBeLessThanOrEqual(before.listeners + 1);
    expect(after.heap - before.heap).toBeLessThan(HEAP_NOISE);

    stop.abort();
    await until(() => sockets.size <= 1, 'the watch to be closed');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    await api.close();
  });
});
