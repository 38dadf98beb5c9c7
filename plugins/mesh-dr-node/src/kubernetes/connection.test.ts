import {
  kubeconfigFor,
  podList,
  startScriptedApi,
  status,
  TOKEN,
  type ScriptedApi,
} from '../__testUtils__/apiServer';
import { hang, json, raw } from '../__testUtils__/scriptedServer';

const PODS = { apiVersion: 'v1', plural: 'pods' };
const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'reviews', namespace: 'default' },
};

describe('Kubernetes connection', () => {
  let api: ScriptedApi;
  afterEach(() => api.close());

  it('sends what each operation is on the wire', async () => {
    api = await startScriptedApi();
    const { connection, server } = api;
    server.otherwise(json(deployment));
    await connection.get(DEPLOYMENTS, 'default', 'reviews');
    await connection.create(DEPLOYMENTS, deployment);
    await connection.apply(DEPLOYMENTS, deployment, {
      fieldManager: 'mesh-dr',
      force: true,
      dryRun: true,
    });
    await connection.patch(
      DEPLOYMENTS,
      'default',
      'reviews',
      { spec: { replicas: 0 } },
      { kind: 'merge', subresource: 'scale' },
    );
    await connection.patch(
      DEPLOYMENTS,
      'default',
      'reviews',
      [{ op: 'test', path: '/a', value: 1 }],
      { kind: 'json' },
    );
    await connection.delete(DEPLOYMENTS, 'default', 'reviews', {
      preconditions: { uid: 'u', resourceVersion: '7' },
    });
    server.next(raw('line 1\nline 2\n', 200, 'text/plain'));
    await expect(connection.podLog('default', 'p')).resolves.toBe(
      'line 1\nline 2\n',
    );
    const base = '/apis/apps/v1/namespaces/default/deployments';
    expect(
      server.requests.map(request => [
        request.method,
        request.url,
        request.headers['content-type'],
      ]),
    ).toEqual([
      ['GET', `${base}/reviews`, undefined],
      ['POST', `${base}?fieldManager=mesh-dr`, 'application/json'],
      [
        'PATCH',
        `${base}/reviews?fieldManager=mesh-dr&force=true&dryRun=All`,
        'application/apply-patch+yaml',
      ],
      [
        'PATCH',
        `${base}/reviews/scale?fieldManager=mesh-dr`,
        'application/merge-patch+json',
      ],
      [
        'PATCH',
        `${base}/reviews?fieldManager=mesh-dr`,
        'application/json-patch+json',
      ],
      ['DELETE', `${base}/reviews`, 'application/json'],
      ['GET', '/api/v1/namespaces/default/pods/p/log', undefined],
    ]);
    const [removal] = server.requests.filter(r => r.method === 'DELETE');
    expect(JSON.parse(removal.body)).toMatchObject({
      preconditions: { uid: 'u', resourceVersion: '7' },
    });
    expect(server.requests[0].headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(api.fetches()).toBe(1);
  });

  it('lists all pages and names the kind of every item', async () => {
    api = await startScriptedApi();
    api.server.next(
      json(podList(['a'], '10', 'more')),
      json(podList(['b'], '10')),
    );
    const { items, resourceVersion } = await api.connection.list(
      PODS,
      undefined,
      { labelSelector: 'app=reviews', fieldSelector: 'spec.nodeName=n' },
    );
    expect(items.map(item => [item.kind, item.metadata.name])).toEqual([
      ['Pod', 'a'],
      ['Pod', 'b'],
    ]);
    expect(resourceVersion).toBe('10');
    expect(api.server.requests[1].params).toEqual({
      limit: '500',
      continue: 'more',
      labelSelector: 'app=reviews',
      fieldSelector: 'spec.nodeName=n',
    });
  });

  it('starts a list again when its continue token is too old', async () => {
    api = await startScriptedApi();
    api.server.next(
      json(podList(['a'], '10', 'old')),
      status(410, 'Expired', 'too old'),
      json(podList(['a', 'b'], '20')),
    );
    const { items } = await api.connection.list(PODS);
    expect(items.map(item => item.metadata.name)).toEqual(['a', 'b']);
  });

  it.each([
    [400, 'BadRequest', 'InputError'],
    [401, 'Unauthorized', 'AuthenticationError'],
    [403, 'Forbidden', 'NotAllowedError'],
    [409, 'Conflict', 'ConflictError'],
    [422, 'Invalid', 'InputError'],
    [429, 'TooManyRequests', 'ServiceUnavailableError'],
    [500, 'InternalError', 'ServiceUnavailableError'],
    [503, 'ServiceUnavailable', 'ServiceUnavailableError'],
  ])('tells %d %s as %s with its message', async (code, reason, name) => {
    api = await startScriptedApi();
    api.server.otherwise(status(code, reason, 'what Kubernetes says'));
    await expect(
      api.connection.apply(DEPLOYMENTS, deployment, { fieldManager: 'm' }),
    ).rejects.toMatchObject({
      name,
      message:
        'c-test: PATCH deployments default/reviews: what Kubernetes says',
    });
  });

  it('takes what is missing for missing, not for an error', async () => {
    api = await startScriptedApi();
    api.server.otherwise(status(404, 'NotFound', 'not found'));
    const { connection } = api;
    await expect(connection.get(PODS, 'default', 'x')).resolves.toBeUndefined();
    await expect(
      connection.delete(PODS, 'default', 'x'),
    ).resolves.toBeUndefined();
    await expect(
      connection.patch(PODS, 'default', 'x', {}, { kind: 'merge' }),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('gets new credentials after a 401, once', async () => {
    api = await startScriptedApi({
      kubeconfig: (attempt, url, cert) => ({
        yaml: kubeconfigFor(url, cert, `token-${attempt}`),
      }),
    });
    api.server.next(
      status(401, 'Unauthorized', 'Unauthorized'),
      json({ gitVersion: 'v1' }),
    );
    await expect(api.connection.version()).resolves.toEqual({
      gitVersion: 'v1',
    });
    expect(
      api.server.requests.map(request => request.headers.authorization),
    ).toEqual(['Bearer token-1', 'Bearer token-2']);

    api.server.otherwise(status(401, 'Unauthorized', 'Unauthorized'));
    await expect(api.connection.version()).rejects.toMatchObject({
      name: 'AuthenticationError',
    });
    expect(api.fetches()).toBe(3);
  });

  it('renews credentials before they expire, and shares the renewal', async () => {
    let now = Date.now();
    api = await startScriptedApi({
      now: () => now,
      kubeconfig: (attempt, url, cert) => ({
        yaml: kubeconfigFor(url, cert, `token-${attempt}`),
        expiresAt: new Date(now + 60 * 60_000).toISOString(),
      }),
    });
    api.server.otherwise(json({ gitVersion: 'v1' }));
    await api.connection.version();
    now += 54 * 60_000;
    await api.connection.version();
    expect(api.fetches()).toBe(1);
    now += 2 * 60_000;
    await Promise.all(
      Array.from({ length: 5 }, () => api.connection.version()),
    );
    await api.connection.version();
    expect(api.fetches()).toBe(2);
    expect(api.server.requests.at(-1)!.headers.authorization).toBe(
      'Bearer token-2',
    );
  });

  it('does not ask for credentials again and again when all are refused', async () => {
    api = await startScriptedApi();
    api.server.otherwise(status(401, 'Unauthorized', 'Unauthorized'));
    for (let i = 0; i < 10; i++) {
      await expect(api.connection.version()).rejects.toMatchObject({
        name: 'AuthenticationError',
      });
    }
    expect(api.fetches()).toBe(3);
  });

  it('does not ask for credentials again and again when clocks differ', async () => {
    api = await startScriptedApi({
      kubeconfig: (_, url, cert) => ({
        yaml: kubeconfigFor(url, cert),
        expiresAt: new Date(Date.now() - 3_600_000).toISOString(),
      }),
    });
    api.server.otherwise(json({ gitVersion: 'v1' }));
    for (let i = 0; i < 5; i++) await api.connection.version();
    expect(api.fetches()).toBe(1);
  });

  it('ends at the deadline', async () => {
    api = await startScriptedApi();
    api.server.otherwise(hang);
    await expect(
      api.connection.version({ deadlineMs: 100 }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message:
        'c-test: the API server did not answer GET version within 100 ms',
    });
  });

  it("ends with the caller's reason", async () => {
    api = await startScriptedApi();
    api.server.otherwise(hang);
    const controller = new AbortController();
    const call = api.connection.version({ signal: controller.signal });
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it('tells an API server that is away, without secrets', async () => {
    api = await startScriptedApi();
    await api.server.close();
    const error = await api.connection.version().catch(thrown => thrown);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toContain('ECONNREFUSED');
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(TOKEN);
  });

  it('does not trust another certificate', async () => {
    const other = await startScriptedApi();
    api = await startScriptedApi({
      kubeconfig: (_, __, cert) => ({
        yaml: kubeconfigFor(other.server.url, cert),
      }),
    });
    const error = await api.connection.version().catch(thrown => thrown);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toMatch(/certificate/i);
    expect(other.server.requests).toHaveLength(0);
    await other.close();
  });

  it('repeats a request that a stale kept-alive connection lost', async () => {
    api = await startScriptedApi();
    api.server.next(
      json({ gitVersion: 'v1' }),
      (_, response) => {
        response.destroy();
      },
      json({ gitVersion: 'v2' }),
    );
    await api.connection.version();
    await expect(api.connection.version()).resolves.toEqual({
      gitVersion: 'v2',
    });
    expect(api.server.requests).toHaveLength(3);
  });

  it('does not repeat a creation', async () => {
    api = await startScriptedApi();
    api.server.next(json({ gitVersion: 'v1' }), (_, response) => {
      response.destroy();
    });
    await api.connection.version();
    await expect(
      api.connection.create(DEPLOYMENTS, deployment),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    expect(api.server.requests).toHaveLength(2);
  });

  it('tells the kinds of a group version', async () => {
    api = await startScriptedApi();
    api.server.next(
      json({
        resources: [
          { name: 'widgets', kind: 'Widget', namespaced: true },
          { name: 'widgets/status', kind: 'Widget', namespaced: true },
        ],
      }),
      status(404, 'NotFound', 'no such group'),
    );
    await expect(api.connection.resources!('x.io/v1')).resolves.toEqual([
      { kind: 'Widget', plural: 'widgets', namespaced: true },
    ]);
    await expect(api.connection.resources!('y.io/v1')).resolves.toEqual([]);
  });

  it('renews credentials after the clock was set back', async () => {
    let now = Date.now();
    api = await startScriptedApi({ now: () => now });
    const refuse = status(401, 'Unauthorized', 'Unauthorized');
    const answer = json({ gitVersion: 'v1' });
    // As many renewals as are allowed at a time.
    for (let renewal = 0; renewal < 2; renewal++) {
      api.server.next(refuse, answer);
      await api.connection.version();
    }
    now -= 36 * 3_600_000;
    api.server.next(refuse, answer);
    await expect(api.connection.version()).resolves.toBeDefined();
    expect(api.fetches()).toBe(4);
  });
});
