import { Account, until } from './account';

/** The guide's network, clusters and mesh, made over the OpenAPI like any customer would. */

export interface Site {
  regionId: string;
  vpcId: string;
  vSwitchId: string;
  zoneId: string;
  routeTableId: string;
}

export async function makeSite(
  { vpc }: Account,
  regionId: string,
  vpcBlock: string,
  vSwitchBlock: string,
  zoneId: string,
): Promise<Site> {
  const { VpcId: vpcId, RouteTableId: routeTableId } = await vpc('CreateVpc', {
    RegionId: regionId,
    CidrBlock: vpcBlock,
    VpcName: `vpc-${vpcBlock}`,
  });
  await until('the VPC', async () => {
    const { Status } = await vpc('DescribeVpcAttribute', {
      RegionId: regionId,
      VpcId: vpcId,
    });
    return Status === 'Available';
  });
  const { VSwitchId: vSwitchId } = await vpc('CreateVSwitch', {
    RegionId: regionId,
    VpcId: vpcId,
    CidrBlock: vSwitchBlock,
    ZoneId: zoneId,
  });
  await until('the vSwitch', async () => {
    const { Status } = await vpc('DescribeVSwitchAttributes', {
      RegionId: regionId,
      VSwitchId: vSwitchId,
    });
    return Status === 'Available';
  });
  return { regionId, vpcId, vSwitchId, zoneId, routeTableId };
}

export async function makeSites(cloud: Account) {
  const [hangzhou, shanghai, mesh] = await Promise.all([
    makeSite(
      cloud,
      'cn-hangzhou',
      '20.0.0.0/8',
      '20.0.0.0/16',
      'cn-hangzhou-h',
    ),
    makeSite(
      cloud,
      'cn-shanghai',
      '21.0.0.0/8',
      '21.0.0.0/16',
      'cn-shanghai-b',
    ),
    makeSite(
      cloud,
      'cn-hangzhou',
      '192.168.0.0/16',
      '192.168.0.0/24',
      'cn-hangzhou-h',
    ),
  ]);
  return { hangzhou, shanghai, mesh };
}

export type Sites = Awaited<ReturnType<typeof makeSites>>;

/** CEN, two transit routers, three VPC attachments and the inter-region link, with all routing switched on. */
export async function connect(
  { cen }: Account,
  sites: Sites,
  link: { bandwidth?: number } = {},
) {
  const { CenId: cenId } = await cen('CreateCen', { Name: 'cen' });
  await cen('OpenTransitRouterService');
  await until('the CEN', async () => {
    const { Cens } = await cen('DescribeCens', {
      Filter: [{ Key: 'CenId', Value: [cenId] }],
    });
    return Cens.Cen[0].Status === 'Active';
  });
  const makeRouter = async (regionId: string) => {
    const { TransitRouterId: id } = await cen('CreateTransitRouter', {
      CenId: cenId,
      RegionId: regionId,
    });
    await until('the transit router', async () => {
      const { TransitRouters } = await cen('ListTransitRouters', {
        TransitRouterId: id,
      });
      return TransitRouters[0].Status === 'Active';
    });
    const { TransitRouterRouteTables } = await cen(
      'ListTransitRouterRouteTables',
      { TransitRouterId: id },
    );
    return {
      id,
      table: TransitRouterRouteTables[0].TransitRouterRouteTableId,
    };
  };
  const [routerHz, routerSh] = await Promise.all([
    makeRouter('cn-hangzhou'),
    makeRouter('cn-shanghai'),
  ]);
  const attach = async (site: Site, router: string): Promise<string> => {
    const { TransitRouterAttachmentId: id } = await cen(
      'CreateTransitRouterVpcAttachment',
      {
        CenId: cenId,
        RegionId: site.regionId,
        TransitRouterId: router,
        VpcId: site.vpcId,
        AutoPublishRouteEnabled: true,
        ZoneMappings: [{ ZoneId: site.zoneId, VSwitchId: site.vSwitchId }],
      },
    );
    await until('the VPC attachment', async () => {
      const { TransitRouterAttachments } = await cen(
        'ListTransitRouterVpcAttachments',
        { TransitRouterAttachmentId: id },
      );
      return TransitRouterAttachments[0].Status === 'Attached';
    });
    return id;
  };
  const attachPeer = async (): Promise<string> => {
    const { TransitRouterAttachmentId: id } = await cen(
      'CreateTransitRouterPeerAttachment',
      {
        CenId: cenId,
        RegionId: 'cn-hangzhou',
        TransitRouterId: routerHz.id,
        PeerTransitRouterId: routerSh.id,
        PeerTransitRouterRegionId: 'cn-shanghai',
        AutoPublishRouteEnabled: true,
        BandwidthType: 'DataTransfer',
        ...(link.bandwidth ? { Bandwidth: link.bandwidth } : {}),
      },
    );
    await until('the peer attachment', async () => {
      const { TransitRouterAttachments } = await cen(
        'ListTransitRouterPeerAttachments',
        { TransitRouterAttachmentId: id },
      );
      return TransitRouterAttachments[0].Status === 'Attached';
    });
    return id;
  };
  const [hangzhou, shanghai, mesh, peer] = await Promise.all([
    attach(sites.hangzhou, routerHz.id),
    attach(sites.shanghai, routerSh.id),
    attach(sites.mesh, routerHz.id),
    attachPeer(),
  ]);
  const links = [
    [hangzhou, routerHz.table],
    [mesh, routerHz.table],
    [peer, routerHz.table],
    [shanghai, routerSh.table],
    [peer, routerSh.table],
  ];
  for (const [attachmentId, table] of links) {
    for (const action of [
      'AssociateTransitRouterAttachmentWithRouteTable',
      'EnableTransitRouterRouteTablePropagation',
    ]) {
      await cen(action, {
        TransitRouterAttachmentId: attachmentId,
        TransitRouterRouteTableId: table,
      });
    }
  }
  for (const { table } of [routerHz, routerSh]) {
    await until('the route table links', async () => {
      const { TransitRouterAssociations } = await cen(
        'ListTransitRouterRouteTableAssociations',
        { TransitRouterRouteTableId: table },
      );
      const { TransitRouterPropagations } = await cen(
        'ListTransitRouterRouteTablePropagations',
        { TransitRouterRouteTableId: table },
      );
      return [...TransitRouterAssociations, ...TransitRouterPropagations].every(
        ({ Status }: { Status: string }) => Status === 'Active',
      );
    });
  }
  return {
    cenId,
    routers: { hangzhou: routerHz, shanghai: routerSh },
    attachments: { hangzhou, shanghai, mesh },
    peer,
  };
}

