import type { Knex } from 'knex';
import {
  FakeCloud,
  HANGZHOU_ID,
  MESH_ID,
  SHANGHAI_ID,
} from '../__testUtils__/FakeCloud';
import { FakeConnector } from '../__testUtils__/FakeKubernetes';
import { memoryDatabase } from '../__testUtils__/memoryDatabase';
import { deployGuide } from '../__testUtils__/objects';
import { startPlugin, until } from '../__testUtils__/startPlugin';

const TOPOLOGY = `/v1/meshes/${MESH_ID}/services/default/reviews/topology`;

type Started = Awaited<ReturnType<typeof startPlugin>>;

const regionsOf = async (started: Started): Promise<any[]> =>
  (await started.get(TOPOLOGY)).body.regions ?? [];

/** Regions in order, with endpoints and how current they are. */
const shown = (regions: any[]) =>
  regions.map(({ region, total, freshness }) => [
    region,
    total,
    freshness.state,
  ]);

describe('a restart of the portal', () => {
  let knex: Knex;
  let connector: FakeConnector;
  let cloud: FakeCloud;
  let started: Started;

  const start = () => startPlugin({ knex, connector, cloud });
  const restart = async () => {
    await started.stop();
    started = await start();
  };
  const everywhere = (state: string) => async () =>
    (await regionsOf(started)).every(
      region => region.freshness.state === state,
    );

  beforeEach(async () => {
    knex = memoryDatabase();
    connector = new FakeConnector();
    cloud = new FakeCloud();
    deployGuide(connector);
    started = await start();
    await until('both regions are seen', async () => {
      const regions = await regionsOf(started);
      return regions.length === 2 && everywhere('ok')();
    });
  });
  afterEach(async () => {
    await started.stop();
    await knex.destroy();
  });

  it('shows the region that is out as it was, with its age, and takes it up when it is back', async () => {
    const before = await regionsOf(started);
    const shanghai = connector.server(SHANGHAI_ID);
    await started.stop();
    const stoppedAt = new Date().toISOString();
    shanghai.setTrouble('the region is out');
    started = await start();
    await until('Shanghai is seen to be out', async () => {
      const [hangzhou, out] = await regionsOf(started);
      return (
        hangzhou.freshness.state === 'ok' &&
        out?.freshness.state === 'unreachable'
      );
    });
    const regions = await regionsOf(started);
    expect(shown(regions)).toEqual([
      ['cn-hangzhou', before[0].total, 'ok'],
      ['cn-shanghai', before[1].total, 'unreachable'],
    ]);
    expect(regions[1].clusters[0].endpoints).toEqual(
      before[1].clusters[0].endpoints,
    );
    const { since, reason } = regions[1].freshness;
    expect(since <= stoppedAt).toBe(true);
    expect(reason).toBe('the region is out');

    // A second restart during the same outage remembers as much, and the age goes on.
    await restart();
    await until('Shanghai is seen to be out again', async () => {
      const [, out] = await regionsOf(started);
      return out?.freshness.state === 'unreachable';
    });
    const again = (await regionsOf(started))[1];
    expect(again.total).toBe(before[1].total);
    expect(again.freshness.since).toBe(since);

    // Pods that went during the outage do not stay.
    const gone = before[1].clusters[0].endpoints[0].pod;
    shanghai.remove('pods', 'default', gone);
    shanghai.setTrouble(undefined);
    await until('Shanghai is back', everywhere('ok'));
    expect((await regionsOf(started))[1].total).toBe(before[1].total - 1);
  });

  it('shows the mesh as it was while ASM does not answer', async () => {
    await started.stop();
    cloud.asmTrouble = new Error('Throttling.User: try later');
    started = await start();
    await until('the refusal is told', async () => {
      const { body } = await started.get(`/v1/meshes/${MESH_ID}`);
      return body.freshness?.reason === 'Throttling.User: try later';
    });
    const { body } = await started.get('/v1/meshes');
    expect(body.items).toMatchObject([
      { id: MESH_ID, freshness: { state: 'stale' }, clusters: [{}, {}] },
    ]);
    await until('clusters are read all the same', everywhere('ok'));
    cloud.asmTrouble = undefined;
  });

  it('does not bring back a cluster that left while the portal was down', async () => {
    await started.stop();
    cloud.leaveOut(HANGZHOU_ID);
    started = await start();
    await until('only Shanghai is left', async () => {
      const regions = await regionsOf(started);
      return regions.length === 1 && regions[0].region === 'cn-shanghai';
    });
    await started.stop();
    const rows = await knex('fleet_snapshots').select('id', 'kind');
    expect(rows.map(({ id }) => id).sort()).toEqual(
      [MESH_ID, SHANGHAI_ID].sort(),
    );
    started = await start();
  });
});
