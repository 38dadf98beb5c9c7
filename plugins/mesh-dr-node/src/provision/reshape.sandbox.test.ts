import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { findEnvironment } from './find';
import { planEnvironment, type EnvironmentPlan } from './plan';
import { provisionEnvironment } from './provision';
import type { EnvironmentSpec } from './spec';
import {
  guideSpec,
  inventory,
  QUICK_PACE,
  startTestCloud,
} from './__testUtils__/sandbox';

const pace = QUICK_PACE;

jest.setTimeout(120_000);

const actionsOf = (plan: EnvironmentPlan) =>
  Object.fromEntries(
    plan.resources
      .filter(({ action }) => action !== 'keep')
      .map(({ key, action }) => [key, action]),
  );

describe('an environment among things of others', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 600 }));
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  /** The whole of an earlier environment, adopted by another one. */
  const adopting = async (name: string, from: string) => {
    const theirs = await findEnvironment(cloud, from);
    const spec = guideSpec({ name });
    spec.cen.cenId = theirs.cens[0].cenId;
    spec.network.vpcs.forEach(vpc => {
      const existing = theirs.vpcs.find(item => item.vpcName === vpc.name)!;
      vpc.vpcId = existing.vpcId;
      vpc.vswitches.forEach(vswitch => {
        vswitch.vSwitchId = theirs.vswitches.find(
          item => item.vSwitchName === vswitch.name,
        )!.vSwitchId;
      });
    });
    return spec;
  };

  it('uses a network that exists as it is, and leaves it standing when it goes', async () => {
    const network = [
      'vpc',
      'vswitch',
      'cen',
      'transit-router',
      'vpc-attachment',
      'peer-attachment',
      'route-link',
    ] as const;
    await provisionEnvironment(cloud, guideSpec({ name: 'landlord' }), {
      pace,
      kinds: network,
    });
    const before = await inventory(sandbox);

    const spec = await adopting('tenant', 'landlord');
    // The link is on the landlord's bill: whatever bandwidth it has must do.
    spec.cen.bandwidthMbps = 50;
    const plan = await planEnvironment(cloud, spec);
    expect(
      plan.resources
        .filter(({ action }) => action === 'adopt')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([
      'cen',
      'peer-attachment',
      'transit-router',
      'transit-router',
      'vpc',
      'vpc',
      'vpc',
      'vpc-attachment',
      'vpc-attachment',
      'vpc-attachment',
      'vswitch',
      'vswitch',
      'vswitch',
    ]);
    expect(plan.criticalPath).toEqual([
      'cluster/ack-hangzhou',
      'pod-routes/ack-hangzhou',
    ]);

    const report = await provisionEnvironment(cloud, spec, { pace });
    expect(report.resources.filter(item => item.reason)).toEqual([]);
    expect(report.status).toBe('ready');
    expect(report.outputs.clusters).toHaveLength(2);
    const [link] = (await findEnvironment(cloud, 'landlord')).peerAttachments;
    expect(link.bandwidth).toBe(100);

    const destroyed = await destroyEnvironment(cloud, 'tenant', { pace });
    expect(destroyed.leftovers).toEqual([]);
    expect(destroyed.status).toBe('destroyed');
    expect(await inventory(sandbox)).toEqual(before);
    await destroyEnvironment(cloud, 'landlord', { pace });
  });

  it('refuses to use what is not as the plan says', async () => {
    await provisionEnvironment(cloud, guideSpec({ name: 'landlord' }), {
      pace,
      kinds: ['vpc', 'vswitch', 'cen'],
    });
    const spec = await adopting('tenant', 'landlord');
    spec.network.vpcs[0].cidr = '20.0.0.0/9';
    spec.network.vpcs[1].vswitches[0].vSwitchId = 'vsw-uf6gone';
    const plan = await planEnvironment(cloud, spec);
    expect(actionsOf(plan)).toMatchObject({
      'vpc/vpc-hangzhou': 'conflict',
      'vswitch/vpc-shanghai/vpc-shanghai-switch-1': 'missing',
    });
    const before = await inventory(sandbox);
    const report = await provisionEnvironment(cloud, spec, {
      pace,
      kinds: ['vpc', 'vswitch'],
    });
    expect(report.status).toBe('failed');
    expect(
      report.resources.find(({ key }) => key === 'vpc/vpc-hangzhou')?.reason,
    ).toMatch(/used as vpc-\S+, but its CIDR is 20\.0\.0\.0\/8/);
    expect(await inventory(sandbox)).toEqual(before);
    await destroyEnvironment(cloud, 'landlord', { pace });
  });

  it('finds what is in the way on a CEN and in a VPC that are adopted, before anything is made', async () => {
    await provisionEnvironment(cloud, guideSpec({ name: 'landlord' }), {
      pace,
      kinds: [
        'vpc',
        'vswitch',
        'cen',
        'transit-router',
        'vpc-attachment',
        'cluster',
      ],
    });
    const theirs = await findEnvironment(cloud, 'landlord');
    const before = await inventory(sandbox);
    const spec = await adopting('tenant', 'landlord');
    // A VPC of its own on their CEN, in the middle of the VPC of the mesh that it does not adopt.
    spec.network.vpcs[2] = {
      name: 'vpc-new',
      region: 'cn-hangzhou',
      cidr: '192.168.8.0/24',
      vswitches: [{ name: 'vpc-new-switch', cidr: '192.168.8.0/25' }],
    };
    spec.network.mesh.vpc = 'vpc-new';
    // A vSwitch of its own in a VPC it adopts, where there is one already.
    spec.network.vpcs[0].vswitches = [{ name: 'extra', cidr: '20.0.0.0/17' }];
    await expect(provisionEnvironment(cloud, spec, { pace })).rejects.toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(
          /network\.vpcs\[2\]\.cidr = 192\.168\.8\.0\/24[^]*vpc-hangzhou2[^]*on the CEN/,
        ),
      }),
    );
    await expect(provisionEnvironment(cloud, spec, { pace })).rejects.toThrow(
      new RegExp(
        `network\\.vpcs\\[0\\]\\.vswitches\\[0\\]\\.cidr = 20\\.0\\.0\\.0/17: overlaps ${
          theirs.vswitches.find(({ cidrBlock }) => cidrBlock === '20.0.0.0/16')!
            .vSwitchId
        }`,
      ),
    );
    await expect(provisionEnvironment(cloud, spec, { pace })).rejects.toThrow(
      /podCidr = 10\.0\.0\.0\/16[^]*Pods of cluster ack-hangzhou/,
    );
    expect(await inventory(sandbox)).toEqual(before);
    await destroyEnvironment(cloud, 'landlord', { pace });
  });

  it('takes a region away and makes a VPC anew, but only when it may', async () => {
    const before = await inventory(sandbox);
    const kinds = ['cluster', 'vpc', 'vswitch'] as const;
    const first = guideSpec({ name: 'changing' });
    await provisionEnvironment(cloud, first, { pace, kinds });

    const smaller: EnvironmentSpec = structuredClone(first);
    smaller.network.vpcs[0].cidr = '10.64.0.0/12';
    smaller.network.vpcs[0].vswitches[0].cidr = '10.64.0.0/16';
    smaller.network.clusters = smaller.network.clusters.slice(0, 1);
    const plan = await planEnvironment(cloud, smaller);
    expect(actionsOf(plan)).toMatchObject({
      'vpc/vpc-hangzhou': 'replace',
      'vswitch/vpc-hangzhou/vpc-hangzhou-switch-1': 'replace',
      'cluster/ack-hangzhou': 'replace',
    });
    expect(
      plan.resources.filter(({ action }) => action === 'delete'),
    ).toMatchObject([
      {
        title: 'security group rules of ack-shanghai',
        reason: 'belongs to something that goes',
      },
      {
        title: 'ACK cluster ack-shanghai in cn-shanghai',
        reason: 'carries the tag of the environment, not in the spec',
      },
    ]);
    const { clusters } = await findEnvironment(cloud, 'changing');

    const refused = await provisionEnvironment(cloud, smaller, { pace, kinds });
    expect(refused.status).toBe('failed');
    expect(
      refused.resources.find(({ key }) => key === 'vpc/vpc-hangzhou')?.reason,
    ).toMatch(/let the run replace it/);
    expect((await findEnvironment(cloud, 'changing')).clusters).toHaveLength(2);

    const done = await provisionEnvironment(cloud, smaller, {
      pace,
      kinds,
      prune: true,
      replace: true,
    });
    expect(done.resources.filter(item => item.reason)).toEqual([]);
    const after = await findEnvironment(cloud, 'changing');
    expect(after.clusters.map(({ name }) => name)).toEqual(['ack-hangzhou']);
    expect(clusters.map(({ clusterId }) => clusterId)).not.toContain(
      after.clusters[0].clusterId,
    );
    expect(
      after.vpcs.find(({ vpcName }) => vpcName === 'vpc-hangzhou')?.cidrBlock,
    ).toBe('10.64.0.0/12');
    expect(
      new Set(
        (await planEnvironment(cloud, smaller)).resources.map(r => r.key),
      ),
    ).not.toContain('cluster/ack-shanghai');
    await destroyEnvironment(cloud, 'changing', { pace });
    expect(await inventory(sandbox)).toEqual(before);
  });
});
