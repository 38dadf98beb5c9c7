import { until } from '../account';
import { clusterBody } from '../guide';
import type { OfficialClient } from './client';
import type { Site } from './network';

/** An ACK cluster with two nodes, running and Ready. */
export async function buildCluster(
  { cs }: OfficialClient,
  name: string,
  site: Site,
  [podBlock, serviceBlock]: [string, string],
): Promise<string> {
  const { cluster_id: id, task_id: task } = await cs(
    'CreateCluster',
    undefined,
    clusterBody(
      name,
      {
        regionId: site.RegionId,
        vpcId: site.VpcId,
        vSwitchId: site.VSwitchId,
      },
      podBlock,
      serviceBlock,
    ),
  );
  await until('the creation', async () => {
    const { state } = await cs('DescribeTaskInfo', task);
    return state === 'success';
  });
  await until('the nodes', async () => {
    const { state } = await cs('DescribeClusterDetail', id);
    const { nodes } = await cs('DescribeClusterNodes', id);
    return (
      state === 'running' &&
      nodes.length === 2 &&
      nodes.every(
        ({ node_status: status }: { node_status: string }) =>
          status === 'Ready',
      )
    );
  });
  return id;
}

/** Opens one cluster's security group to the Pods of the other; returns the group's rules as they read back. */
export async function authorize(
  { rpc, cs }: OfficialClient,
  cluster: string,
  { RegionId }: Site,
  podBlock: string,
): Promise<Record<string, unknown>[]> {
  const { security_group_id: SecurityGroupId } = await cs(
    'DescribeClusterDetail',
    cluster,
  );
  await rpc('ecs', 'AuthorizeSecurityGroup', {
    RegionId,
    SecurityGroupId,
    Permissions: [
      { IpProtocol: 'ALL', PortRange: '-1/-1', SourceCidrIp: podBlock },
    ],
  });
  const { Permissions } = await rpc('ecs', 'DescribeSecurityGroupAttribute', {
    RegionId,
    SecurityGroupId,
    Direction: 'ingress',
  });
  return Permissions.Permission;
}

/** Publishes the routes to a cluster's Pods to the CEN; returns the publication's state of each. */
export async function publishPodRoutes(
  { rpc }: OfficialClient,
  CenId: string,
  { RegionId, VpcId, RouteTableId }: Site,
): Promise<string[]> {
  const { RouteEntrys } = await rpc('vpc', 'DescribeRouteEntryList', {
    RegionId,
    RouteTableId,
    NextHopType: 'Instance',
  });
  const states = [];
  for (const { DestinationCidrBlock } of RouteEntrys.RouteEntry) {
    const entry = {
      CenId,
      ChildInstanceId: VpcId,
      ChildInstanceType: 'VPC',
      ChildInstanceRegionId: RegionId,
      ChildInstanceRouteTableId: RouteTableId,
      DestinationCidrBlock,
    };
    await rpc('cbn', 'PublishRouteEntries', entry);
    const { PublishedRouteEntries } = await rpc(
      'cbn',
      'DescribePublishedRouteEntries',
      entry,
    );
    states.push(PublishedRouteEntries.PublishedRouteEntry[0].PublishStatus);
  }
  return states;
}

/** A mesh in the site's VPC with all clusters as members, and failover between the guide's regions. */
export async function buildMesh(
  { rpc }: OfficialClient,
  { RegionId, VpcId, VSwitchId }: Site,
  clusters: string[],
): Promise<string> {
  const { ServiceMeshId } = await rpc('servicemesh', 'CreateServiceMesh', {
    RegionId,
    VpcId,
    VSwitches: JSON.stringify([VSwitchId]),
    Name: 'guide',
    ApiServerPublicEip: true,
  });
  const running = () =>
    until('the mesh', async () => {
      const { ServiceMesh } = await rpc(
        'servicemesh',
        'DescribeServiceMeshDetail',
        { ServiceMeshId },
      );
      return ServiceMesh.ServiceMeshInfo.State === 'running';
    });
  await running();
  for (const ClusterId of clusters) {
    await rpc('servicemesh', 'AddClusterIntoServiceMesh', {
      ServiceMeshId,
      ClusterId,
    });
  }
  await until('the members', async () => {
    const { Clusters } = await rpc(
      'servicemesh',
      'DescribeClustersInServiceMesh',
      { ServiceMeshId },
    );
    return Clusters.every(
      ({ State }: { State: string }) => State === 'running',
    );
  });
  await rpc('servicemesh', 'UpdateMeshFeature', {
    ServiceMeshId,
    LocalityLoadBalancing: true,
    LocalityLBConf: JSON.stringify({
      failover: [
        { from: 'cn-hangzhou', to: 'cn-shanghai' },
        { from: 'cn-shanghai', to: 'cn-hangzhou' },
      ],
    }),
  });
  await running();
  return ServiceMeshId;
}
