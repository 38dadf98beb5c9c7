import { GVR } from './gvr';
import { deployBookinfo } from './__testUtils__/bookinfo';
import { HANGZHOU, SHANGHAI, waitFor, World } from './__testUtils__/world';

const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(world => world.stop()));
});

const HOST = 'ratings.default.svc.cluster.local';

/** A caller in Hangzhou whose ratings are all in Shanghai, reached without retries. */
function callerOfShanghai(connectionPool: Record<string, any> = {}) {
  const world = new World({ dataPlaneTimeScale: 1000 });
  worlds.push(world);
  // The mesh's own region must stay, or nothing would change any more.
  world.setMesh({ region: 'cn-beijing' });
  deployBookinfo(world, 'split');
  world.scale(HANGZHOU, 'ratings', 'v1', 0);
  world.applyToMesh(GVR.destinationRules, 'ratings', {
    host: 'ratings',
    trafficPolicy: {
      connectionPool: { tcp: { connectTimeout: '1s' }, ...connectionPool },
    },
  });
  world.applyToMesh(GVR.virtualServices, 'ratings', {
    hosts: ['ratings'],
    http: [
      {
        route: [{ destination: { host: 'ratings' } }],
        retries: { attempts: 0 },
      },
    ],
  });
  const { storage } = world.fleet.get(HANGZHOU)!;
  const caller = storage.create(
    GVR.pods,
    world.pod(HANGZHOU, 'caller', 'default', { app: 'caller' }, { name: 'c' }),
  );
  const curl = async (patience = 60) => {
    const pod = structuredClone(caller);
    pod.spec.containers[0].command = [
      'curl',
      '-s',
      '-m',
      String(patience),
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      'http://ratings:9080/ratings/0',
    ];
    const { exitCode, log } = await world.podRuntime.run(
      world.fleet.get(HANGZHOU)!,
      pod,
    );
    return exitCode === 0 ? log : `exit ${exitCode}`;
  };
  const lastFlag = async () =>
    (await world.ask('GET', '/traces?limit=1')).hops[0].flag;
  return { world, curl, lastFlag };
}

describe('a lost region', () => {
  it('lets requests on open connections hang, and new ones time out', async () => {
    const { world, curl, lastFlag } = callerOfShanghai();
    expect(await curl()).toBe('200');
    await world.ask('POST', '/faults/regions', { region: 'cn-shanghai' });
    expect(await curl(5)).toBe('exit 28');
    expect(await lastFlag()).toBe('DC');
    expect(await curl(5)).toBe('503');
    expect(await lastFlag()).toBe('UF');
    await world.ask('DELETE', '/faults/regions/cn-shanghai');
    expect(await curl()).toBe('200');
  });

  it('that is gone breaks open connections and refuses new ones', async () => {
    const { world, curl, lastFlag } = callerOfShanghai();
    expect(await curl()).toBe('200');
    world.outage = 'gone';
    await world.ask('POST', '/faults/regions', { region: 'cn-shanghai' });
    expect(await curl(5)).toBe('503');
    expect(await curl(5)).toBe('503');
    expect(await lastFlag()).toBe('UF');
    await world.ask('DELETE', '/faults/regions/cn-shanghai');
    expect(await curl()).toBe('200');
  });

  it('does not make a request hang that needs a connection of its own', async () => {
    const { world, curl, lastFlag } = callerOfShanghai({
      http: { maxRequestsPerConnection: 1 },
    });
    expect(await curl()).toBe('200');
    await world.ask('POST', '/faults/regions', { region: 'cn-shanghai' });
    expect(await curl(5)).toBe('503');
    expect(await lastFlag()).toBe('UF');
  });

  it('that comes back in time answers what hung', async () => {
    const { world, curl } = callerOfShanghai();
    await curl();
    await world.ask('POST', '/faults/regions', { region: 'cn-shanghai' });
    const hanging = curl(600);
    await world.ask('DELETE', '/faults/regions/cn-shanghai');
    expect(await hanging).toBe('200');
  });
});

