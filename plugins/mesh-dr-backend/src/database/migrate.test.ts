import { startPostgres } from '../__testUtils__/postgres';
import { until } from '../__testUtils__/startPlugin';
import { openDatabase } from './migrate';

jest.setTimeout(120_000);

const REPLICAS = 8;

describe('replicas that start at once on an empty PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it.each([1, 2, 3])('all find the tables, the %d. time', async time => {
    const admin = postgres.connect();
    await admin.raw('create database ??', [`empty${time}`]);
    const clients = Array.from({ length: REPLICAS }, () =>
      postgres.connect(`empty${time}`),
    );
    const opened = await Promise.allSettled(
      clients.map(client => openDatabase({ getClient: async () => client })),
    );
    expect(
      opened.flatMap(result =>
        result.status === 'rejected' ? [`${result.reason}`] : [],
      ),
    ).toEqual([]);
    const [client] = clients;
    expect(await client('knex_migrations_lock').select('is_locked')).toEqual([
      { is_locked: 0 },
    ]);
    const names = await client('knex_migrations').pluck('name');
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    expect(await client('changes').select()).toEqual([]);
  });

  it('go on when the one that was at it died', async () => {
    await postgres.connect().raw('create database abandoned');
    const dying = postgres.connect('abandoned');
    const turn = await dying.transaction();
    await turn.raw('select pg_advisory_xact_lock(7340232)');
    const client = postgres.connect('abandoned');
    const opened = openDatabase({ getClient: async () => client });
    await until('the other one waits', async () => {
      const { rows } = await dying.raw(
        "select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted",
      );
      return rows[0].waiting === 1;
    });
    await turn.rollback();
    await opened;
    expect(await client('changes').select()).toEqual([]);
  });
});
