import { control, until } from '../__testUtils__/account';
import { makeSteppedCluster, startStepped } from '../__testUtils__/stepped';
import { apiOf, configMap } from '../kube/__testUtils__/api';
import type { Sandbox } from '../sandbox';

jest.setTimeout(60_000);

const MAPS = '/api/v1/namespaces/default/configmaps';

let sandbox: Sandbox;
let call: ReturnType<typeof apiOf>;
let clusterId: string;
beforeAll(async () => {
  sandbox = await startStepped();
  const { kube } = await makeSteppedCluster(sandbox);
  clusterId = kube.spec.id;
  call = apiOf(kube);
});
afterAll(() => sandbox.stop());
afterEach(() => control(sandbox, '/faults/rules', 'DELETE'));

const fault = (rule: object) =>
  control(sandbox, '/faults/rules', 'POST', {
    api: 'kubernetes',
    resource: 'configmaps',
    ...rule,
  });
const create = (name: string) =>
  call(MAPS, { method: 'POST', body: configMap(name) });
const status = async (name: string) => (await call(`${MAPS}/${name}`)).status;

describe('a disturbed request', () => {
  it.each([
    [{ kind: 'throttle', retryAfterSeconds: 3 }, 429, 'TooManyRequests'],
    [{ kind: 'error' }, 500, 'InternalError'],
    [{ kind: 'error', status: 503 }, 503, 'ServiceUnavailable'],
    [{ kind: 'expired' }, 401, 'Unauthorized'],
    [{ kind: 'gone' }, 410, 'Expired'],
  ])('is refused: %j', async (rule, code, reason) => {
    await fault({ ...rule, verb: 'list', times: 1 });
    const answer = await call(MAPS);
    expect(answer.status).toBe(code);
    expect(answer.body).toMatchObject({ kind: 'Status', reason, code });
    expect(answer.headers['retry-after']).toBe(code === 429 ? '3' : undefined);
    expect((await call(MAPS)).status).toBe(200);
  });

  it('is addressed by cluster, verb, resource, namespace and name', async () => {
    await create('a');
    await create('b');
    await fault({ kind: 'error', cluster: 'other' });
    await fault({ kind: 'error', verb: 'delete' });
    await fault({ kind: 'error', region: 'cn-shanghai' });
    await fault({ kind: 'error', namespace: 'kube-*' });
    await fault({ kind: 'error', cluster: clusterId, verb: 'get', name: 'a' });
    expect([await status('a'), await status('b')]).toEqual([500, 200]);
    expect((await call('/api/v1/nodes')).status).toBe(200);
    expect((await call('/version')).status).toBe(200);
  });

  it('breaks before or after its effect', async () => {
    await fault({ kind: 'reset-before', verb: 'create', times: 1 });
    await expect(create('never')).rejects.toThrow();
    expect(await status('never')).toBe(404);
    await fault({ kind: 'reset-after', verb: 'create', times: 1 });
    await expect(create('made')).rejects.toThrow();
    expect(await status('made')).toBe(200);
  });

  it('vanishes in a black hole: with its client, or until the rule is removed', async () => {
    const { id } = await fault({ kind: 'black-hole', verb: 'create' });
    const fired = async (n: number) =>
      (await control(sandbox, '/faults')).rules[0].fired === n;
    const impatient = new AbortController();
    const given = call(MAPS, {
      method: 'POST',
      body: configMap('given-up'),
      signal: impatient.signal,
    });
    const patient = create('waited-for');
    await until('both calls', () => fired(2));
    impatient.abort();
    await expect(given).rejects.toThrow();
    // By the time another connection was opened and used, the server knows that this one was closed.
    expect(await status('given-up')).toBe(404);
    await control(sandbox, `/faults/rules/${id}`, 'DELETE');
    expect((await patient).status).toBe(201);
    expect(await status('given-up')).toBe(404);
  });
});

describe('a disturbed watch', () => {
  const watch = () => {
    const names: string[] = [];
    const types: string[] = [];
    const ended = call(`${MAPS}?watch=true&resourceVersion=0`, {
      onEvent: ({ type, object }) => {
        types.push(type);
        names.push(object.metadata?.name);
      },
    }).then(
      () => 'ended',
      () => 'broken',
    );
    return { names, types, ended };
  };
  const seen = (watcher: ReturnType<typeof watch>, name: string) =>
    until(`the event of ${name}`, () => watcher.names.includes(name));

  it('is closed, also one that was open already', async () => {
    const open = watch();
    await create('w1');
    await seen(open, 'w1');
    await fault({ kind: 'watch-close', times: 1 });
    expect(await open.ended).toBe('ended');
    const next = watch();
    await seen(next, 'w1');
    await create('w2');
    await seen(next, 'w2');
    await fault({ kind: 'watch-close' });
    await next.ended;
  });

  it('falls silent and breaks when the rule is removed', async () => {
    const open = watch();
    await create('w3');
    await seen(open, 'w3');
    const { id } = await fault({ kind: 'watch-stall' });
    await until('the stall', async () => {
      const { rules } = await control(sandbox, '/faults');
      return rules[0].fired === 1;
    });
    await create('w4');
    const other = watch();
    await create('w5');
    expect(await status('w4')).toBe(200);
    await control(sandbox, `/faults/rules/${id}`, 'DELETE');
    expect(await open.ended).toBe('broken');
    await other.ended;
    expect(open.names).not.toContain('w4');
    expect(other.names).not.toContain('w5');
  });

  it('is told that its version is gone', async () => {
    await fault({ kind: 'gone', verb: 'watch', times: 1 });
    const open = watch();
    expect(await open.ended).toBe('ended');
    expect(open.types).toEqual(['ERROR']);
  });
});
