import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { FakeConnector } from '../__testUtils__/FakeKubernetes';
import { deployGuide, podName, scale } from '../__testUtils__/objects';
import {
  startPlugin,
  until,
  type StartOptions,
} from '../__testUtils__/startPlugin';

const pathOf = (clusterId: string) =>
  `/v1/meshes/${MESH_ID}/clusters/${clusterId}/leave-preview`;

async function start(options: StartOptions = {}) {
  const connector = new FakeConnector();
  deployGuide(connector);
  const plugin = await startPlugin({ ...options, connector });
  const { get } = plugin;
  const preview = async (clusterId = HANGZHOU_ID) =>
    (await get(pathOf(clusterId)).expect(200)).body;
  await until('both clusters are seen', async () => {
    const { clusters } = (await get(`/v1/meshes/${MESH_ID}`)).body;
    return clusters?.every((c: any) => c.connection.state === 'ok');
  });
  return { ...plugin, preview };
}

describe('the preview of leaving', () => {
  it('lists the services that lose their last other region', async () => {
    const { preview, stop } = await start();
    expect(await preview()).toEqual({
      cluster: { id: HANGZHOU_ID, name: 'ack-hangzhou', region: 'cn-hangzhou' },
      total: 2,
      services: ['productpage', 'reviews'].map(name => ({
        namespace: 'default',
        name,
        regions: ['cn-hangzhou', 'cn-shanghai'],
        remaining: ['cn-shanghai'],
      })),
      outdated: [],
    });
    await stop();
  });

  it('puts first what is left nowhere, and says nothing of what the cluster does not serve', async () => {
    const { connector, preview, stop } = await start();
    const hangzhou = connector.server(HANGZHOU_ID);
    const shanghai = connector.server(SHANGHAI_ID);
    scale(hangzhou, 'cn-hangzhou', 'ratings', 'v1', 1);
    scale(shanghai, 'cn-shanghai', 'details', 'v1', 1);
    hangzhou.remove(
      'pods',
      'default',
      podName('cn-hangzhou', 'productpage', 'v1'),
    );
    await until('the portal has seen it', async () => {
      const { services } = await preview();
      return (
        services.length === 2 &&
        services.some(({ name }: any) => name === 'ratings')
      );
    });
    expect((await preview()).services).toEqual([
      expect.objectContaining({ name: 'ratings', remaining: [] }),
      expect.objectContaining({ name: 'reviews', remaining: ['cn-shanghai'] }),
    ]);
    await stop();
  });

  it('names the clusters of which it knows only older facts', async () => {
    const { connector, preview, stop } = await start();
    connector.server(SHANGHAI_ID).setTrouble('connect ETIMEDOUT');
    await until('the trouble is seen', async () => {
      const { outdated } = await preview();
      return outdated.length > 0;
    });
    expect(await preview()).toMatchObject({
      outdated: ['ack-shanghai'],
      total: 2,
    });
    await stop();
  });

  it('knows no cluster that is no member', async () => {
    const { get, stop } = await start();
    const { body } = await get(pathOf('c-nowhere')).expect(404);
    expect(body.error.message).toContain(`ack-shanghai (${SHANGHAI_ID})`);
    await stop();
  });

  it.each(['mesh-dr.mesh.read', 'mesh-dr.service.read'])(
    'needs %s',
    async permission => {
      const { denied, get, stop } = await start();
      denied.add(permission);
      expect((await get(pathOf(HANGZHOU_ID))).status).toBe(403);
      await stop();
    },
  );
});
