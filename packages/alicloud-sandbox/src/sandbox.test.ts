import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import {
  Account,
  account,
  control,
  failure,
  until,
} from './__testUtils__/account';
import {
  Connection,
  join,
  makeEnvironment,
  Sites,
} from './__testUtils__/guide';
import { Sandbox, startSandbox } from './sandbox';

jest.setTimeout(60_000);

const API_SERVER = 6443;

describe("the guide's environment", () => {
  let directory: string;
  let sandbox: Sandbox;
  let cloud: Account;
  let sites: Sites;
  let connection: Connection;
  let clusters: { hangzhou: string; shanghai: string };
  let mesh: string;

  const start = async () => {
    sandbox = await startSandbox({
      timeScale: 500,
      gatewayPort: 0,
      stateDir: directory,
    });
    cloud = account(sandbox);
  };

  beforeAll(async () => {
    directory = mkdtempSync(joinPath(tmpdir(), 'sandbox-'));
    await start();
    ({ sites, connection, clusters, mesh } = await makeEnvironment(cloud));
  });
  afterAll(async () => {
    await sandbox.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A Pod address of the first node of a cluster, as the route table knows it. */
  const podOf = async (site: Sites['hangzhou'], clusterId: string) => {
    const { RouteEntrys } = await cloud.vpc('DescribeRouteEntryList', {
      RegionId: site.regionId,
      RouteTableId: site.routeTableId,
      NextHopType: 'Instance',
    });
    const [route] = RouteEntrys.RouteEntry;
    const { security_group_id: securityGroupId } = await cloud.ack.get(
      `/clusters/${clusterId}`,
    );
    return {
      block: route.DestinationCidrBlock as string,
      end: {
        vpcId: site.vpcId,
        ip: route.DestinationCidrBlock.replace(/\d+\/\d+$/, '5'),
        securityGroupId,
      },
    };
  };

  /** Publishes a route of the site's VPC to the CEN and checks what is said about it before and after. */
  const publish = async (site: Sites['hangzhou'], block: string) => {
    const route = {
      CenId: connection.cenId,
      ChildInstanceId: site.vpcId,
      ChildInstanceType: 'VPC',
      ChildInstanceRegionId: site.regionId,
      ChildInstanceRouteTableId: site.routeTableId,
      DestinationCidrBlock: block,
    };
    const status = async () => {
      const { PublishedRouteEntries } = await cloud.cen(
        'DescribePublishedRouteEntries',
        route,
      );
      return PublishedRouteEntries.PublishedRouteEntry[0].PublishStatus;
    };
    expect(await status()).toBe('NonPublished');
    await cloud.cen('PublishRouteEntries', route);
    expect(await status()).toBe('Published');
  };

  it('refuses to join over a link without bandwidth, and joins with it', async () => {
    const near = await join(cloud, mesh, clusters.hangzhou);
    expect(near).toMatchObject({ State: 'running', ErrorMessage: '' });

    const far = await join(cloud, mesh, clusters.shanghai);
    expect(far.State).toBe('failed');
    expect(far.ErrorMessage).toMatch(
      new RegExp(
        `failed to connect to the API server of cluster ${clusters.shanghai}: dial tcp 21\\.0\\.\\d+\\.\\d+:6443: i/o timeout`,
      ),
    );
    // ASM's own pre-check sees nothing wrong: that is what makes the failure hard to find.
    const { Clusters } = await cloud.asm('DescribeServiceMeshClusters', {
      ServiceMeshId: mesh,
    });
    expect(Clusters.map((row: any) => row.ForbiddenFlag)).toEqual([0, 0]);
    expect(sandbox.cloud.mesh(mesh)?.members).toEqual([clusters.hangzhou]);

    await cloud.cen('UpdateTransitRouterPeerAttachmentAttribute', {
      TransitRouterAttachmentId: connection.peer,
      BandwidthType: 'DataTransfer',
      Bandwidth: 100,
    });
    const again = await join(cloud, mesh, clusters.shanghai);
    expect(again.State).toBe('running');
    expect(sandbox.cloud.mesh(mesh)?.members.sort()).toEqual(
      Object.values(clusters).sort(),
    );
  });

  it('carries Pod traffic only over published routes and open security groups', async () => {
    const from = await podOf(sites.hangzhou, clusters.hangzhou);
    const to = await podOf(sites.shanghai, clusters.shanghai);
    const reach = () => sandbox.cloud.reach(from.end, to.end, 9080);
    expect(reach()).toMatchObject({
      ok: false,
      reason: 'route-not-published',
      detail: expect.stringContaining(to.block),
    });
    await publish(sites.shanghai, to.block);
    await publish(sites.hangzhou, from.block);
    expect(reach()).toMatchObject({
      ok: false,
      reason: 'security-group',
      detail: expect.stringContaining(to.end.securityGroupId),
    });
    await cloud.ecs('AuthorizeSecurityGroup', {
      RegionId: 'cn-shanghai',
      SecurityGroupId: to.end.securityGroupId,
      Permissions: [
        { IpProtocol: 'ALL', PortRange: '-1/-1', SourceCidrIp: '10.0.0.0/16' },
      ],
    });
    expect(reach()).toEqual({ ok: true, roundTripMs: expect.any(Number) });

    await cloud.ecs('RevokeSecurityGroup', {
      RegionId: 'cn-shanghai',
      SecurityGroupId: to.end.securityGroupId,
      IpProtocol: 'all',
      PortRange: '-1/-1',
      SourceCidrIp: '10.0.0.0/16',
    });
    expect(reach()).toMatchObject({ reason: 'security-group' });
  });

  it('loses the far API server when routing is taken away', async () => {
    const { master_url: masterUrl } = await cloud.ack.get(
      `/clusters/${clusters.shanghai}`,
    );
    const intranet = new URL(
      JSON.parse(masterUrl).intranet_api_server_endpoint,
    );
    const reach = () =>
      sandbox.cloud.reach(
        { vpcId: sites.mesh.vpcId, ip: '192.168.0.9' },
        { vpcId: sites.shanghai.vpcId, ip: intranet.hostname },
        API_SERVER,
      );
    expect(reach().ok).toBe(true);
    const link = {
      TransitRouterAttachmentId: connection.attachments.mesh,
      TransitRouterRouteTableId: connection.routers.hangzhou.table,
    };
    await cloud.cen('DissociateTransitRouterAttachmentFromRouteTable', link);
    expect(reach()).toMatchObject({ ok: false, reason: 'no-route' });
    await until('the association to be gone', async () => {
      const { TotalCount } = await cloud.cen(
        'ListTransitRouterRouteTableAssociations',
        link,
      );
      return TotalCount === 0;
    });
    await cloud.cen('AssociateTransitRouterAttachmentWithRouteTable', link);
    await until('the route', () => reach().ok);

    await control(sandbox, '/faults/regions', 'POST', {
      region: 'cn-shanghai',
    });
    expect(reach()).toMatchObject({ ok: false, reason: 'region-down' });
    await control(sandbox, '/faults/regions/cn-shanghai', 'DELETE');
    expect(reach().ok).toBe(true);
  });

  it('hands out kubeconfigs that work', async () => {
    const { config, expiration } = await cloud.ack.get(
      `/k8s/${clusters.hangzhou}/user_config`,
      { TemporaryDurationMinutes: 60 },
    );
    expect(config).toContain(sandbox.kube.get(clusters.hangzhou)!.url);
    expect(Date.parse(expiration)).toBeGreaterThan(Date.now() + 50 * 60_000);
    const { config: intranet } = await cloud.ack.get(
      `/k8s/${clusters.hangzhou}/user_config`,
      { PrivateIpAddress: true },
    );
    expect(intranet).toMatch(/server: "?https:\/\/20\.0\.\d+\.\d+:6443/);
    const { Kubeconfig } = await cloud.asm('DescribeServiceMeshKubeconfig', {
      ServiceMeshId: mesh,
    });
    expect(Kubeconfig).toContain(sandbox.kube.get(mesh)!.url);
  });

  it('is the same after a restart', async () => {
    const before = await control(sandbox, '/inventory');
    await sandbox.stop();
    await start();
    expect(await control(sandbox, '/inventory')).toEqual(before);
    expect(await control(sandbox, '/health')).toMatchObject({ resumed: true });
    expect(sandbox.cloud.mesh(mesh)?.members).toHaveLength(2);
    const { nodes } = await cloud.ack.get(
      `/clusters/${clusters.shanghai}/nodes`,
    );
    expect(nodes.map((node: any) => node.node_status)).toEqual([
      'Ready',
      'Ready',
    ]);
  });

  it('finishes after a restart what was under way', async () => {
    await cloud.asm('RemoveClusterFromServiceMesh', {
      ServiceMeshId: mesh,
      ClusterId: clusters.shanghai,
    });
    await sandbox.stop();
    await start();
    const left = await until('the member to be gone', async () => {
      const { Clusters } = await cloud.asm('DescribeClustersInServiceMesh', {
        ServiceMeshId: mesh,
      });
      return Clusters.length === 1 ? Clusters : undefined;
    });
    expect(left[0].ClusterId).toBe(clusters.hangzhou);
  });

  it('enforces dependencies, and leaves nothing after deletion', async () => {
    const { vpc, cen, ack, asm } = cloud;
    const codes = await Promise.all(
      [
        vpc('DeleteVpc', { VpcId: sites.hangzhou.vpcId }),
        vpc('DeleteVSwitch', { VSwitchId: sites.hangzhou.vSwitchId }),
        cen('DeleteTransitRouter', {
          TransitRouterId: connection.routers.hangzhou.id,
        }),
        cen('DeleteCen', { CenId: connection.cenId }),
        cen('DeleteTransitRouterVpcAttachment', {
          TransitRouterAttachmentId: connection.attachments.hangzhou,
        }),
        asm('DeleteServiceMesh', { ServiceMeshId: mesh }),
      ].map(async call => (await failure(call)).code),
    );
    expect(codes).toEqual([
      'DependencyViolation.VSwitch',
      'DependencyViolation',
      'InvalidOperation.AttachedChildInstanceExist',
      'InvalidOperation.ChildInstancesExist',
      'OperationFailed.RouteTableAssociationExist',
      'OperationDenied.ClusterExist',
    ]);

    await asm('DeleteServiceMesh', { ServiceMeshId: mesh, Force: true });
    const { task_id: taskId } = await ack.delete(
      `/clusters/${clusters.hangzhou}`,
    );
    await ack.delete(`/clusters/${clusters.shanghai}`);
    await until('the deletion task', async () => {
      const { state } = await ack.get(`/tasks/${taskId}`);
      return state === 'success';
    });
    for (const id of Object.values(connection.attachments)) {
      await cen('DeleteTransitRouterVpcAttachment', {
        TransitRouterAttachmentId: id,
        Force: true,
      });
    }
    await cen('DeleteTransitRouterPeerAttachment', {
      TransitRouterAttachmentId: connection.peer,
      Force: true,
    });
    /** Repeats a deletion that waits for others to finish. */
    const gone = (call: () => Promise<unknown>) =>
      until('a deletion', async () => {
        try {
          await call();
          return true;
        } catch (error) {
          return !/^(Dependency|InvalidOperation|OperationFailed|Incorrect)/.test(
            (error as { code: string }).code,
          );
        }
      });
    for (const { id } of Object.values(connection.routers)) {
      await gone(() => cen('DeleteTransitRouter', { TransitRouterId: id }));
    }
    await gone(() => cen('DeleteCen', { CenId: connection.cenId }));
    for (const site of Object.values(sites)) {
      await gone(() => vpc('DeleteVSwitch', { VSwitchId: site.vSwitchId }));
      await gone(() => vpc('DeleteVpc', { VpcId: site.vpcId }));
    }
    expect(await control(sandbox, '/inventory')).toEqual({ resources: [] });
    expect(sandbox.kube.list()).toEqual([]);
  });
});
