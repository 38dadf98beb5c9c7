import { mockServices } from '@backstage/backend-test-utils';
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
import { until } from '../__testUtils__/startPlugin';
import { migrationsDirectory } from '../database/migrate';
import { SnapshotStore } from '../database/SnapshotStore';
import { Fleet } from './Fleet';
import { SnapshotKeeper } from './SnapshotKeeper';

describe('keeping snapshots', () => {
  let knex: Knex;
  let fleet: Fleet;
  let keeper: SnapshotKeeper;
  let save: jest.SpyInstance;
  let now: number;
  const connector = new FakeConnector();
  const logger = mockServices.logger.mock();
  const rows = async () =>
    Object.fromEntries(
      (await knex('fleet_snapshots').select('id', 'observed_at')).map(
        ({ id, observed_at }) => [id, observed_at],
      ),
    );
  const isoNow = () => new Date(now).toISOString();

  const start = async (maxBytes?: number) => {
    const store = new SnapshotStore(knex, maxBytes);
    save = jest.spyOn(store, 'save');
    keeper = new SnapshotKeeper({ fleet, store, logger, now: () => now });
    await keeper.start();
    await fleet.refresh();
    await until('all is current', () =>
      fleet.keepables().every(({ current }) => current),
    );
  };

  beforeEach(async () => {
    jest.clearAllMocks();
    knex = memoryDatabase();
    await knex.migrate.latest({ directory: migrationsDirectory() });
    now = Date.parse('2026-01-01T00:00:00Z');
    deployGuide(connector);
    fleet = new Fleet({ accounts: new FakeCloud(), connector, logger });
  });
  afterEach(async () => {
    await keeper.stop();
    fleet.stop();
    await knex.destroy();
  });

  it('writes what changed, and of the rest only that it is still so', async () => {
    await start();
    await keeper.write();
    expect(Object.keys(await rows()).sort()).toEqual(
      [HANGZHOU_ID, MESH_ID, SHANGHAI_ID].sort(),
    );
    save.mockClear();
    now += 30_000;
    const shanghai = connector.server(SHANGHAI_ID);
    const pods = await shanghai.list({ apiVersion: 'v1', plural: 'pods' });
    shanghai.remove('pods', 'default', pods.items[0].metadata.name);
    await keeper.write();
    expect(save.mock.calls.map(([{ id }]) => id)).toEqual([SHANGHAI_ID]);
    expect(new Set(Object.values(await rows()))).toEqual(new Set([isoNow()]));
  });

  it('leaves the row of a cluster that is away as it was', async () => {
    await start();
    await keeper.write();
    const before = isoNow();
    now += 30_000;
    connector.server(SHANGHAI_ID).setTrouble('the region is out');
    await keeper.write();
    expect(await rows()).toEqual({
      [HANGZHOU_ID]: isoNow(),
      [MESH_ID]: isoNow(),
      [SHANGHAI_ID]: before,
    });
    connector.server(SHANGHAI_ID).setTrouble(undefined);
  });

  it('goes on after the database was away, and complains once', async () => {
    await start();
    const gone = jest
      .spyOn(knex.client, 'acquireConnection')
      .mockRejectedValue(new Error('connect ECONNREFUSED'));
    await keeper.write();
    await keeper.write();
    gone.mockRestore();
    expect(
      logger.warn.mock.calls.filter(([message]) =>
        message.includes('ECONNREFUSED'),
      ),
    ).toHaveLength(1);
    expect(await rows()).toEqual({});
    await keeper.write();
    expect(Object.keys(await rows())).toHaveLength(3);
  });

  it('does without what is too large, and says so once', async () => {
    await start(50);
    await keeper.write();
    await keeper.write();
    const told = logger.warn.mock.calls.filter(([message]) =>
      message.includes('is not kept'),
    );
    expect(told).toHaveLength(3);
    expect(await rows()).toEqual({});
  });
});
