import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  GUIDE_PLAN,
  type NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { type Alicloud } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { runAction } from '../__testUtils__/context';
import { sandboxDeps } from '../__testUtils__/deps';
import { createActions } from '../actions';
import type { ActionDeps } from '../deps';
import type { PairResult } from './report';

jest.setTimeout(120_000);

/** Three clusters: Terway beside Flannel, and two of them in one region but not in one VPC. */
const [HANGZHOU, SHANGHAI, SECOND] = [
  'ack-hangzhou',
  'ack-shanghai',
  'ack-second',
];
const network: NetworkPlan = {
  ...GUIDE_PLAN,
  clusters: [
    { ...GUIDE_PLAN.clusters[0], networkPlugin: 'terway', podCidr: undefined },
    GUIDE_PLAN.clusters[1],
    {
      name: SECOND,
      region: 'cn-hangzhou',
      vpc: 'vpc-hangzhou2',
      networkPlugin: 'flannel',
      podCidr: '10.2.0.0/16',
      serviceCidr: '172.18.0.0/16',
    },
  ],
};

describe('connectivity of Terway, and of two VPCs in one region', () => {
  let sandbox: Sandbox;
  let deps: ActionDeps;
  let cloud: Alicloud;
  let clusters: {
    id: string;
    name: string;
    region: string;
    securityGroupId: string;
  }[];

  const run = (id: string, input: object, output?: any) =>
    runAction(
      createActions(deps).find(action => action.id === id)!,
      input,
      output && { output },
    );
  /** Hops by direction of travel; a pair that answers is left out. */
  const failures = async () => {
    let results: PairResult[] = [];
    await run(
      'dr:connectivity:verify',
      { clusters },
      (_: string, value: PairResult[]) => {
        results = value;
      },
    ).catch(() => undefined);
    expect(results).toHaveLength(6);
    return Object.fromEntries(
      results
        .filter(({ ok }) => !ok)
        .map(({ from, to, causes }) => [
          `${from} → ${to}`,
          causes.map(({ direction, hop }) => `${direction}: ${hop}`),
        ]),
    );
  };
  const named = (name: string) =>
    clusters.find(cluster => cluster.name === name)!;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300, dataPlaneTimeScale: 20 });
    deps = sandboxDeps(sandbox);
    cloud = deps.accounts.get();
    const { output } = await run('dr:environment:provision', {
      spec: {
        name: 'terway',
        network,
        cen: { bandwidthMbps: 10 },
        clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
        mesh: {},
        apiServerAccess: 'public',
      },
    });
    clusters = output.clusters;
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('is there in every direction', async () => {
    expect(await failures()).toEqual({});
  });

  it('names the vSwitch range that a security group does not admit', async () => {
    const { region: regionId, securityGroupId } = named(SHANGHAI);
    const rule = {
      regionId,
      securityGroupId,
      rules: [{ sourceCidrIp: '20.0.0.0/16' }],
    };
    await cloud.ecs.revokeIngress(rule);
    await expect(run('dr:connectivity:verify', { clusters })).rejects.toThrow(
      new RegExp(
        `: 1 of 6 directions fail\\n\\n- ${HANGZHOU} → ${SHANGHAI}: security group \\(1\\)\\n\\n1\\. security group: ${securityGroupId} of ${SHANGHAI} does not admit 20\\.0\\.0\\.0/16 \\(Pods of ${HANGZHOU}\\)`,
      ),
    );
    await cloud.ecs.authorizeIngress(rule);
  });

  it('blames what one VPC does not teach its transit router for that VPC alone, and no link', async () => {
    const [{ cenId }] = await cloud.cen.describeCens({});
    const cluster = await cloud.ack.describeCluster({
      regionId: 'cn-hangzhou',
      clusterId: named(SECOND).id,
    });
    const [attachment] = await cloud.cen.listVpcAttachments({
      cenId,
      vpcId: cluster!.vpcId,
    });
    const { transitRouterAttachmentId, transitRouterId } = attachment;
    const [{ transitRouterRouteTableId }] = await cloud.cen.listRouteTables({
      transitRouterId,
    });
    const link = { transitRouterAttachmentId, transitRouterRouteTableId };
    await cloud.cen.disablePropagation(link);
    expect(await failures()).toEqual({
      [`${HANGZHOU} → ${SECOND}`]: ['there: route'],
      [`${SHANGHAI} → ${SECOND}`]: ['there: route'],
      [`${SECOND} → ${HANGZHOU}`]: ['back: route'],
      [`${SECOND} → ${SHANGHAI}`]: ['back: route'],
    });
  });
});
