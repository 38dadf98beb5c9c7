import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { storedChange } from '../__testUtils__/changes';
import { startPostgres } from '../__testUtils__/postgres';
import type { StoredChange } from './ChangeStore';
import { DatabaseChangeStore } from './DatabaseChangeStore';
import { DatabaseGrantStore } from './GrantStore';
import { Leases } from './Leases';
import { migrationsDirectory } from './migrate';
import { DatabaseOperationStore } from './OperationStore';
import { ShiftStore } from './ShiftStore';
import { SnapshotStore, type Snapshot } from './SnapshotStore';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

const change = (id: string, fields: Partial<StoredChange> = {}) =>
  storedChange({ id, target: { scope: 'mesh', meshId: 'm1' }, ...fields });

describe.each(['SQLite', 'PostgreSQL'])('stores on %s', kind => {
  let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
  let db: Knex;
  const migrations = { directory: migrationsDirectory() };

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : undefined;
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    db = postgres?.connect() ?? (await databases.init('SQLITE_3'));
    await db.migrate.latest(migrations);
  });
  afterEach(() => db.migrate.rollback(migrations, true));

  it('migrates down and up again', async () => {
    await new DatabaseChangeStore(db).insert(change('c1'));
    await db.migrate.rollback(migrations, true);
    expect(await db.schema.hasTable('changes')).toBe(false);
    await db.migrate.latest(migrations);
    expect(await db('changes').select()).toEqual([]);
  });

  it('returns a change as it was stored, and pages newest first', async () => {
    const store = new DatabaseChangeStore(db);
    const full = change('c2', {
      target: { scope: 'service', meshId: 'm1', namespace: 'n', name: 's' },
      status: 'failed',
      approvedBy: 'user:default/b',
      approvalExpiresAt: '2026-01-01T00:30:00.000Z',
      appliedAt: '2026-01-02T00:00:00.000Z',
      verified: { at: '2026-01-02T00:00:00.000Z', ok: false, detail: 'no' },
      error: 'no',
      rollbackOf: 'c1',
      overrides: ['approval', 'capacity'],
      expiresAt: '2026-01-03T00:00:00.000Z',
      returnAt: '2026-01-03T00:00:00.000Z',
      returnError: 'no',
      drift: {
        seenAt: '2026-01-02T01:00:00.000Z',
        kind: 'edited',
        fields: [{ name: 'outlierDetection', wanted: '{}' }],
      },
      shiftId: 's1',
      shiftStep: 0,
      requestedAt: '2026-01-02T00:00:00.000Z',
    });
    await store.insert(change('c1'));
    await store.insert(full);
    await store.insert(change('c3'));
    expect(await store.get('c2')).toEqual(full);
    const first = await store.list({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(['c2', 'c3']);
    const second = await store.list({ limit: 2, cursor: first.nextCursor });
    expect(second.items.map(({ id }) => id)).toEqual(['c1']);
    expect(second.nextCursor).toBeUndefined();
    const found = await store.list({ namespace: 'n', name: 's' });
    expect(found.items).toEqual([full]);
    await store.insert(
      change('c4', {
        target: { scope: 'service', meshId: 'm1', namespace: 'n', name: 'x' },
      }),
    );
    await store.insert(
      change('c5', { target: { scope: 'mesh', meshId: 'm2' } }),
    );
    const concerning = await store.list({
      meshId: 'm1',
      namespace: 'n',
      name: 's',
      meshWide: true,
    });
    expect(concerning.items.map(({ id }) => id)).toEqual(['c2', 'c3', 'c1']);
  });

  it('lets only one of two move a change on', async () => {
    const store = new DatabaseChangeStore(db);
    await store.insert(change('c1', { status: 'pending-approval' }));
    const moves = await Promise.all(
      ['user:default/a', 'user:default/b'].map(approvedBy =>
        store.transition('c1', 'pending-approval', 'applying', { approvedBy }),
      ),
    );
    expect(moves.filter(Boolean)).toHaveLength(1);
  });

  it('finds what is due, and nothing else', async () => {
    const store = new DatabaseChangeStore(db);
    const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
    await store.insert(
      change('waits', { status: 'pending-approval', approvalExpiresAt: at(2) }),
    );
    await store.insert(
      change('lasts', { appliedAt: at(0), expiresAt: at(3), returnAt: at(3) }),
    );
    await store.insert(change('stays', { appliedAt: at(1) }));
    const ids = (found: StoredChange[]) => found.map(({ id }) => id);
    expect(await store.listOverdueApprovals(at(1))).toEqual([]);
    expect(ids(await store.listOverdueApprovals(at(2)))).toEqual(['waits']);
    expect(await store.listReturnsDue(at(2))).toEqual([]);
    expect(ids(await store.listReturnsDue(at(3)))).toEqual(['lasts']);
    await store.setReturn('lasts', { returnError: 'edited' });
    expect(await store.listReturnsDue(at(9))).toEqual([]);
    expect(await store.get('lasts')).toMatchObject({ returnError: 'edited' });
    const mesh = { scope: 'mesh' as const, meshId: 'm1' };
    expect(await store.lastApplied(mesh)).toEqual({ id: 'stays', at: at(1) });
    expect(await store.lastApplied({ ...mesh, meshId: 'm2' })).toBeUndefined();
  });

  it('knows the change that stands for every rule', async () => {
    const store = new DatabaseChangeStore(db);
    const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
    const service = (name: string) => ({
      scope: 'service' as const,
      meshId: 'm1',
      namespace: 'n',
      name,
    });
    const ofA = { target: service('a') };
    await store.insert(change('mesh-old', { appliedAt: at(0) }));
    await store.insert(change('mesh', { appliedAt: at(1) }));
    await store.insert(change('a-old', { ...ofA, appliedAt: at(2) }));
    await store.insert(change('a', { ...ofA, appliedAt: at(3) }));
    await store.insert(
      change('a-undone', { ...ofA, appliedAt: at(4), status: 'rolled-back' }),
    );
    await store.insert(change('a-failed', { ...ofA, status: 'failed' }));
    // Another service at the same moment.
    await store.insert(change('b', { target: service('b'), appliedAt: at(3) }));
    const standing = await store.listStanding();
    expect(standing.map(({ id }) => id)).toEqual(['a', 'b', 'mesh']);
    const drift = { seenAt: at(5), kind: 'deleted' as const, fields: [] };
    await store.setDrift('a', drift);
    expect(await store.get('a')).toMatchObject({ drift });
    await store.setDrift('a');
    expect((await store.get('a'))!.drift).toBeUndefined();
  });

  it('lets a step of a shift be taken once', async () => {
    const store = new DatabaseChangeStore(db);
    const step = (id: string, shiftStep: number) =>
      store.insert(change(id, { shiftId: 's1', shiftStep }));
    await step('second', 1);
    await step('first', 0);
    await expect(step('again', 1)).rejects.toMatchObject({
      message: expect.stringMatching(/unique/i),
    });
    await store.insert(change('other'));
    expect((await store.listSteps('s1')).map(({ id }) => id)).toEqual([
      'first',
      'second',
    ]);
  });

  it('tells of every move of a shift, and only of those that happened', async () => {
    const moves: string[] = [];
    const store = new ShiftStore(db, meshId => moves.push(meshId));
    const request = {
      target: { meshId: 'm1', namespace: 'n', name: 's' },
      from: 'cn-hangzhou',
      to: 'cn-shanghai',
      steps: [100],
      holdSeconds: 1,
      outlierDetection: {},
      reason: 'why',
    };
    const shift = {
      id: 's1',
      status: 'running' as const,
      requestedBy: 'user:default/a',
      requestedAt: '2026-01-01T00:00:00.000Z',
      request,
    };
    await store.insert(shift);
    expect(await store.findActive(request.target)).toEqual(shift);
    const ends = await Promise.all(
      (['completed', 'aborting'] as const).map(to =>
        store.transition('s1', 'running', to, { detail: to }),
      ),
    );
    expect(ends.filter(Boolean)).toHaveLength(1);
    expect(moves).toEqual(['m1', 'm1']);
    expect((await store.list({ name: 's' })).items).toHaveLength(1);
  });

  it('keeps operations and grants', async () => {
    const operations = new DatabaseOperationStore(db);
    const operation = {
      id: 'o1',
      kind: 'join' as const,
      meshId: 'm1',
      clusterId: 'c1',
      status: 'running' as const,
      startedAt: '2026-01-01T00:00:00.000Z',
      requestedBy: 'user:default/a',
      progress: [{ at: '2026-01-01T00:00:00.000Z', message: 'hello' }],
    };
    await operations.insert(operation);
    expect(await operations.findRunning('m1', 'c1')).toEqual(operation);
    const done = {
      ...operation,
      status: 'succeeded' as const,
      finishedAt: '2026-01-01T00:01:00.000Z',
    };
    expect(await operations.update(done)).toBe(true);
    // What has ended stays as it ended, whoever was still at it.
    expect(await operations.update(operation)).toBe(false);
    expect(await operations.get('o1')).toEqual(done);
    expect(await operations.listRunning()).toEqual([]);

    const grants = new DatabaseGrantStore(db);
    const grant = {
      id: 'g1',
      initiator: 'user:default/a',
      environment: '*',
      operations: ['rule.change' as const],
      meshRules: true,
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T04:00:00.000Z',
    };
    await grants.insert(grant);
    expect(await grants.get('g1')).toEqual(grant);
    await grants.revoke('g1', '2026-01-01T01:00:00.000Z');
    await grants.revoke('g1', '2026-01-01T02:00:00.000Z');
    expect((await grants.list('user:default/a'))[0].revokedAt).toBe(
      '2026-01-01T01:00:00.000Z',
    );
    expect(await grants.list('user:default/b')).toEqual([]);
  });

  it('keeps the newest snapshot of each cluster, and passes over what it cannot read', async () => {
    const store = new SnapshotStore(db);
    const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
    const snapshot = (id: string, minute: number): Snapshot => ({
      id,
      kind: 'cluster',
      meshId: 'm1',
      account: 'a',
      observedAt: at(minute),
      content: { pods: [{ name: `杭州-${minute}` }] },
    });
    await store.save(snapshot('c1', 2));
    // Another replica was slower.
    await store.save(snapshot('c1', 1));
    await store.save(snapshot('c2', 1));
    await store.save(snapshot('c2', 3));
    await store.touch(['c1', 'c2'], at(2));
    await store.save(snapshot('c3', 1));
    // A clock that was wrong does not keep a row for ever.
    const wrong = '2030-01-01T00:00:00.000Z';
    await store.save({ ...snapshot('c5', 1), observedAt: wrong });
    await store.save(snapshot('c5', 4));
    await store.save(snapshot('c4', 1));
    await store.forget(['c3']);
    await db('fleet_snapshots')
      .where({ id: 'c4' })
      .update({ content: Buffer.from('no gzip') });
    const damaged: string[] = [];
    expect(await store.load(id => damaged.push(id))).toEqual([
      snapshot('c1', 2),
      snapshot('c2', 3),
      snapshot('c5', 4),
    ]);
    expect(damaged).toEqual(['c4']);
    await expect(
      new SnapshotStore(db, 40).save(snapshot('c1', 9)),
    ).rejects.toThrow(/bytes packed, and 40 is the most/);
  });

  it('gives a lease to one, and to the next when it has ended', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const leases = new Leases(db, () => now);
    const [first, second] = await Promise.all([
      leases.tryAcquire('mesh:m1', 1000),
      leases.tryAcquire('mesh:m1', 1000),
    ]);
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect(await leases.tryAcquire('mesh:m2', 1000)).toBeDefined();
    now += 2000;
    const third = await leases.tryAcquire('mesh:m1', 1000);
    expect(third).toBeDefined();
    expect(await (first ?? second)!.renew()).toBe(false);
    expect(await third!.renew()).toBe(true);
    await third!.release();
    expect(await leases.tryAcquire('mesh:m1', 1000)).toBeDefined();
  });

  it('serialises work on one key', async () => {
    const leases = new Leases(db);
    let inside = 0;
    let most = 0;
    const options = { ttlMs: 10_000, waitMs: 10_000, what: 'it' };
    await Promise.all(
      [1, 2, 3].map(() =>
        leases.hold('k', options, async () => {
          most = Math.max(most, ++inside);
          await new Promise(resolve => setImmediate(resolve));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });
});