describe('pods told to fail', () => {
  const fail = (world: World, fault: Record<string, unknown>) =>
    world.ask('POST', '/faults/pods', {
      clusterId: SHANGHAI,
      selector: { app: 'ratings' },
      ...fault,
    });

  it.each([
    [{ mode: 'http', status: 500 }, '500', '-'],
    [{ mode: 'http-503' }, '503', '-'],
    [{ mode: 'refuse' }, '503', 'UF'],
    [{ mode: 'hang' }, 'exit 28', 'DC'],
    [{ mode: 'slow', delayMs: 100 }, '200', '-'],
    [{ mode: 'slow', delayMs: 7000 }, 'exit 28', 'DC'],
  ])('%j', async (fault, expected, flag) => {
    const { world, curl, lastFlag } = callerOfShanghai();
    expect(await curl()).toBe('200');
    const { id } = await fail(world, fault);
    expect(await curl(5)).toBe(expected);
    expect(await lastFlag()).toBe(flag);
    await world.ask('DELETE', `/faults/pods/${id}`);
    expect(await curl()).toBe('200');
  });

  it('a share of the requests', async () => {
    const { world, curl } = callerOfShanghai();
    await fail(world, { mode: 'http', status: 502, percentage: 30 });
    let failed = 0;
    for (let i = 0; i < 400; i++) {
      failed += (await curl()) === '502' ? 1 : 0;
    }
    expect(Math.abs(failed / 4 - 30)).toBeLessThan(10);
    await fail(world, { mode: 'refuse' });
    await world.ask('DELETE', '/faults/pods');
    expect(await world.ask('GET', '/faults/pods')).toEqual({ faults: [] });
    expect(await curl()).toBe('200');
  });

  it('a share of the connection attempts', async () => {
    const { world, curl } = callerOfShanghai({
      http: { maxRequestsPerConnection: 1 },
    });
    await fail(world, { mode: 'refuse', percentage: 50 });
    let failed = 0;
    for (let i = 0; i < 200; i++) {
      failed += (await curl()) === '503' ? 1 : 0;
    }
    expect(Math.abs(failed / 2 - 50)).toBeLessThan(16);
  });

  it.each([
    [{ mode: 'http' }, /status must be a number from 400 to 599/],
    [{ mode: 'hang', percentage: 0 }, /percentage must be above 0/],
    [{ mode: 'slow' }, /delayMs/],
    [{ mode: 'vanish' }, /mode must be one of http, http-503, hang/],
  ])('refuses %j', async (fault, why) => {
    const { world } = callerOfShanghai();
    await expect(fail(world, fault)).rejects.toThrow(why);
  });
});

describe('a caller without a proxy', () => {
  it('gives up a pod that hangs, and one whose packets vanish, by its own patience', async () => {
    const { world } = callerOfShanghai();
    const target = world.fleet
      .get(HANGZHOU)!
      .storage.list(GVR.pods)
      .find(p => p.metadata.labels?.app === 'details')!.status.podIP;
    const pod = world.pod(
      HANGZHOU,
      'bare',
      'default',
      { 'sidecar.istio.io/inject': 'false' },
      { name: 'c' },
    );
    const curl = async (...options: string[]) => {
      pod.spec.containers[0].command = ['curl', '-s', ...options];
      return (await world.podRuntime.run(world.fleet.get(HANGZHOU)!, pod))
        .exitCode;
    };
    const fault = { selector: { app: 'details' } };
    const url = `http://${target}:9080/health`;
    const { id } = await world.ask('POST', '/faults/pods', {
      ...fault,
      mode: 'hang',
    });
    expect(await curl('-m', '5', url)).toBe(28);
    await world.ask('DELETE', `/faults/pods/${id}`);
    await world.ask('POST', '/faults/pods', { ...fault, mode: 'black-hole' });
    expect(await curl('--connect-timeout', '5', url)).toBe(28);
    expect(
      await curl('--connect-timeout', '5', 'http://details:9080/health'),
    ).toBe(28);
  });
});

describe('a mirror', () => {
  it('gets a copy whose failure nobody notices', async () => {
    const { world, curl } = callerOfShanghai();
    world.applyToMesh(GVR.virtualServices, 'ratings', {
      hosts: ['ratings'],
      http: [
        {
          route: [{ destination: { host: 'ratings' } }],
          mirror: { host: 'details' },
        },
      ],
    });
    await world.ask('POST', '/faults/pods', {
      selector: { app: 'details' },
      mode: 'http-503',
    });
    expect(await curl()).toBe('200');
    await waitFor(async () => {
      const { hops } = await world.ask('GET', '/traces?limit=10');
      const at = (host: string) =>
        hops.find((h: any) => h.destination.host === host);
      return at(HOST) && at('details.default.svc.cluster.local');
    });
  });
});
