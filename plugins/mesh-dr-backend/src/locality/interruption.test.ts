import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type {
  LocalityIntent,
  RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type {
  AlicloudAccounts,
  KubernetesConnector,
  KubernetesObject,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { Knex } from 'knex';
import {
  BOTH_WAYS,
  DISTRIBUTION,
  FAILOVER,
  MESH,
  RULES,
  SERVICE,
  SUBSETS,
  storedChange,
} from '../__testUtils__/changes';
import { FakeCloud, MESH_ID } from '../__testUtils__/FakeCloud';
import { FakeConnector } from '../__testUtils__/FakeKubernetes';
import { destinationRule } from '../__testUtils__/objects';
import { DatabaseChangeStore } from '../database/DatabaseChangeStore';
import { Leases } from '../database/Leases';
import { migrationsDirectory } from '../database/migrate';
import { Fleet } from '../fleet/Fleet';
import { ChangeApplier } from './ChangeApplier';
import { ChangeLedger } from './ChangeLedger';
import { ChangeLocks } from './ChangeLocks';
import { MeshRule, sameRule } from './MeshRule';
import { RuleWriter } from './RuleWriter';
import { ServiceRule } from './ServiceRule';
import type { ChangePlan } from './types';

jest.setTimeout(120_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const logger = mockServices.logger.mock();
const CALLS = ['get', 'list', 'apply', 'patch', 'delete'];

/** A process that is gone from its nth call on, either just before the call or right after it took effect. */
class Mortal {
  private calls = 0;
  dead = false;

  constructor(
    private readonly last: number,
    private readonly when: 'before' | 'after',
  ) {}

  /** The object as this process sees it; only the named methods count, or all of them. */
  wrap<T extends object>(object: T, methods?: string[]): T {
    return new Proxy(object, {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        if (methods && !methods.includes(String(key))) {
          return value.bind(target);
        }
        return (...args: unknown[]) =>
          this.pass(() => value.apply(target, args));
      },
    });
  }

  private async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Error('gone');
    this.calls += 1;
    const doomed = this.calls === this.last;
    if (doomed && this.when === 'before') {
      this.dead = true;
      throw new Error('gone');
    }
    const result = await call();
    if (doomed) {
      this.dead = true;
      throw new Error('gone');
    }
    return result;
  }
}

/** One portal process on a cloud and a database that outlive it. */
function startProcess(
  cloud: FakeCloud,
  connector: FakeConnector,
  db: Knex,
  mortal = new Mortal(Infinity, 'before'),
) {
  const accounts: AlicloudAccounts = {
    names: () => cloud.names(),
    get: () => {
      const all = cloud.get();
      return { ...all, asm: mortal.wrap(all.asm) };
    },
  };
  const kubernetes: KubernetesConnector = {
    cluster: ref => connector.cluster(ref as { clusterId: string }),
    mesh: ref => mortal.wrap(connector.mesh(ref), CALLS),
  };
  const fleet = new Fleet({ accounts: cloud, connector, logger });
  const meshRule = new MeshRule(accounts);
  const serviceRule = new ServiceRule(kubernetes);
  const ledger = new ChangeLedger(mortal.wrap(new DatabaseChangeStore(db)));
  const audited: string[] = [];
  const auditor = mockServices.auditor.mock({
    createEvent: async ({ eventId, meta }) => ({
      success: async () => void audited.push(`${eventId} ${meta?.changeId}`),
      fail: async () => {},
    }),
  });
  const applier = new ChangeApplier({
    ledger,
    auditor,
    logger,
    now: Date.now,
    locks: new ChangeLocks(new Leases(db)),
    writer: new RuleWriter(fleet, meshRule, serviceRule),
  });
  const stop = () => fleet.stop();
  return { meshRule, serviceRule, ledger, applier, audited, stop };
}

const ref = { account: 'default', serviceMeshId: MESH_ID };
const failover: LocalityIntent = { mode: 'failover', failover: BOTH_WAYS };
const oneWay: LocalityIntent = { mode: 'failover', failover: [BOTH_WAYS[0]] };
const distribution: LocalityIntent = {
  mode: 'distribution',
  distribute: [
    { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
  ],
};
const off: LocalityIntent = { mode: 'off' };

describe('a process that dies anywhere while a rule is changed', () => {
  /** Kills at every call in turn, lets another process take over, and returns how many calls there were. */
  async function dieEverywhere(run: {
    target: RuleTarget;
    prepare(): Promise<{
      cloud: FakeCloud;
      connector: FakeConnector;
      plan: ChangePlan;
    }>;
    check(cloud: FakeCloud, connector: FakeConnector): Promise<void>;
  }): Promise<number> {
    const db = await databases.init('SQLITE_3');
    await db.migrate.latest({ directory: migrationsDirectory() });
    for (let call = 1; ; call++) {
      let survived = false;
      for (const when of ['before', 'after'] as const) {
        const { cloud, connector, plan } = await run.prepare();
        const id = `${call}-${when}`;
        const { target } = run;
        await new DatabaseChangeStore(db).insert(
          storedChange({ id, target, plan, status: 'applying' }),
        );
        const mortal = new Mortal(call, when);
        const first = startProcess(cloud, connector, db, mortal);
        const change = await new DatabaseChangeStore(db).get(id);
        await first.applier.carryOut(change!).catch(() => {});
        first.stop();
        survived = !mortal.dead;
        const { status: left } = (await new DatabaseChangeStore(db).get(id))!;

        const second = startProcess(cloud, connector, db);
        await second.applier.resume();
        const { status, error } = await second.ledger.get(id);
        expect([id, status, error]).toEqual([id, 'applied', undefined]);
        expect(second.audited).toEqual(
          left === 'applying' ? [`change-resume ${id}`] : [],
        );
        await run.check(cloud, connector);
        second.stop();
      }
      if (survived) return call - 1;
    }
  }

  it.each<[string, string, LocalityIntent, LocalityIntent, number]>([
    // What meshes before and after 1.22.6.66 can do.
    ['v1.18.0.131-g1a2b3c4d-aliyun', 'failover → another', failover, oneWay, 6],
    ['v1.18.0.131-g1a2b3c4d-aliyun', 'failover → off', failover, off, 6],
    ['v1.22.6.66-g1a2b3c4d-aliyun', 'off → distribution', off, distribution, 6],
    [
      'v1.22.6.66-g1a2b3c4d-aliyun',
      'failover → distribution',
      failover,
      distribution,
      9,
    ],
    [
      'v1.22.6.66-g1a2b3c4d-aliyun',
      'distribution → failover',
      distribution,
      failover,
      9,
    ],
  ])(
    'on %s, mesh-wide %s: ends where it was to end',
    async (version, _, from, to, calls) => {
      const died = await dieEverywhere({
        target: MESH,
        async prepare() {
          const cloud = new FakeCloud();
          const connector = new FakeConnector();
          cloud.mesh.version = version;
          const { meshRule } = startProcess(cloud, connector, await empty());
          const before = meshRule.plan({ enabled: false }, from).after;
          cloud.mesh.locality = { failover: [], distribute: [], ...before };
          return { cloud, connector, plan: meshRule.plan(before, to) };
        },
        async check(cloud) {
          const rule = new MeshRule(cloud);
          const now = await rule.read(ref);
          expect(sameRule(now, rule.plan(now, to).after)).toBe(true);
        },
      });
      expect(died).toBeGreaterThanOrEqual(calls);
    },
  );

  it.each<[string, KubernetesObject | undefined, object, number]>([
    ['none → failover', undefined, FAILOVER, 3],
    [
      "somebody else's failover → distribution",
      destinationRule('reviews', {
        host: 'reviews',
        subsets: SUBSETS,
        trafficPolicy: {
          loadBalancer: {
            localityLbSetting: { enabled: true, failover: BOTH_WAYS },
          },
        },
      }),
      DISTRIBUTION,
      4,
    ],
  ])(
    'of one service, %s: ends where it was to end',
    async (_, object, intent, calls) => {
      const died = await dieEverywhere({
        target: SERVICE,
        async prepare() {
          const cloud = new FakeCloud();
          const connector = new FakeConnector();
          if (object) connector.server(MESH_ID).put('destinationrules', object);
          const { serviceRule } = startProcess(cloud, connector, await empty());
          const plan = await serviceRule.plan(
            { ...ref, namespace: 'default', name: 'reviews' },
            intent as LocalityIntent,
          );
          return { cloud, connector, plan };
        },
        async check(_cloud, connector) {
          const live: any = await connector
            .server(MESH_ID)
            .get(RULES, 'default', 'reviews');
          const { failover: fail, distribute } = intent as any;
          expect(
            live.spec.trafficPolicy.loadBalancer.localityLbSetting,
          ).toEqual({
            enabled: true,
            ...(fail && { failover: fail }),
            ...(distribute && { distribute }),
          });
        },
      });
      expect(died).toBeGreaterThanOrEqual(calls);
    },
  );
});

/** A database that nothing is written to. */
let unused: Knex | undefined;
async function empty(): Promise<Knex> {
  unused ??= await databases.init('SQLITE_3');
  return unused;
}
