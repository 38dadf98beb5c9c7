import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, control, failure } from './__testUtils__/account';
import { clusterBody } from './__testUtils__/guide';
import { apiOf, configMap, deployment } from './kube/__testUtils__/api';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';

jest.setTimeout(60_000);

const HOUR = 3600_000;
const PODS = { group: '', version: 'v1', resource: 'pods' };

/** A sandbox in real time, so that nothing happens but by steps. */
const start = (options: SandboxOptions = {}) =>
  startSandbox({ timeScale: 1, gatewayPort: 0, ...options });

const step = (sandbox: Sandbox, advanceMs: number) =>
  control(sandbox, '/clock', 'POST', { advanceMs });

/** A network, a cluster and a Deployment in it; returns every id that came up. */
async function makeCluster(sandbox: Sandbox) {
  const { vpc, ack } = account(sandbox);
  const made = await vpc('CreateVpc', {
    RegionId: 'cn-hangzhou',
    CidrBlock: '20.0.0.0/8',
  });
  await step(sandbox, 10_000);
  const vSwitch = await vpc('CreateVSwitch', {
    RegionId: 'cn-hangzhou',
    VpcId: made.VpcId,
    CidrBlock: '20.0.0.0/16',
    ZoneId: 'cn-hangzhou-h',
  });
  await step(sandbox, 10_000);
  const site = {
    regionId: 'cn-hangzhou',
    vpcId: made.VpcId,
    vSwitchId: vSwitch.VSwitchId,
    zoneId: 'cn-hangzhou-h',
    routeTableId: made.RouteTableId,
  };
  const cluster = await ack.post(
    '/clusters',
    clusterBody('ack', site, '10.0.0.0/16', '172.16.0.0/16'),
  );
  await step(sandbox, HOUR);
  const kube = sandbox.kube.get(cluster.cluster_id)!;
  const call = apiOf(kube);
  const answers = [];
  for (const name of ['a', 'b']) {
    answers.push(
      await call('/apis/apps/v1/namespaces/default/deployments', {
        method: 'POST',
        body: deployment(name, 3),
      }),
    );
  }
  await step(sandbox, HOUR);
  const pods = kube.storage.list(PODS, 'default');
  return {
    answers: [made, vSwitch, cluster],
    kube,
    transcript: {
      made,
      vSwitch,
      cluster,
      uids: answers.map(answer => answer.body.metadata.uid),
      pods: pods.map(pod => [
        pod.metadata.name,
        pod.metadata.uid,
        pod.spec.nodeName,
        pod.status.podIP,
        pod.status.phase,
      ]),
      inventory: (await control(sandbox, '/inventory')).resources.map(
        ({ id }: { id: string }) => id,
      ),
    },
  };
}

describe('a run', () => {
  const transcriptOf = async (seed: number | undefined) => {
    const sandbox = await start({ seed });
    try {
      const { transcript } = await makeCluster(sandbox);
      const { seed: told } = await control(sandbox, '/health');
      return { transcript, told };
    } finally {
      await sandbox.stop();
    }
  };

  it('is repeated by its seed, also one that was drawn', async () => {
    const first = await transcriptOf(undefined);
    expect(first.transcript.pods).toHaveLength(6);
    expect(first.transcript.pods.map(pod => pod[4])).toEqual(
      Array(6).fill('Running'),
    );
    const again = await transcriptOf(first.told);
    expect(again).toEqual(first);
    const other = await transcriptOf(first.told + 1);
    expect(other.transcript.made.VpcId).not.toBe(first.transcript.made.VpcId);
    const ids = ({ transcript }: typeof first) => [
      ...transcript.uids,
      ...transcript.pods.flatMap(pod => pod.slice(0, 2)),
      ...transcript.inventory,
    ];
    const common = ids(other).filter(id => ids(first).includes(id));
    // Zones, nodes and addresses follow from the requests alone.
    expect(
      common.filter(id => /^(vpc|vsw|c[0-9a-f]{32}|.*-.*-)/.test(id)),
    ).toEqual([]);
  });
});

