import { MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { startPlugin, until } from '../__testUtils__/startPlugin';

const HOURS = 3_600_000;

/** The machine's clock is set while the portal runs, e.g. after a guest was suspended. */
describe.each([
  ['forwards', 36 * HOURS],
  ['backwards', -36 * HOURS],
])('the clock jumps %s', (_, by) => {
  const realNow = Date.now.bind(Date);
  let started: Awaited<ReturnType<typeof startPlugin>>;
  const regions = async (): Promise<any[]> =>
    (
      await started.get(
        `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
      )
    ).body.regions ?? [];
  const shanghaiIs = (state: string) => async () =>
    (await regions())[1]?.freshness.state === state;

  beforeEach(async () => {
    started = await startPlugin();
    await until('both regions are seen', shanghaiIs('ok'));
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await started.stop();
  });

  it('pages go on as before', async () => {
    const server = started.connector.server(SHANGHAI_ID);
    const { total, clusters } = (await regions())[1];
    server.remove('pods', 'default', clusters[0].endpoints[0].pod);
    expect((await regions())[1].total).toBe(total - 1);
    server.setTrouble('the region is out');
    await until('the outage is seen', shanghaiIs('unreachable'));
    server.setTrouble(undefined);
    await until('the return is seen', shanghaiIs('ok'));
  });

  it('a mesh that is made afterwards is found', async () => {
    started.cloud.mesh.name = 'made-later';
    const { body } = await started.get('/v1/meshes/made-later').expect(200);
    expect(body.id).toBe(MESH_ID);
  });
});
