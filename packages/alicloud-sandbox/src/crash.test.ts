import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, until, type Account } from './__testUtils__/account';
import { clusterBody, makeCluster, makeSite } from './__testUtils__/guide';
import { startProcess, type SandboxProcess } from './__testUtils__/process';
import { apiOf, configMap, deployment } from './kube/__testUtils__/api';
import { createSource } from './random';
import type { Sandbox } from './sandbox';

jest.setTimeout(120_000);

const ROUNDS = 5;
const REGION = 'cn-hangzhou';
const MAPS = '/api/v1/namespaces/default/configmaps';
const SCALE = '/apis/apps/v1/namespaces/default/deployments/web';

/** Moments of death and choices of the load; change the seed to look at other ones. */
const random = createSource(20260102);
const below = (what: string, bound: number) =>
  Math.floor(random.fraction(what) * bound);

type Call = ReturnType<typeof apiOf>;

/** What the clients know: `undefined` after a call that was never answered. */
class Ledger {
  readonly maps = new Map<string, string | 'deleted' | undefined>();
  /** By name, which is also the ClientToken. */
  readonly vpcs = new Map<string, { id?: string; deleted?: boolean }>();
  /** Of the Deployment: as acknowledged last, and as asked for last. */
  replicas = { acknowledged: 1, asked: 1 };
  acknowledged = 0;
  private serial = 0;

  next(prefix: string): string {
    this.serial += 1;
    return `${prefix}-${this.serial}`;
  }
}