export type Connection = Awaited<ReturnType<typeof connect>>;

/** What the guide asks ACK for: two nodes, Flannel, a public API server. */
export function clusterBody(
  name: string,
  site: Pick<Site, 'regionId' | 'vpcId' | 'vSwitchId'>,
  podBlock: string,
  serviceBlock: string,
) {
  return {
    name,
    region_id: site.regionId,
    cluster_type: 'ManagedKubernetes',
    profile: 'Default',
    cluster_spec: 'ack.pro.small',
    vpcid: site.vpcId,
    vswitch_ids: [site.vSwitchId],
    container_cidr: podBlock,
    service_cidr: serviceBlock,
    node_cidr_mask: '26',
    snat_entry: true,
    endpoint_public_access: true,
    addons: [{ name: 'flannel' }],
    nodepools: [
      {
        nodepool_info: { name: 'default' },
        scaling_group: {
          vswitch_ids: [site.vSwitchId],
          instance_types: ['ecs.g7.xlarge'],
          desired_size: 2,
        },
      },
    ],
  };
}

/** Creates the cluster and waits until it is running with all nodes Ready. */
export async function makeCluster(
  { ack }: Account,
  body: ReturnType<typeof clusterBody>,
): Promise<string> {
  const { cluster_id: id } = await ack.post('/clusters', body);
  await until('the cluster', async () => {
    const { state } = await ack.get(`/clusters/${id}`);
    return state === 'running';
  });
  await until('the nodes', async () => {
    const { nodes } = await ack.get(`/clusters/${id}/nodes`);
    return (
      nodes.length === 2 &&
      nodes.every(
        (node: { node_status: string }) => node.node_status === 'Ready',
      )
    );
  });
  return id;
}

export async function makeMesh(
  { asm }: Account,
  site: Site,
  more: Record<string, unknown> = {},
): Promise<string> {
  const { ServiceMeshId: id } = await asm('CreateServiceMesh', {
    RegionId: site.regionId,
    Name: 'mesh',
    VpcId: site.vpcId,
    VSwitches: JSON.stringify([site.vSwitchId]),
    ApiServerPublicEip: true,
    ...more,
  });
  await until('the mesh', async () => {
    const { ServiceMesh } = await asm('DescribeServiceMeshDetail', {
      ServiceMeshId: id,
    });
    return ServiceMesh.ServiceMeshInfo.State === 'running';
  });
  return id;
}

/** Adds the cluster and waits for the outcome. */
export async function join({ asm }: Account, mesh: string, cluster: string) {
  await asm('AddClusterIntoServiceMesh', {
    ServiceMeshId: mesh,
    ClusterId: cluster,
  });
  return until('the end of the join', async () => {
    const { Clusters } = await asm('DescribeClustersInServiceMesh', {
      ServiceMeshId: mesh,
    });
    const member = Clusters.find(
      ({ ClusterId }: { ClusterId: string }) => ClusterId === cluster,
    );
    return member.State === 'starting' ? undefined : member;
  });
}

/** The guide's whole environment but for the members of its mesh, which the guide adds last. */
export async function makeEnvironment(
  cloud: Account,
  link: { bandwidth?: number } = {},
) {
  const sites = await makeSites(cloud);
  const [connection, hangzhou, shanghai, mesh] = await Promise.all([
    connect(cloud, sites, link),
    makeCluster(
      cloud,
      clusterBody(
        'ack-hangzhou',
        sites.hangzhou,
        '10.0.0.0/16',
        '172.16.0.0/16',
      ),
    ),
    makeCluster(
      cloud,
      clusterBody(
        'ack-shanghai',
        sites.shanghai,
        '10.1.0.0/16',
        '172.17.0.0/16',
      ),
    ),
    makeMesh(cloud, sites.mesh),
  ]);
  return { sites, connection, clusters: { hangzhou, shanghai }, mesh };
}
