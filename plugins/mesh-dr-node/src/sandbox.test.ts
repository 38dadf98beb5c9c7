import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { recordingLogger } from './__testUtils__/logger';
import { until } from './__testUtils__/until';
import { createAlicloudAccounts } from './alicloud/accounts';
import type { AccountConfig } from './config';
import type { Alicloud, AlicloudAccounts } from './alicloud/types';
import { applyManifests, parseManifests } from './kubernetes/apply';
import { createKubernetesConnector } from './kubernetes/connect';
import { waitForRollout } from './kubernetes/rollout';
import type { KubernetesConnector } from './kubernetes/types';

const REGION = 'cn-hangzhou';
const OTHER = 'cn-shanghai';
const TAGS = { 'mesh-dr:environment': 'demo', 'mesh-dr:resource': 'x' };

/** The wrappers and the connector against a cloud that shares no code with them. */
describe('against the sandbox cloud', () => {
  let sandbox: Sandbox;
  let accounts: AlicloudAccounts;
  let cloud: Alicloud;
  let connector: KubernetesConnector;
  const logger = recordingLogger();
  let token = 0;
  const clientToken = () => `token-${++token}`;

  const account = (overrides: Partial<AccountConfig> = {}): AccountConfig => ({
    name: 'sandbox',
    credentials: {
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
    },
    regions: [REGION, OTHER],
    endpoints: Object.fromEntries(
      ['vpc', 'cbn', 'ecs', 'cs', 'servicemesh', 'sts'].map(product => [
        product,
        sandbox.endpoint,
      ]),
    ),
    ...overrides,
  });

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 600 });
    accounts = createAlicloudAccounts([account()], { logger });
    cloud = accounts.get();
    connector = createKubernetesConnector({
      alicloud: accounts,
      config: {
        apiServerAccess: 'public',
        allowedApiServers: ['127.0.0.0/8'],
        kubeconfigMinutes: 60,
      },
      logger,
    });
  }, 60_000);
  afterAll(async () => {
    await sandbox?.stop();
  });

  /** Asks until the answer is defined. */
  async function wait<T>(
    what: string,
    ask: () => Promise<T | undefined | false>,
  ): Promise<T> {
    const end = Date.now() + 30_000;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > end) throw new Error(`Not within 30 s: ${what}`);
      await new Promise(resolve => {
        setTimeout(resolve, 20);
      });
    }
  }

  async function createNetwork(regionId: string, cidr: string, inner: string) {
    const { vpcId } = await cloud.vpc.createVpc({
      regionId,
      cidrBlock: cidr,
      vpcName: `vpc-${regionId}`,
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('VPC', async () =>
      (
        await cloud.vpc.describeVpcs({ regionId, vpcId })
      ).find(vpc => vpc.status === 'Available'),
    );
    const [zone] = await cloud.vpc.describeZones({ regionId });
    const { vSwitchId } = await cloud.vpc.createVSwitch({
      regionId,
      vpcId,
      zoneId: zone.zoneId,
      cidrBlock: inner,
      vSwitchName: `vsw-${regionId}`,
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('vSwitch', async () =>
      (
        await cloud.vpc.describeVSwitches({ regionId, vSwitchId })
      ).find(vSwitch => vSwitch.status === 'Available'),
    );
    return { vpcId, vSwitchId, zoneId: zone.zoneId };
  }

  it('knows who calls, and refuses wrong keys without telling them', async () => {
    const identity = await cloud.sts.getCallerIdentity();
    expect(identity.accountId).toMatch(/^\d{16}$/);
    const wrong = createAlicloudAccounts(
      [
        account({
          credentials: {
            accessKeyId: sandbox.accessKeyId,
            accessKeySecret: 'not-the-secret',
          },
        }),
      ],
      { logger },
    ).get();
    for (const call of [
      wrong.vpc.describeRegions(),
      wrong.ack.describeClusters({}),
    ]) {
      const error = await call.catch(thrown => thrown);
      expect(error).toMatchObject({
        name: 'AlicloudError',
        code: 'SignatureDoesNotMatch',
        notFound: false,
        retryable: false,
      });
      expect(error.message).not.toContain(sandbox.accessKeyId);
      expect(error.message).toMatch(
        /Check accessKeyId and accessKeySecret .* meshDr\.alicloud\.accounts/,
      );
    }
    const nobody = createAlicloudAccounts(
      [
        account({
          credentials: { accessKeyId: 'nobody', accessKeySecret: 'x' },
        }),
      ],
      { logger },
    ).get();
    await expect(nobody.asm.describeServiceMeshes()).rejects.toMatchObject({
      code: 'InvalidAccessKeyId.NotFound',
      notFound: false,
    });
  });

  it('builds a network over two regions and takes it down again', async () => {
    const here = await createNetwork(REGION, '20.0.0.0/8', '20.0.0.0/16');
    const there = await createNetwork(OTHER, '21.0.0.0/8', '21.0.0.0/16');
    expect(
      await cloud.vpc.describeVpcs({ regionId: REGION, tags: TAGS }),
    ).toMatchObject([{ vpcId: here.vpcId, tags: TAGS }]);
    expect(
      await cloud.vpc.describeVpcs({
        regionId: REGION,
        tags: { 'mesh-dr:environment': 'another' },
      }),
    ).toEqual([]);
    const [table] = await cloud.vpc.describeRouteTables({
      regionId: REGION,
      vpcId: here.vpcId,
    });
    expect(
      await cloud.vpc.describeRouteEntries({
        regionId: REGION,
        routeTableId: table.routeTableId,
      }),
    ).toContainEqual(
      expect.objectContaining({ destinationCidrBlock: '20.0.0.0/16' }),
    );

    if (!(await cloud.cen.checkTransitRouterService())) {
      await cloud.cen.openTransitRouterService();
    }
    const { cenId } = await cloud.cen.createCen({
      name: 'demo',
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('CEN', async () =>
      (
        await cloud.cen.describeCens({ cenId })
      ).find(cen => cen.status === 'Active'),
    );
    const sides = await Promise.all(
      [
        { regionId: REGION, ...here },
        { regionId: OTHER, ...there },
      ].map(async side => {
        const { transitRouterId } = await cloud.cen.createTransitRouter({
          cenId,
          regionId: side.regionId,
          transitRouterName: `tr-${side.regionId}`,
          clientToken: clientToken(),
        });
        await wait('transit router', async () =>
          (
            await cloud.cen.listTransitRouters({ cenId, transitRouterId })
          ).find(router => router.status === 'Active'),
        );
        const zones = await cloud.cen.availableZones({
          regionId: side.regionId,
        });
        expect(zones).toContain(side.zoneId);
        const { transitRouterAttachmentId } =
          await cloud.cen.createVpcAttachment({
            cenId,
            regionId: side.regionId,
            transitRouterId,
            vpcId: side.vpcId,
            zoneMappings: [{ zoneId: side.zoneId, vSwitchId: side.vSwitchId }],
            name: 'attachment',
            autoPublishRouteEnabled: true,
            clientToken: clientToken(),
          });
        await wait('attachment', async () =>
          (
            await cloud.cen.listVpcAttachments({
              cenId,
              regionId: side.regionId,
              transitRouterAttachmentId,
            })
          ).find(attachment => attachment.status === 'Attached'),
        );
        const routeTable = (
          await cloud.cen.listRouteTables({ transitRouterId })
        ).find(entry => entry.type === 'System')!;
        const link = {
          transitRouterAttachmentId,
          transitRouterRouteTableId: routeTable.transitRouterRouteTableId,
        };
        await cloud.cen.associateRouteTable({
          ...link,
          clientToken: clientToken(),
        });
        await wait('association', async () =>
          (
            await cloud.cen.listAssociations(link)
          ).find(entry => entry.status === 'Active'),
        );
        await cloud.cen.enablePropagation({
          ...link,
          clientToken: clientToken(),
        });
        await wait('propagation', async () =>
          (
            await cloud.cen.listPropagations(link)
          ).find(entry => entry.status === 'Active'),
        );
        return { ...side, ...link, transitRouterId };
      }),
    );

    const peer = await cloud.cen.createPeerAttachment({
      cenId,
      regionId: REGION,
      transitRouterId: sides[0].transitRouterId,
      peerTransitRouterId: sides[1].transitRouterId,
      peerTransitRouterRegionId: OTHER,
      name: 'link',
      bandwidthType: 'DataTransfer',
      autoPublishRouteEnabled: true,
      clientToken: clientToken(),
    });
    const links = () =>
      cloud.cen.listPeerAttachments({
        cenId,
        regionId: REGION,
        ...peer,
      });
    const link = await wait('link', async () =>
      (await links()).find(entry => entry.status === 'Attached'),
    );
    expect(link.peerTransitRouterRegionId).toBe(OTHER);
    await cloud.cen.updatePeerAttachment({ ...peer, bandwidth: 50 });
    await wait('bandwidth', async () =>
      (
        await links()
      ).find(entry => entry.bandwidth === 50 && entry.status === 'Attached'),
    );
    expect(
      await cloud.cen.listRouteEntries({
        transitRouterRouteTableId: sides[0].transitRouterRouteTableId,
      }),
    ).toContainEqual(
      expect.objectContaining({ destinationCidrBlock: '20.0.0.0/16' }),
    );

    // In use: refused with a reason, and the reason names the VPC.
    await expect(
      cloud.vpc.deleteVpc({ regionId: REGION, vpcId: here.vpcId }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/Dependency/) });

    await cloud.cen.deletePeerAttachment({ ...peer, force: true });
    await wait('link gone', async () => (await links()).length === 0);
    const takeDown = async (side: (typeof sides)[number]) => {
      await cloud.cen.dissociateRouteTable(side);
      await cloud.cen.disablePropagation(side);
      await wait(
        'no association',
        async () => (await cloud.cen.listAssociations(side)).length === 0,
      );
      await cloud.cen.deleteVpcAttachment({ ...side, force: true });
      await wait(
        'attachment gone',
        async () =>
          (
            await cloud.cen.listVpcAttachments({
              cenId,
              regionId: side.regionId,
            })
          ).length === 0,
      );
      await cloud.cen.deleteTransitRouter(side);
    };
    for (const side of sides) await takeDown(side);
    await wait(
      'transit routers gone',
      async () => (await cloud.cen.listTransitRouters({ cenId })).length === 0,
    );
    await cloud.cen.deleteCen({ cenId });
    await cloud.cen.deleteCen({ cenId });
    const clear = async (regionId: string, side: typeof here) => {
      await cloud.vpc.deleteVSwitch({ regionId, vSwitchId: side.vSwitchId });
      await wait(
        'vSwitch gone',
        async () =>
          (
            await cloud.vpc.describeVSwitches({ regionId, vpcId: side.vpcId })
          ).length === 0,
      );
      await cloud.vpc.deleteVpc({ regionId, vpcId: side.vpcId });
      await cloud.vpc.deleteVpc({ regionId, vpcId: side.vpcId });
    };
    await clear(REGION, here);
    await clear(OTHER, there);
    expect(await cloud.vpc.describeVpcs({ regionId: REGION })).toEqual([]);
  }, 90_000);

  it('gives the same VPC for the same ClientToken', async () => {
    const request = {
      regionId: REGION,
      cidrBlock: '10.0.0.0/8',
      vpcName: 'once',
      clientToken: clientToken(),
    };
    const first = await cloud.vpc.createVpc(request);
    await expect(cloud.vpc.createVpc(request)).resolves.toEqual(first);
    await cloud.vpc.deleteVpc({ regionId: REGION, vpcId: first.vpcId });
  });

  it('runs a cluster and a mesh, applies, watches and rolls out', async () => {
    const place = await createNetwork(REGION, '20.0.0.0/8', '20.0.0.0/16');
    const [version] = await cloud.ack.kubernetesVersions({ regionId: REGION });
    const { clusterId, taskId } = await cloud.ack.createCluster({
      name: 'demo-hangzhou',
      regionId: REGION,
      kubernetesVersion: version,
      clusterSpec: 'ack.pro.small',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      networkPlugin: 'flannel',
      containerCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
      endpointPublicAccess: true,
      snatEntry: true,
      instanceTypes: ['ecs.g7.xlarge'],
      nodes: 2,
      tags: TAGS,
    });
    const [{ versions }] = await cloud.asm.describeVersions();
    const { serviceMeshId } = await cloud.asm.createServiceMesh({
      regionId: REGION,
      name: 'demo',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      istioVersion: versions.find(name => name.startsWith('v1.22.6.66')),
      apiServerPublicEip: true,
      tags: TAGS,
    });
    await wait('task', async () => {
      const task = await cloud.ack.describeTask({ regionId: REGION, taskId });
      return task.state === 'success' && task;
    });
    const cluster = await wait('cluster', async () => {
      const found = await cloud.ack.describeCluster({
        regionId: REGION,
        clusterId,
      });
      return found?.state === 'running' && found;
    });
    expect(cluster).toMatchObject({
      name: 'demo-hangzhou',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      networkPlugin: 'flannel',
      containerCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
      tags: TAGS,
    });
    expect(cluster.apiServerEndpoint).toMatch(/^https:/);
    expect(
      (await cloud.ack.describeClusters({ regionId: REGION })).map(
        found => found.clusterId,
      ),
    ).toEqual([clusterId]);
    expect(
      await cloud.ack.describeNodes({ regionId: REGION, clusterId }),
    ).toHaveLength(2);
    expect(
      (await cloud.ack.describeResources({ regionId: REGION, clusterId }))
        .length,
    ).toBeGreaterThan(0);

    await cloud.ecs.authorizeIngress({
      regionId: REGION,
      securityGroupId: cluster.securityGroupId,
      sourceCidrIp: '10.1.0.0/16',
    });
    expect(
      await cloud.ecs.describeSecurityGroupRules({
        regionId: REGION,
        securityGroupId: cluster.securityGroupId,
      }),
    ).toContainEqual(
      expect.objectContaining({
        direction: 'ingress',
        sourceCidrIp: '10.1.0.0/16',
        portRange: '-1/-1',
      }),
    );

    const connection = connector.cluster({
      account: 'sandbox',
      regionId: REGION,
      clusterId,
    });
    expect((await connection.version()).gitVersion).toMatch(/^v1\./);

    const stop = new AbortController();
    const pods = new Set<string>();
    const states: string[] = [];
    connection.watch(
      { apiVersion: 'v1', plural: 'pods' },
      {
        onList: items => items.forEach(item => pods.add(item.metadata.name)),
        onEvent: (type, object) =>
          type === 'DELETED'
            ? pods.delete(object.metadata.name)
            : pods.add(object.metadata.name),
        onState: state => states.push(state.state),
      },
      {
        signal: stop.signal,
        namespace: 'demo',
        project: ({ apiVersion, kind, metadata }) => ({
          apiVersion,
          kind,
          metadata: { name: metadata.name },
        }),
      },
    );
    await until(() => states.includes('ok'), 'the watch');

    const manifests = parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1'}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: demo}
`);
    const dry = await applyManifests([connection], manifests.slice(1), {
      fieldManager: 'mesh-dr',
      dryRun: true,
    });
    expect(dry).toMatchObject([{ ok: true }]);
    const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
    expect(await connection.get(namespaces, undefined, 'demo')).toBeUndefined();
    for (const _ of ['create', 'again']) {
      expect(
        await applyManifests([connection], manifests, {
          fieldManager: 'mesh-dr',
        }),
      ).toMatchObject([{ ok: true }]);
    }
    await waitForRollout(connection, {
      namespace: 'demo',
      deployments: ['web'],
      deadlineMs: 20_000,
    });
    expect([...pods].filter(name => name.startsWith('web-'))).toHaveLength(2);

    // Another manager owns replicas now; applying our value is a conflict unless forced.
    const deployments = { apiVersion: 'apps/v1', plural: 'deployments' };
    await connection.apply(
      deployments,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'demo' },
        spec: { replicas: 1 },
      },
      { fieldManager: 'somebody-else', force: true },
    );
    const [conflict] = await applyManifests([connection], [manifests[0]], {
      fieldManager: 'mesh-dr',
    });
    expect(conflict).toMatchObject({
      ok: false,
      error: { name: 'ConflictError' },
    });

    await connection.patch(
      deployments,
      'demo',
      'web',
      { spec: { replicas: 0 } },
      { kind: 'merge', subresource: 'scale' },
    );
    await until(() => pods.size === 0, 'the Pods to go', 20_000);
    stop.abort();

    const mesh = await wait('mesh', async () => {
      const found = await cloud.asm.describeServiceMesh({ serviceMeshId });
      return found?.state === 'running' && found;
    });
    expect(mesh).toMatchObject({
      name: 'demo',
      regionId: REGION,
      vpcId: place.vpcId,
      tags: TAGS,
      locality: { enabled: false, failover: [], distribute: [] },
    });
    await cloud.asm.addCluster({ serviceMeshId, clusterId });
    await wait('member', async () =>
      (
        await cloud.asm.describeMembers({ serviceMeshId })
      ).find(member => member.state === 'running'),
    );
    expect(
      (await cloud.asm.describeCandidates({ serviceMeshId })).map(
        candidate => candidate.clusterId,
      ),
    ).toContain(clusterId);
    const failover = [{ from: REGION, to: OTHER }];
    await cloud.asm.updateLocality({
      serviceMeshId,
      setting: { enabled: true, failover },
    });
    await wait('locality', async () => {
      const found = await cloud.asm.describeServiceMesh({ serviceMeshId });
      return found?.locality?.enabled && found.locality.failover.length === 1;
    });
    const control = connector.mesh({ account: 'sandbox', serviceMeshId });
    const rules = {
      apiVersion: 'networking.istio.io/v1beta1',
      plural: 'destinationrules',
    };
    await control.create(rules, {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'DestinationRule',
      metadata: { name: 'web', namespace: 'default' },
      spec: { host: 'web.default.svc.cluster.local' },
    });
    expect((await control.list(rules)).items).toMatchObject([
      { kind: 'DestinationRule', metadata: { name: 'web' } },
    ]);
    expect(
      await control.resources!('networking.istio.io/v1beta1'),
    ).toContainEqual({
      kind: 'DestinationRule',
      plural: 'destinationrules',
      namespaced: true,
    });

    await cloud.asm.removeCluster({ serviceMeshId, clusterId });
    await wait(
      'no members',
      async () =>
        (await cloud.asm.describeMembers({ serviceMeshId })).length === 0,
    );
    await cloud.asm.deleteServiceMesh({ serviceMeshId });
    await wait(
      'mesh gone',
      async () =>
        (await cloud.asm.describeServiceMesh({ serviceMeshId })) === undefined,
    );
    await cloud.ack.deleteCluster({ regionId: REGION, clusterId });
    await wait(
      'cluster gone',
      async () =>
        (await cloud.ack.describeCluster({ regionId: REGION, clusterId })) ===
        undefined,
    );
    expect(await cloud.ack.describeClusters({ regionId: REGION })).toEqual([]);
    expect(logger.lines.join('\n')).not.toContain(sandbox.accessKeySecret);
  }, 120_000);
});
