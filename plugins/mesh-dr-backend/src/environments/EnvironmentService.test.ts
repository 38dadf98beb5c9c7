import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { DriftItem } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { guideEnvironment } from '../__testUtils__/environments';
import { FakeCloud } from '../__testUtils__/FakeCloud';
import { DatabaseEnvironmentStore } from '../database/EnvironmentStore';
import { Leases } from '../database/Leases';
import { migrationsDirectory } from '../database/migrate';
import { EnvironmentService } from './EnvironmentService';

const item: DriftItem = {
  key: 'cluster/ack-hangzhou',
  title: 'ACK cluster ack-hangzhou in cn-hangzhou',
  kind: 'missing',
  detail: 'does not exist',
  repair: 'provision',
};

describe('EnvironmentService', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

  async function setUp(compare: () => Promise<DriftItem[]>) {
    const db = await databases.init('SQLITE_3');
    await db.migrate.latest({ directory: migrationsDirectory() });
    let time = Date.parse('2026-01-01T00:00:00Z');
    const store = new DatabaseEnvironmentStore(db);
    const counted = jest.fn(compare);
    const onDrift = jest.fn(async () => {});
    const service = new EnvironmentService({
      store,
      accounts: new FakeCloud(),
      leases: new Leases(db),
      logger: mockServices.logger.mock(),
      signal: new AbortController().signal,
      compare: counted,
      onDrift,
      now: () => time,
    });
    const pass = (ms: number) => {
      time += ms;
    };
    return { service, store, compare: counted, pass, onDrift };
  }

  it('makes one comparison for callers of the same time, and another one later', async () => {
    const { service, compare, pass } = await setUp(async () => [item]);
    await service.put('guide', guideEnvironment(), 'user:default/a');
    const [first, second] = await Promise.all([
      service.check('guide'),
      service.check('guide'),
    ]);
    expect(first).toEqual(second);
    expect(first.items).toEqual([item]);
    await service.check('guide');
    expect(compare).toHaveBeenCalledTimes(1);
    pass(10_000);
    await service.check('guide');
    expect(compare).toHaveBeenCalledTimes(2);
  });

  it('tells of drift when it begins, and again only after it was gone', async () => {
    let items: DriftItem[] = [];
    const { service, pass, onDrift } = await setUp(async () => items);
    const look = async (found: DriftItem[]) => {
      items = found;
      pass(10_000);
      await service.check('guide');
      return onDrift.mock.calls.length;
    };
    await service.put('guide', guideEnvironment(), 'user:default/a');
    expect(await look([])).toBe(0);
    expect(await look([item])).toBe(1);
    expect(await look([item, item])).toBe(1);
    expect(await look([])).toBe(1);
    expect(await look([item])).toBe(2);
    expect(onDrift).toHaveBeenLastCalledWith(
      expect.objectContaining({ name: 'guide' }),
      expect.objectContaining({ items: [item] }),
    );
  });

  it('does not keep a comparison with a spec that was replaced meanwhile', async () => {
    let answer = (_: DriftItem[]) => {};
    const { service, store, pass } = await setUp(
      () =>
        new Promise(resolve => {
          answer = resolve;
        }),
    );
    await service.put('guide', guideEnvironment(), 'user:default/a');
    const check = service.check('guide');
    await new Promise(setImmediate);
    pass(1000);
    await service.put('guide', guideEnvironment(), 'user:default/b');
    answer([item]);
    expect((await check).items).toEqual([item]);
    expect((await store.get('guide'))?.drift).toBeUndefined();
  });

  it('compares all that are not being provisioned, whatever becomes of one', async () => {
    const { service, compare } = await setUp(async () => {
      throw new Error('no answer');
    });
    const named = (name: string) => {
      const request = guideEnvironment();
      return { ...request, spec: { ...request.spec, name } };
    };
    await service.put('one', named('one'), 'user:default/a');
    await service.put('two', named('two'), 'user:default/a');
    await service.put(
      'three',
      { ...named('three'), status: 'provisioning' },
      'user:default/a',
    );
    await service.checkAll();
    expect(compare).toHaveBeenCalledTimes(2);
    const drifts = (await service.list()).map(({ name, drift }) => [
      name,
      drift?.error,
    ]);
    expect(drifts).toEqual([
      ['one', 'no answer'],
      ['three', undefined],
      ['two', 'no answer'],
    ]);
  });
});
