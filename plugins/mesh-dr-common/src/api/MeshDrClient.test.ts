import { MeshDrClient } from './MeshDrClient';

function setup(replies: Response[]) {
  const calls: { url: string; init: RequestInit }[] = [];
  const client = new MeshDrClient({
    discoveryApi: {
      getBaseUrl: async plugin => `http://portal/api/${plugin}`,
    },
    fetchApi: {
      fetch: (async (url: string, init: RequestInit) => {
        calls.push({ url, init });
        return replies.shift()!;
      }) as typeof fetch,
    },
  });
  return { client, calls };
}

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });

describe('MeshDrClient', () => {
  it('unwraps lists, escapes ids and passes token and grant', async () => {
    const { client, calls } = setup([
      json({ items: [{ id: 'c1' }] }),
      json({ id: 'op' }),
    ]);
    expect(await client.listMeshes({ token: 't' })).toEqual([{ id: 'c1' }]);
    await client.joinCluster('m/1', 'c 2', { grant: 'g' });
    expect(calls[0].url).toBe('http://portal/api/mesh-dr/v1/meshes');
    expect(calls[0].init.headers).toEqual({ authorization: 'Bearer t' });
    expect(calls[1].url).toBe(
      'http://portal/api/mesh-dr/v1/meshes/m%2F1/clusters/c%202/join',
    );
    expect(calls[1].init.method).toBe('POST');
    expect(calls[1].init.headers).toEqual({ 'x-mesh-dr-grant': 'g' });
  });

  it('sends queries without what is undefined', async () => {
    const { client, calls } = setup([json({ items: [] })]);
    await client.listChanges({ meshId: 'm', status: 'applied' });
    expect(calls[0].url).toBe(
      'http://portal/api/mesh-dr/v1/changes?mesh=m&status=applied',
    );
  });

  it('pauses, resumes and aborts a shift with a reason', async () => {
    const { client, calls } = setup([json({}), json({}), json({})]);
    await client.pauseShift('s/1', 'look', { ifMatch: '"a"' });
    await client.resumeShift('s/1', 'well');
    await client.abortShift('s/1', 'enough');
    expect(calls.map(({ url, init }) => [url, init.method, init.body])).toEqual(
      [
        ['pause', 'look'],
        ['resume', 'well'],
        ['abort', 'enough'],
      ].map(([act, reason]) => [
        `http://portal/api/mesh-dr/v1/shifts/s%2F1/${act}`,
        'POST',
        JSON.stringify({ reason }),
      ]),
    );
    expect(calls[0].init.headers).toMatchObject({ 'if-match': '"a"' });
  });

  it('asks for a topology conditionally and answers 304 from memory', async () => {
    const { client, calls } = setup([
      json({ version: 'a' }, { headers: { etag: '"a"' } }),
      new Response(null, { status: 304 }),
      json({ version: 'b' }, { headers: { etag: '"b"' } }),
      json({ version: 'other' }),
    ]);
    const service = { meshId: 'm', namespace: 'default', name: 'reviews' };
    const first = await client.getTopology(service);
    const second = await client.getTopology(service);
    expect(second).toBe(first);
    expect(calls[1].init.headers).toEqual({ 'if-none-match': '"a"' });
    expect((await client.getTopology(service)).version).toBe('b');
    await client.getTopology({ ...service, name: 'ratings' });
    expect(calls[3].init.headers).toEqual({});
  });

  it('acts on what was seen, and shows what is there when it was changed', async () => {
    const { client, calls } = setup([
      json(
        { id: 'c1', status: 'pending-approval' },
        { headers: { etag: '"a"' } },
      ),
      new Response(null, { status: 304 }),
      json(
        {
          error: {
            name: 'PreconditionFailedError',
            message: 'it was changed',
            current: { id: 'c1', status: 'rejected' },
          },
          response: { statusCode: 412 },
        },
        { status: 412 },
      ),
    ]);
    const seen = await client.getChange('c1');
    expect(await client.getChange('c1')).toBe(seen);
    expect(client.etagOf(seen)).toBe('"a"');
    expect(client.etagOf({ ...seen })).toBeUndefined();
    await expect(
      client.approveChange('c1', { ifMatch: client.etagOf(seen) }),
    ).rejects.toMatchObject({
      statusCode: 412,
      cause: { current: { status: 'rejected' } },
    });
    expect(calls[2].init.headers).toEqual({ 'if-match': '"a"' });
  });

  it("throws the server's message", async () => {
    const { client } = setup([
      json(
        {
          error: { name: 'ConflictError', message: 'the rule has changed' },
          request: { method: 'POST', url: '/v1/changes' },
          response: { statusCode: 409 },
        },
        { status: 409 },
      ),
    ]);
    await expect(
      client.createChange({
        target: { scope: 'mesh', meshId: 'm' },
        intent: { mode: 'off' },
        reason: 'test',
      }),
    ).rejects.toMatchObject({
      name: 'ResponseError',
      cause: { name: 'ConflictError', message: 'the rule has changed' },
    });
  });

  it('sends bodies and the abort signal', async () => {
    const { client, calls } = setup([json({ id: 'g' })]);
    const { signal } = new AbortController();
    await client.redeemGrant(
      'g',
      { operation: 'cluster.join', environment: '*' },
      { signal },
    );
    expect(calls[0].init.signal).toBe(signal);
    expect(JSON.parse(String(calls[0].init.body))).toEqual({
      operation: 'cluster.join',
      environment: '*',
    });
  });
});
