import {
  FakeCloud,
  HANGZHOU_ID,
  MESH_ID,
  SHANGHAI_ID,
} from '../__testUtils__/FakeCloud';
import { startPlugin, until } from '../__testUtils__/startPlugin';

describe('meshes', () => {
  it('lists meshes with their members, gates and locality', async () => {
    const { get, stop } = await startPlugin();
    const { body } = await get('/v1/meshes').expect(200);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      id: MESH_ID,
      name: 'asm-guide',
      account: 'default',
      gates: { distribution: { allowed: true, requires: '1.22.6.66' } },
      locality: { mode: 'off' },
      clusters: [
        { id: HANGZHOU_ID, region: 'cn-hangzhou', state: 'running' },
        { id: SHANGHAI_ID, region: 'cn-shanghai', state: 'running' },
      ],
    });
    const byName = await get('/v1/meshes/asm-guide').expect(200);
    expect(byName.body.id).toBe(MESH_ID);
    await stop();
  });

  it('names the meshes there are when one is unknown', async () => {
    const { get, stop } = await startPlugin();
    const { body } = await get('/v1/meshes/nowhere').expect(404);
    expect(body.error.message).toContain("'nowhere'");
    expect(body.error.message).toContain(`asm-guide (${MESH_ID})`);
    await stop();
  });

  it('says why when the cloud refuses the key', async () => {
    const cloud = new FakeCloud();
    cloud.asmTrouble = new Error(
      'servicemesh DescribeServiceMeshes failed: Specified access key is not found. [Code InvalidAccessKeyId.NotFound]',
    );
    const { get, stop } = await startPlugin({ cloud });
    const { body } = await get('/v1/meshes').expect(503);
    expect(body.error.message).toContain("account 'default' cannot be read");
    expect(body.error.message).toContain('InvalidAccessKeyId.NotFound');
    cloud.asmTrouble = undefined;
    await get(`/v1/meshes/${MESH_ID}`).expect(404);
    await stop();
  });

  it('shows the network around the mesh', async () => {
    const { get, stop } = await startPlugin();
    const { body } = await get(`/v1/meshes/${MESH_ID}/network`).expect(200);
    expect(body.cens[0].links).toEqual([
      {
        id: 'tr-attach-peer',
        regions: ['cn-hangzhou', 'cn-shanghai'],
        status: 'Attached',
        bandwidthMbps: 10,
        bandwidthType: 'DataTransfer',
      },
    ]);
    expect(body.vpcs.map((vpc: { id: string }) => vpc.id)).toEqual([
      'vpc-asm',
      'vpc-hangzhou',
      'vpc-shanghai',
    ]);
    await stop();
  });

  it('needs its permission', async () => {
    const { get, stop } = await startPlugin({ denied: ['mesh-dr.mesh.read'] });
    const { body } = await get('/v1/meshes').expect(403);
    expect(body.error.message).toContain('mesh-dr.mesh.read');
    await stop();
  });

  it('follows members that come and go', async () => {
    const { get, cloud, connector, stop } = await startPlugin();
    await get('/v1/meshes').expect(200);
    await until(
      'the member is watched',
      () => connector.server(SHANGHAI_ID).openWatches === 4,
    );
    cloud.leaveOut(SHANGHAI_ID);
    // Asking for a mesh nobody knows makes the fleet look again.
    await until('the watches of the lost member are closed', async () => {
      await get('/v1/meshes/unknown');
      return connector.server(SHANGHAI_ID).openWatches === 0;
    });
    const { body } = await get(`/v1/meshes/${MESH_ID}`).expect(200);
    expect(body.clusters.map(({ id }: any) => id)).toEqual([HANGZHOU_ID]);
    await stop();
  });
});
