import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment, planDestroy } from './destroy';
import { findEnvironment, isEmpty } from './find';
import { planEnvironment } from './plan';
import { provisionEnvironment } from './provision';
import type { ProgressEvent } from './types';
import {
  guideSpec,
  inventory,
  QUICK_PACE,
  startTestCloud,
} from './__testUtils__/sandbox';

const pace = QUICK_PACE;

jest.setTimeout(120_000);

describe('an environment on the local cloud', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 300 }));
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('comes up as the guide plans it, is left alone by a second run, and goes without a trace', async () => {
    const before = await inventory(sandbox);
    const spec = guideSpec();

    const { resources: plan } = await planEnvironment(cloud, spec);
    expect(new Set(plan.map(item => item.action))).toEqual(new Set(['create']));
    expect(await inventory(sandbox)).toEqual(before);

    const events: ProgressEvent[] = [];
    const first = await provisionEnvironment(cloud, spec, {
      pace,
      onProgress: event => events.push(event),
    });
    expect(first.resources.filter(item => item.reason)).toEqual([]);
    expect(first.status).toBe('ready');
    expect(first.outputs.clusters.map(({ name }) => name)).toEqual([
      'ack-hangzhou',
      'ack-shanghai',
    ]);
    expect(first.outputs.mesh?.id).toMatch(/^c[0-9a-f]{32}$/);
    expect(
      events.filter(({ state }) => state === 'ready').map(({ key }) => key),
    ).toEqual(expect.arrayContaining(plan.map(({ key }) => key)));

    const provisioned = await inventory(sandbox);
    const second = await provisionEnvironment(cloud, spec, { pace });
    expect(second.status).toBe('ready');
    expect(new Set(second.resources.map(item => item.result))).toEqual(
      new Set(['unchanged']),
    );
    expect(second.uid).toBe(first.uid);
    expect(await inventory(sandbox)).toEqual(provisioned);
    expect(
      new Set(
        (await planEnvironment(cloud, spec)).resources.map(item => item.action),
      ),
    ).toEqual(new Set(['keep']));

    const { steps } = await planDestroy(cloud, spec.name);
    expect(steps.filter(step => step.blocked)).toEqual([]);
    const destroyed = await destroyEnvironment(cloud, spec.name, { pace });
    expect(destroyed.resources.filter(item => item.reason)).toEqual([]);
    expect(destroyed.leftovers).toEqual([]);
    expect(destroyed.status).toBe('destroyed');
    expect(await inventory(sandbox)).toEqual(before);
    expect(isEmpty(await findEnvironment(cloud, spec.name))).toBe(true);

    const again = await destroyEnvironment(cloud, spec.name, { pace });
    expect(again).toMatchObject({ status: 'destroyed', resources: [] });
  });

  it('resumes after a cancel, without a twin and without an orphan', async () => {
    const before = await inventory(sandbox);
    const spec = guideSpec({ name: 'resumed' });
    const controller = new AbortController();
    const cancelled = await provisionEnvironment(cloud, spec, {
      pace,
      signal: controller.signal,
      onProgress: ({ key, state }) => {
        if (key === 'cluster/ack-hangzhou' && state === 'created') {
          controller.abort();
        }
      },
    });
    expect(cancelled.status).toBe('cancelled');

    const resumed = await provisionEnvironment(cloud, spec, { pace });
    expect(resumed.resources.filter(item => item.reason)).toEqual([]);
    expect(resumed.uid).toBe(cancelled.uid);
    const found = await findEnvironment(cloud, spec.name);
    expect(found.vpcs).toHaveLength(3);
    expect(found.clusters).toHaveLength(2);
    expect(found.meshes).toHaveLength(1);

    await destroyEnvironment(cloud, spec.name, { pace });
    expect(await inventory(sandbox)).toEqual(before);
  });

  it('gives a link bandwidth later that had none, and comes up anew under the same name', async () => {
    const name = 'repaired';
    const network = ['vpc', 'vswitch', 'cen', 'transit-router'] as const;
    const kinds = [
      ...network,
      'vpc-attachment',
      'peer-attachment',
      'route-link',
    ] as const;
    const without = guideSpec({ name, cen: {} });
    const first = await provisionEnvironment(cloud, without, { pace, kinds });
    expect(first.status).toBe('ready');
    const [link] = (await findEnvironment(cloud, name)).peerAttachments;
    expect(link.bandwidth || 0).toBe(0);

    const repaired = guideSpec({ name, cen: { bandwidthMbps: 50 } });
    const plan = await planEnvironment(cloud, repaired, { kinds });
    expect(plan.resources.filter(item => item.action !== 'keep')).toEqual([
      expect.objectContaining({
        action: 'update',
        reason: 'bandwidth none → 50 Mbit/s',
      }),
    ]);
    await provisionEnvironment(cloud, repaired, { pace, kinds });
    const after = (await findEnvironment(cloud, name)).peerAttachments;
    expect(after).toEqual([
      expect.objectContaining({
        transitRouterAttachmentId: link.transitRouterAttachmentId,
        bandwidth: 50,
      }),
    ]);

    await destroyEnvironment(cloud, name, { pace });
    const second = await provisionEnvironment(cloud, repaired, {
      pace,
      kinds: network,
    });
    expect(second.status).toBe('ready');
    expect(second.uid).not.toBe(first.uid);
    expect(second.outputs.cenId).not.toBe(first.outputs.cenId);
    await destroyEnvironment(cloud, name, { pace });
  });

  it('touches nothing when a region, a version or the plan is wrong', async () => {
    const before = await inventory(sandbox);
    const spec = guideSpec({
      name: 'wrong',
      mesh: { istioVersion: '9.9' },
      clusters: {
        instanceTypes: ['ecs.g7.xlarge'],
        kubernetesVersion: '1.2.3',
      },
    });
    spec.network.vpcs[0].region = 'cn-atlantis';
    await expect(provisionEnvironment(cloud, spec, { pace })).rejects.toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(
          /cn-atlantis[^]*Known: .*cn-hangzhou[^]*9\.9[^]*Offered/,
        ),
      }),
    );
    expect(await inventory(sandbox)).toEqual(before);
  });

  it('says what is missing when a slice is asked for too early', async () => {
    const report = await provisionEnvironment(
      cloud,
      guideSpec({ name: 'early' }),
      { pace, kinds: ['cluster'] },
    );
    expect(report.status).toBe('failed');
    expect(
      report.resources.find(({ key }) => key === 'vpc/vpc-hangzhou')?.reason,
    ).toContain('does not exist yet in environment early');
  });

  it('keeps what others have put into it, and says so', async () => {
    const spec = guideSpec({ name: 'shared' });
    await provisionEnvironment(cloud, spec, { pace, kinds: ['vpc'] });
    const [vpc] = (await findEnvironment(cloud, 'shared')).vpcs;
    const [zone] = await cloud.vpc.describeZones({ regionId: vpc.regionId });
    const { vSwitchId } = await cloud.vpc.createVSwitch({
      regionId: vpc.regionId,
      vpcId: vpc.vpcId,
      zoneId: zone.zoneId,
      cidrBlock: vpc.cidrBlock.replace('.0.0/', '.7.0/').replace(/\/.*/, '/24'),
      vSwitchName: 'of-somebody-else',
      clientToken: 'somebody-else',
    });
    const report = await destroyEnvironment(cloud, 'shared', { pace });
    expect(report.status).toBe('failed');
    expect(report.leftovers).toEqual([expect.stringContaining(vpc.vpcId)]);
    expect(
      report.resources.find(({ id }) => id === vpc.vpcId)?.reason,
    ).toContain(vSwitchId);

    await cloud.vpc.deleteVSwitch({ regionId: vpc.regionId, vSwitchId });
    expect((await destroyEnvironment(cloud, 'shared', { pace })).status).toBe(
      'destroyed',
    );
  });
});
