import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, control, failure } from './__testUtils__/account';
import {
  HOUR,
  makeSteppedCluster,
  startStepped,
  step,
} from './__testUtils__/stepped';
import { apiOf, configMap } from './kube/__testUtils__/api';
import type { Sandbox } from './sandbox';

jest.setTimeout(60_000);

describe('a run', () => {
  const transcriptOf = async (seed: number | undefined) => {
    const sandbox = await startStepped({ seed });
    try {
      const { transcript } = await makeSteppedCluster(sandbox);
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
    const sandbox = await startStepped();
    try {
      const { kube } = await makeSteppedCluster(sandbox);
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
      const sandbox = await startStepped({ stateDir: directory });
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
    const sandbox = await startStepped({ stateDir: directory });
    const { kube } = await makeSteppedCluster(sandbox);
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
    const second = await startStepped({ stateDir: directory });
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
