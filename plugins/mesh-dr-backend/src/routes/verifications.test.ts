import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HANGZHOU_ID, MESH_ID } from '../__testUtils__/FakeCloud';
import { podName } from '../__testUtils__/objects';
import { startPlugin, until } from '../__testUtils__/startPlugin';

type Answer = { status?: number; type?: string; body: string };

/** A gateway on a free port that answers in turn. */
async function startGateway(answers: Answer[]) {
  let served = 0;
  const hosts = new Set<string>();
  const server: Server = createServer((req, res) => {
    hosts.add(`${req.headers.host}${req.url}`);
    const answer = answers[served++ % answers.length];
    res.writeHead(answer.status ?? 200, {
      'content-type': answer.type ?? 'application/json',
    });
    res.end(answer.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    hosts,
    connectTo: `127.77.0.0/16:80:127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

async function start(answers: Answer[]) {
  const gateway = await startGateway(answers);
  const plugin = await startPlugin({
    meshDr: { probes: { connectTo: [gateway.connectTo] } },
  });
  const verify = (body: object = {}) =>
    plugin.post('/v1/verifications').send({
      meshId: MESH_ID,
      namespace: 'default',
      name: 'reviews',
      requests: 20,
      ...body,
    });
  await until('the gateway and both regions are known', async () => {
    const { body } = await plugin.get(
      `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
    );
    return (
      body.gateways?.length === 1 &&
      body.regions.every((region: any) => region.total === 1)
    );
  });
  const stop = async () => {
    await plugin.stop();
    await gateway.close();
  };
  return { ...plugin, gateway, verify, stop };
}

const hangzhou = podName('cn-hangzhou', 'reviews', 'v1');
const shanghai = podName('cn-shanghai', 'reviews', 'v2');
const json = (podname: string) => ({
  body: JSON.stringify({ id: '0', podname, clustername: 'null', reviews: [] }),
});

describe('verification', () => {
  it('counts the answering regions beside the prediction', async () => {
    const { verify, gateway, stop } = await start([
      json(hangzhou),
      json(hangzhou),
      json(hangzhou),
      json(shanghai),
    ]);
    const { body } = await verify().expect(200);
    expect(body).toMatchObject({
      requests: 20,
      byRegion: { 'cn-hangzhou': 15, 'cn-shanghai': 5 },
      byVersion: { v1: 15, v2: 5 },
      failed: 0,
      unknown: 0,
      gateway: { address: '127.77.0.1', region: 'cn-hangzhou' },
      predicted: { 'cn-hangzhou': 50, 'cn-shanghai': 50 },
    });
    expect(body.shares['cn-shanghai'].percent).toBe(25);
    expect(body.shares['cn-shanghai'].low).toBeCloseTo(11.2, 0);
    expect(body.suggestedRequests).toBeGreaterThan(1000);
    expect([...gateway.hosts]).toEqual([
      '127.77.0.1/api/v1/products/0/reviews',
    ]);
    await stop();
  });

  it('counts failed hops although the page answers 200', async () => {
    const page = (text: string) => ({
      type: 'text/html',
      body: `<html>${text}</html>`,
    });
    const { verify, stop } = await start([
      { status: 500, body: '{"error":"Sorry"}' },
      page('<h4>Error fetching product reviews!</h4>'),
      page(`Reviews served by: <u>${shanghai}</u>`),
      page('nothing to see'),
    ]);
    const { body } = await verify({ path: '/productpage' }).expect(200);
    expect(body).toMatchObject({
      failed: 10,
      unknown: 5,
      byRegion: { 'cn-shanghai': 5 },
    });
    await stop();
  });

  it('still knows pods that are gone', async () => {
    const { verify, connector, stop } = await start([json(hangzhou)]);
    connector.server(HANGZHOU_ID).remove('pods', 'default', hangzhou);
    const { body } = await verify().expect(200);
    expect(body.byRegion).toEqual({ 'cn-hangzhou': 20 });
    await stop();
  });

  it('says which gateways there are', async () => {
    const { verify, connector, stop } = await start([json(hangzhou)]);
    const { body } = await verify({ gatewayRegion: 'cn-beijing' }).expect(404);
    expect(body.error.message).toContain('cn-hangzhou');
    connector
      .server(HANGZHOU_ID)
      .remove('services', 'istio-system', 'istio-ingressgateway');
    const none = await verify().expect(409);
    expect(none.body.error.message).toContain('IstioGateway');
    await stop();
  });

  it('refuses what would leave the gateway or be a load test', async () => {
    const { verify, stop } = await start([json(hangzhou)]);
    await verify({ path: '//elsewhere/' }).expect(400);
    const { body } = await verify({ requests: 5000 }).expect(400);
    expect(body.error.message).toContain('requests is 5000');
    await stop();
  });
});
