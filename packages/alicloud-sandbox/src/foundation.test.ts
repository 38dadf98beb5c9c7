import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFlags } from './cli';
import { createClock } from './clock';
import { ControlError, createControl } from './control';
import { silentLog } from './log';
import { createTransitions } from './openapi/transitions';
import { createPersistence } from './state';

const noQuery = new URLSearchParams();

describe('the clock', () => {
  it('runs as much faster as it is told, and cancels', async () => {
    const clock = createClock({ timeScale: 1000 });
    const ran: string[] = [];
    const cancel = clock.after(1_000, () => ran.push('cancelled'));
    cancel();
    clock.after(2_000, () => ran.push('first'));
    const started = performance.now();
    await clock.sleep(20_000);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(ran).toEqual(['first']);
  });

  it('ends a sleep when the signal says so', async () => {
    const clock = createClock({ timeScale: 1 });
    const controller = new AbortController();
    const sleep = clock.sleep(3600_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
    clock.stop();
  });

  it.each([0, -1, NaN, Infinity])('refuses the time scale %s', timeScale => {
    expect(() => createClock({ timeScale })).toThrow('time scale');
  });
});

describe('the snapshot', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'snapshot-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const open = (value: { current: unknown }, fresh = false) => {
    const persistence = createPersistence({ directory, fresh, log: silentLog });
    persistence.register({
      snapshotKey: 'part',
      dump: () => value.current,
      load: state => {
        value.current = state;
      },
    });
    return persistence;
  };

  it('hands a part its earlier state, unless told to begin anew', () => {
    open({ current: { a: 1 } }).stop();
    const again = { current: undefined };
    expect(open(again).resumed).toBe(true);
    expect(again.current).toEqual({ a: 1 });
    const fresh = { current: undefined };
    expect(open(fresh, true).resumed).toBe(false);
    expect(fresh.current).toBeUndefined();
  });

  it('keeps what a part saved that did not register this time', () => {
    open({ current: 'kept' }).stop();
    const other = createPersistence({ directory, log: silentLog });
    other.stop();
    const again = { current: undefined };
    open(again);
    expect(again.current).toBe('kept');
  });

  it('names the remedy when the directory cannot be used', () => {
    const occupied = join(directory, 'file');
    writeFileSync(occupied, '');
    for (const unusable of [occupied, join(occupied, 'below')]) {
      expect(() =>
        createPersistence({ directory: unusable, log: silentLog }),
      ).toThrow(`${unusable} (`);
    }
  });

  it('names the remedy when the file is damaged', () => {
    open({ current: 1 }).stop();
    const file = join(directory, 'sandbox.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect(() => open({ current: 1 })).toThrow('--fresh');
  });

  it('carries what was left of a pending state change over a restart', async () => {
    const ran: string[] = [];
    const begin = (timeScale: number) => {
      const persistence = createPersistence({ directory, log: silentLog });
      const clock = createClock({ timeScale });
      const transitions = createTransitions({
        clock,
        persistence,
        log: silentLog,
        commit: () => persistence.changed(),
      });
      const done = new Promise<void>(resolve => {
        transitions.handle('ready', ({ id }) => {
          ran.push(id);
          resolve();
        });
      });
      return { persistence, clock, transitions, done };
    };
    const first = begin(1);
    first.transitions.schedule('ready', { id: 'vpc-1' }, 60_000);
    first.clock.stop();
    first.persistence.stop();
    expect(ran).toEqual([]);
    const second = begin(10_000);
    second.transitions.resume();
    await second.done;
    expect(ran).toEqual(['vpc-1']);
    second.clock.stop();
  });
});

describe('the control API', () => {
  it('finds routes, passes parameters and reports failures', async () => {
    const control = createControl();
    control.route('GET', '/things/:id', ({ params }) => ({ id: params.id }));
    control.route('PUT', '/things/:id', () => {
      throw new ControlError(409, 'taken');
    });
    control.route('POST', '/echo', ({ body }) => body);
    const ask = (method: string, path: string, body = '') =>
      control.handle(method, path, noQuery, body);
    expect(await ask('GET', '/things/a%20b')).toEqual({
      status: 200,
      body: { id: 'a b' },
    });
    expect((await ask('PUT', '/things/1')).status).toBe(409);
    expect((await ask('DELETE', '/things/1')).status).toBe(405);
    expect((await ask('GET', '/nothing')).status).toBe(404);
    expect((await ask('POST', '/echo', '{')).status).toBe(400);
    expect((await ask('POST', '/echo')).status).toBe(204);
  });

  it('lets floors share a route', async () => {
    const control = createControl();
    const told: string[] = [];
    control.route('POST', '/outage', () => {
      told.push('cloud');
    });
    control.route('POST', '/outage', () => {
      told.push('mesh');
      return { done: true };
    });
    expect(await control.handle('POST', '/outage', noQuery, '')).toEqual({
      status: 200,
      body: { done: true },
    });
    expect(told).toEqual(['cloud', 'mesh']);
  });
});

describe('command line flags', () => {
  it('become options', () => {
    expect(
      parseFlags(['--port', '0', '--time-scale', '60', '--fresh'], {
        ALICLOUD_SANDBOX_ACCESS_KEY_ID: 'id',
        ALICLOUD_SANDBOX_ACCESS_KEY_SECRET: 'secret',
      }),
    ).toMatchObject({
      port: 0,
      timeScale: 60,
      fresh: true,
      stateDir: '.mesh-dr/sandbox',
      accessKeyId: 'id',
      accessKeySecret: 'secret',
    });
    expect(parseFlags([], {})).toMatchObject({ port: 7780 });
    expect(
      parseFlags(
        [
          '--lb-cidr',
          '127.9.0.0/16',
          '--seed',
          '7',
          '--data-plane-time-scale',
          '2.5',
        ],
        {},
      ),
    ).toMatchObject({
      lbCidr: '127.9.0.0/16',
      seed: 7,
      dataPlaneTimeScale: 2.5,
    });
    expect(parseFlags(['--memory'], {})).toMatchObject({ stateDir: false });
  });

  it.each([
    [['--port', '70000'], '--port'],
    [['--port', ''], '--port'],
    [['--time-scale', 'fast'], '--time-scale'],
    [['--flannel-routes', 'maybe'], '--flannel-routes'],
    [['--lb-cidr', 'nonsense'], '--lb-cidr'],
    [['--lb-cidr', '10.0.0.0/8'], '--lb-cidr'],
    [['--seed', '1.5'], '--seed'],
    [['--data-plane-time-scale', '0'], '--data-plane-time-scale'],
    [['--unknown'], '--unknown'],
    [['stray'], 'stray'],
  ])('%j is refused by name', (args, named) => {
    expect(() => parseFlags(args, {})).toThrow(named);
  });
});
