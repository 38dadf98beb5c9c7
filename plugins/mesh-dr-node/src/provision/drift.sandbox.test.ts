import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { driftOfEnvironment } from './drift';
import { provisionEnvironment } from './provision';
import type { EnvironmentSpec } from './spec';
import { guideSpec, QUICK_PACE, startTestCloud } from './__testUtils__/sandbox';

const pace = QUICK_PACE;

jest.setTimeout(120_000);

describe('drift of an environment', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let spec: EnvironmentSpec;
  let clusters: { id: string; region: string; securityGroupId: string }[];

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 600 }));
    spec = guideSpec();
    const report = await provisionEnvironment(cloud, spec, { pace });
    ({ clusters } = report.outputs);
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('is nothing after provisioning', async () => {
    expect(clusters).toHaveLength(2);
    expect(await driftOfEnvironment(cloud, spec)).toEqual([]);
  });

  it('names what somebody changed by hand, and is gone after provisioning again', async () => {
    const [link] = await cloud.cen.listPeerAttachments({
      regionId: 'cn-hangzhou',
    });
    await cloud.cen.updatePeerAttachment({
      transitRouterAttachmentId: link.transitRouterAttachmentId,
      bandwidth: 10,
      bandwidthType: 'DataTransfer',
    });
    const [{ region: regionId, securityGroupId }] = clusters;
    await cloud.ecs.revokeIngress({
      regionId,
      securityGroupId,
      rules: [
        {
          sourceCidrIp: '10.1.0.0/16',
          ipProtocol: 'all',
          portRange: '-1/-1',
        },
      ],
    });
    const items = await driftOfEnvironment(cloud, spec);
    expect(items).toEqual([
      expect.objectContaining({
        key: 'peer-attachment/cn-hangzhou/cn-shanghai',
        kind: 'changed',
        detail: 'bandwidth 10 → 100 Mbit/s',
        repair: 'provision',
      }),
      expect.objectContaining({
        key: 'security-group/ack-hangzhou',
        id: securityGroupId,
        kind: 'changed',
        detail: 'allow 10.1.0.0/16',
        repair: 'provision',
      }),
    ]);
    await provisionEnvironment(cloud, spec, { pace });
    expect(await driftOfEnvironment(cloud, spec)).toEqual([]);
  });

  it('tells what no run repairs, what would have to be made anew, and what has no place any more', async () => {
    const wanted: EnvironmentSpec = structuredClone(spec);
    wanted.clusters.nodes = 3;
    wanted.apiServerAccess = 'private';
    wanted.network.clusters[1].podCidr = '10.9.0.0/16';
    wanted.network.vpcs[0].vswitches[0].name = 'renamed';
    const items = await driftOfEnvironment(cloud, wanted);
    const about = (key: string) =>
      items
        .filter(item => item.key.startsWith(key))
        .map(({ kind, repair }) => `${kind}/${repair}`);
    expect(about('cluster/ack-shanghai')).toEqual([
      'changed/none',
      'changed/replace',
    ]);
    expect(about('mesh')).toEqual(['changed/none']);
    expect(about('vswitch/vpc-hangzhou/renamed')).toEqual([
      'missing/provision',
    ]);
    expect(
      items.find(({ kind, key }) => kind === 'surplus' && key.includes('vsw-')),
    ).toMatchObject({ repair: 'prune' });
    expect(
      items.find(({ detail }) => /2 worker nodes/.test(detail))?.detail,
    ).toBe('it has 2 worker nodes while the spec says 3');
  });
});