describe('a step', () => {
  it('ages a kubeconfig, though its dates are of the wall clock', async () => {
    const sandbox = await start();
    try {
      const { kube } = await makeCluster(sandbox);
      const { yaml, expiresAt } = kube.kubeconfig({ ttlMs: HOUR });
      expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(HOUR);
      const call = apiOf(kube, yaml);
      expect((await call('/api/v1/namespaces')).status).toBe(200);
      await step(sandbox, HOUR / 2);
      expect((await call('/api/v1/namespaces')).status).toBe(200);
      await step(sandbox, HOUR / 2);
      expect((await call('/api/v1/namespaces')).status).toBe(401);
      const renewed = apiOf(kube, kube.kubeconfig({ ttlMs: HOUR }).yaml);
      expect((await renewed('/api/v1/namespaces')).status).toBe(200);
    } finally {
      await sandbox.stop();
    }
  });
});

describe('a restart on the same state', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'replay-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('goes on with the seed, but not with the ids', async () => {
    const create = (sandbox: Sandbox) =>
      account(sandbox).vpc('CreateVpc', {
        RegionId: 'cn-hangzhou',
        CidrBlock: '20.0.0.0/8',
      });
    const runs = [];
    for (let run = 0; run < 3; run += 1) {
      const sandbox = await start({ stateDir: directory });
      const { VpcId } = await create(sandbox);
      const { seed, resumed } = await control(sandbox, '/health');
      await step(sandbox, HOUR);
      const { elapsedMs, steppedMs } = await control(sandbox, '/clock');
      runs.push({ VpcId, seed, resumed, elapsedMs, steppedMs });
      await sandbox.stop();
    }
    expect(new Set(runs.map(run => run.VpcId)).size).toBe(3);
    expect(new Set(runs.map(run => run.seed)).size).toBe(1);
    expect(runs.map(run => run.resumed)).toEqual([false, true, true]);
    expect(runs.map(run => run.steppedMs)).toEqual([HOUR, 2 * HOUR, 3 * HOUR]);
    expect(runs[2].elapsedMs).toBeGreaterThanOrEqual(3 * HOUR);
  });

  it('has nothing that was refused because the disk was full', async () => {
    const sandbox = await start({ stateDir: directory });
    const { kube } = await makeCluster(sandbox);
    const call = apiOf(kube);
    const post = (name: string) =>
      call('/api/v1/namespaces/default/configmaps', {
        method: 'POST',
        body: configMap(name),
      });
    const { vpc } = account(sandbox);
    const create = () =>
      vpc('CreateVpc', {
        RegionId: 'cn-hangzhou',
        CidrBlock: '10.0.0.0/8',
        ClientToken: 'again',
      });
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw new Error('ENOSPC: no space left on device');
    });
    const refused = await post('refused');
    const error = await failure(create());
    write.mockRestore();
    expect(refused.status).toBe(500);
    expect(refused.body.message).toMatch(/cannot be written .*no space left/);
    expect(error.code).toBe('InternalError');
    expect(error.message).toMatch(/cannot be written .*no space left/);
    expect(
      (await call('/api/v1/namespaces/default/configmaps/refused')).status,
    ).toBe(404);
    // With room again both succeed; the token makes one VPC of the two calls.
    expect((await post('taken')).status).toBe(201);
    const { VpcId } = await create();
    await sandbox.stop();
    const second = await start({ stateDir: directory });
    const { Vpcs } = await account(second).vpc('DescribeVpcs', {
      RegionId: 'cn-hangzhou',
    });
    const own = Vpcs.Vpc.filter((v: any) => v.CidrBlock === '10.0.0.0/8');
    expect(own.map((v: any) => v.VpcId)).toEqual([VpcId]);
    const names = second.kube
      .get(kube.spec.id)!
      .storage.list(
        { group: '', version: 'v1', resource: 'configmaps' },
        'default',
      )
      .map(object => object.metadata.name);
    expect(names).toContain('taken');
    expect(names).not.toContain('refused');
    await second.stop();
  });
});
