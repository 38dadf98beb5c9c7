import { parseFlags } from './cli';
import { ControlError, createControl } from './control';

const noQuery = new URLSearchParams();

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
    [['--faults', '/nowhere/faults.yaml'], '--faults'],
    [['--data-plane-time-scale', '0'], '--data-plane-time-scale'],
    [['--unknown'], '--unknown'],
    [['stray'], 'stray'],
  ])('%j is refused by name', (args, named) => {
    expect(() => parseFlags(args, {})).toThrow(named);
  });
});