describe('a sandbox that is killed under load', () => {
  let directory: string;
  let running: SandboxProcess;
  let cloud: Account;
  let clusterId: string;
  const ledger = new Ledger();

  const start = async () => {
    running = await startProcess([
      ...['--port', '0', '--gateway-port', '0', '--time-scale', '500'],
      ...['--state', directory, '--seed', '5'],
    ]);
    cloud = account(running as unknown as Sandbox);
  };
  const connect = async (): Promise<Call> => {
    const { config } = await cloud.ack.get(`/k8s/${clusterId}/user_config`);
    return apiOf(undefined as never, config);
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'crash-'));
    await start();
    const site = await makeSite(
      cloud,
      REGION,
      '20.0.0.0/8',
      '20.0.0.0/16',
      'cn-hangzhou-h',
    );
    clusterId = await makeCluster(
      cloud,
      clusterBody('ack', site, '10.0.0.0/16', '172.16.0.0/16'),
    );
    const call = await connect();
    await call('/apis/apps/v1/namespaces/default/deployments', {
      method: 'POST',
      body: deployment('web', 1),
    });
  });
  afterAll(async () => {
    running.kill();
    await running.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  /** Writes, changes and deletes ConfigMaps. */
  async function writeMaps(call: Call, acknowledge: () => void) {
    for (;;) {
      const known = [...ledger.maps].filter(([, v]) => v && v !== 'deleted');
      const action = below('action', known.length > 3 ? 3 : 1);
      const value = ledger.next('value');
      const name =
        action === 0
          ? ledger.next('map')
          : known[below('which', known.length)][0];
      // From here to the answer nobody knows.
      const before = ledger.maps.get(name);
      if (action > 0 && before === undefined) continue;
      ledger.maps.set(name, undefined);
      const { status } = await call(action === 0 ? MAPS : `${MAPS}/${name}`, {
        method: ['POST', 'PUT', 'DELETE'][action],
        ...(action < 2 ? { body: configMap(name, { value }) } : {}),
      });
      expect([200, 201]).toContain(status);
      ledger.maps.set(name, action === 2 ? 'deleted' : value);
      acknowledge();
    }
  }

  /** Creates VPCs by token and deletes the older ones. */
  async function writeVpcs(acknowledge: () => void) {
    for (;;) {
      const name = ledger.next('vpc');
      const vpc: { id?: string; deleted?: boolean } = {};
      ledger.vpcs.set(name, vpc);
      vpc.id = await createVpc(name);
      acknowledge();
      const alive = [...ledger.vpcs].filter(([, v]) => v.id && !v.deleted);
      if (alive.length < 4) continue;
      const [, oldest] = alive[0];
      const { id } = oldest;
      oldest.id = undefined;
      await cloud.vpc('DeleteVpc', { RegionId: REGION, VpcId: id });
      oldest.deleted = true;
      acknowledge();
    }
  }

  async function createVpc(name: string): Promise<string> {
    const { VpcId } = await cloud.vpc('CreateVpc', {
      RegionId: REGION,
      CidrBlock: '172.16.0.0/12',
      VpcName: name,
      ClientToken: name,
    });
    return VpcId;
  }

  async function scale(call: Call, acknowledge: () => void) {
    for (;;) {
      const replicas = 1 + below('replicas', 6);
      ledger.replicas.asked = replicas;
      const { status } = await call(SCALE, {
        method: 'PATCH',
        type: 'application/merge-patch+json',
        body: { spec: { replicas } },
      });
      expect(status).toBe(200);
      ledger.replicas.acknowledged = replicas;
      acknowledge();
    }
  }

  /** Runs the load until so many calls were acknowledged, then kills the process in the middle of the rest. */
  async function killUnderLoad(call: Call, after: number) {
    let left = after;
    const acknowledge = () => {
      ledger.acknowledged += 1;
      left -= 1;
      if (left === 0) running.kill();
    };
    const ended = await Promise.allSettled([
      writeMaps(call, acknowledge),
      writeMaps(call, acknowledge),
      writeVpcs(acknowledge),
      scale(call, acknowledge),
    ]);
    await running.gone;
    const reasons = ended.map(e => String((e as PromiseRejectedResult).reason));
    expect(left).toBeLessThanOrEqual(0);
    for (const reason of reasons) {
      expect(reason).toMatch(
        /ECONN|socket hang up|socket disconnected|EPIPE|aborted/,
      );
    }
  }

  async function checkMaps(call: Call) {
    const { body } = await call(MAPS);
    const there = new Map<string, string>(
      body.items.map((o: any) => [o.metadata.name, o.data?.value]),
    );
    for (const [name, value] of ledger.maps) {
      if (value === undefined) {
        ledger.maps.set(name, there.get(name) ?? 'deleted');
      } else {
        expect([name, there.get(name) ?? 'deleted']).toEqual([name, value]);
      }
    }
  }

  async function checkVpcs() {
    const list = async () => {
      const { Vpcs } = await cloud.vpc('DescribeVpcs', {
        RegionId: REGION,
        PageSize: 50,
      });
      return (Vpcs.Vpc as any[]).filter(v => v.VpcName.startsWith('vpc-'));
    };
    const before = await list();
    for (const [name, vpc] of ledger.vpcs) {
      const named = before.filter(v => v.VpcName === name);
      if (vpc.deleted) expect(named).toEqual([]);
      else if (vpc.id) expect(named.map(v => v.VpcId)).toEqual([vpc.id]);
      else expect(named.length).toBeLessThanOrEqual(1);
    }
    // Pending state changes go on.
    await until('all VPCs', async () =>
      (await list()).every(v => v.Status === 'Available'),
    );
    // A call that was never answered is sent again with its token: it makes nothing twice.
    for (const [name, vpc] of ledger.vpcs) {
      if (vpc.id || vpc.deleted) continue;
      const [known] = before.filter(v => v.VpcName === name);
      if (known) {
        expect(await createVpc(name)).toBe(known.VpcId);
        vpc.id = known.VpcId;
      } else vpc.deleted = true;
    }
  }

  async function checkPods(call: Call) {
    const { body } = await call(SCALE);
    const wanted = body.spec.replicas;
    // Only the change that was under way may have come on top of the last acknowledged one.
    expect(Object.values(ledger.replicas)).toContain(wanted);
    ledger.replicas = { acknowledged: wanted, asked: wanted };
    await until(`${wanted} pods`, async () => {
      const { body: pods } = await call('/api/v1/namespaces/default/pods');
      const ready = pods.items.filter(
        (pod: any) =>
          !pod.metadata.deletionTimestamp && pod.status.phase === 'Running',
      );
      const names = new Set(pods.items.map((pod: any) => pod.metadata.uid));
      expect(names.size).toBe(pods.items.length);
      return pods.items.length === wanted && ready.length === wanted;
    });
  }

  it('has everything that was acknowledged, nothing twice, and goes on', async () => {
    let call = await connect();
    for (let round = 0; round < ROUNDS; round += 1) {
      await killUnderLoad(call, 20 + below('death', 120));
      await start();
      call = await connect();
      await checkMaps(call);
      await checkVpcs();
      await checkPods(call);
    }
    expect(ledger.acknowledged).toBeGreaterThan(ROUNDS * 20);
  });
});
