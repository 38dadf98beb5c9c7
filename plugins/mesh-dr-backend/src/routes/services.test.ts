import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { FakeConnector } from '../__testUtils__/FakeKubernetes';
import { deployGuide, scale, podName } from '../__testUtils__/objects';
import { startPlugin, until } from '../__testUtils__/startPlugin';

const TOPOLOGY = `/v1/meshes/${MESH_ID}/services/default/reviews/topology`;

async function startSynced() {
  const plugin = await startPlugin();
  await until('both regions show reviews', async () => {
    const { body } = await plugin.get(TOPOLOGY);
    return body.regions?.every((region: any) => region.total === 1);
  });
  return plugin;
}

describe('services', () => {
  it('shows a service region by region', async () => {
    const { get, stop } = await startSynced();
    const { body } = await get(TOPOLOGY).expect(200);
    expect(body.service.host).toBe('reviews.default.svc.cluster.local');
    expect(
      body.regions.map((region: any) => [
        region.region,
        region.ready,
        region.clusters[0].endpoints[0].version,
      ]),
    ).toEqual([
      ['cn-hangzhou', 1, 'v1'],
      ['cn-shanghai', 1, 'v2'],
    ]);
    expect(body.gateways[0].address).toBe('127.77.0.1');
    await stop();
  });

  it('answers 304 until something changes', async () => {
    const { get, connector, stop } = await startSynced();
    const { headers } = await get(TOPOLOGY).expect(200);
    await get(TOPOLOGY).set('If-None-Match', headers.etag).expect(304);
    scale(connector.server(HANGZHOU_ID), 'cn-hangzhou', 'reviews', 'v1', 2);
    const changed = await get(TOPOLOGY)
      .set('If-None-Match', headers.etag)
      .expect(200);
    expect(changed.body.regions[0].total).toBe(2);
    expect(changed.headers.etag).not.toBe(headers.etag);
    await stop();
  });

  it('is the same, compressed or not', async () => {
    const { get, stop } = await startSynced();
    const plain = await get(TOPOLOGY).set('Accept-Encoding', 'identity');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const packed = await get(TOPOLOGY).set('Accept-Encoding', 'br, gzip');
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'application/json; charset=utf-8',
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(Number(packed.headers['content-length'])).toBeLessThan(
      Number(plain.headers['content-length']),
    );
    expect(packed.body).toEqual(plain.body);
    await stop();
  });

  it('is not disturbed by heartbeats', async () => {
    const { get, connector, stop } = await startSynced();
    const { headers } = await get(TOPOLOGY).expect(200);
    const cluster = connector.server(HANGZHOU_ID);
    const name = podName('cn-hangzhou', 'reviews', 'v1');
    const pods = { apiVersion: 'v1', plural: 'pods' };
    const pod = await cluster.get(pods, 'default', name);
    cluster.put('pods', {
      ...pod!,
      metadata: { ...pod!.metadata, annotations: { touched: 'again' } },
    });
    const again = await get(TOPOLOGY).set('If-None-Match', headers.etag);
    expect(again.status).toBe(304);
    await stop();
  });

  it('keeps a dead region drawn and the others unharmed', async () => {
    const { get, connector, stop } = await startSynced();
    connector.server(SHANGHAI_ID).setTrouble('connect ETIMEDOUT');
    scale(connector.server(HANGZHOU_ID), 'cn-hangzhou', 'reviews', 'v1', 2);
    const { body } = await get(TOPOLOGY).expect(200);
    const [hangzhou, shanghai] = body.regions;
    expect(hangzhou).toMatchObject({ ready: 2, freshness: { state: 'ok' } });
    expect(shanghai).toMatchObject({
      total: 1,
      freshness: { state: 'unreachable', reason: 'connect ETIMEDOUT' },
    });
    connector.server(SHANGHAI_ID).setTrouble(undefined);
    const back = await get(TOPOLOGY).expect(200);
    expect(back.body.regions[1].freshness.state).toBe('ok');
    await stop();
  });

  it('starts although one cluster never answers', async () => {
    const connector = new FakeConnector();
    deployGuide(connector);
    connector.server(SHANGHAI_ID).setTrouble('connect ECONNREFUSED');
    const { get, stop } = await startPlugin({ connector });
    await until('the living region is seen', async () => {
      const { body } = await get(TOPOLOGY);
      return body.regions?.[0]?.ready === 1;
    });
    const { body } = await get(`/v1/meshes/${MESH_ID}`).expect(200);
    expect(body.clusters.map((c: any) => c.connection.state)).toEqual([
      'ok',
      'unreachable',
    ]);
    await stop();
  });

  it('lists services page by page', async () => {
    const { get, stop } = await startSynced();
    const path = `/v1/meshes/${MESH_ID}/services`;
    const first = await get(`${path}?limit=3`).expect(200);
    expect(first.body.items.map((item: any) => item.name)).toEqual([
      'details',
      'productpage',
      'ratings',
    ]);
    const second = await get(
      `${path}?limit=3&cursor=${first.body.nextCursor}`,
    ).expect(200);
    expect(second.body).toMatchObject({ items: [{ name: 'reviews' }] });
    expect(second.body.nextCursor).toBeUndefined();
    const found = await get(`${path}?search=RevI`).expect(200);
    expect(found.body.items).toHaveLength(1);
    await stop();
  });

  it('names what is wrong in a request', async () => {
    const { get, stop } = await startSynced();
    const unknown = await get(
      `/v1/meshes/${MESH_ID}/services/default/revews/topology`,
    ).expect(404);
    expect(unknown.body.error.message).toContain("Service 'revews'");
    expect(unknown.body.error.message).toContain('reviews.default');
    const path = `/v1/meshes/${MESH_ID}/services`;
    const limit = await get(`${path}?limit=0`).expect(400);
    expect(limit.body.error.message).toContain('limit must be from 1 to 500');
    const cursor = await get(`${path}?cursor=abc`).expect(400);
    expect(cursor.body.error.message).toContain("cursor 'abc'");
    await stop();
  });
});
