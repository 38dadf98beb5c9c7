import { until } from '../account';
import type { OfficialClient } from './client';

/** One region's VPC with its only vSwitch. */
export interface Site {
  RegionId: string;
  VpcId: string;
  VSwitchId: string;
  ZoneId: string;
  RouteTableId: string;
}

async function makeSite(
  { rpc }: OfficialClient,
  RegionId: string,
  [vpcBlock, vSwitchBlock]: [string, string],
  ZoneId: string,
): Promise<Site> {
  const made = await rpc('vpc', 'CreateVpc', {
    RegionId,
    CidrBlock: vpcBlock,
    VpcName: `vpc-${vpcBlock}`,
    ClientToken: `vpc-${vpcBlock}-${Math.random()}`,
    Tag: [{ Key: 'guide', Value: 'disaster recovery' }],
  });
  const { VpcId } = made;
  await until('the VPC', async () => {
    const { Vpcs } = await rpc('vpc', 'DescribeVpcs', { RegionId, VpcId });
    return Vpcs.Vpc[0].Status === 'Available';
  });
  const { VSwitchId } = await rpc('vpc', 'CreateVSwitch', {
    RegionId,
    VpcId,
    ZoneId,
    CidrBlock: vSwitchBlock,
  });
  await until('the vSwitch', async () => {
    const answer = await rpc('vpc', 'DescribeVSwitchAttributes', {
      RegionId,
      VSwitchId,
    });
    return answer.Status === 'Available';
  });
  return {
    RegionId,
    VpcId,
    VSwitchId,
    ZoneId,
    RouteTableId: made.RouteTableId,
  };
}

async function makeRouter(
  { rpc }: OfficialClient,
  CenId: string,
  RegionId: string,
) {
  const { TransitRouterId: id } = await rpc('cbn', 'CreateTransitRouter', {
    CenId,
    RegionId,
  });
  await until('the transit router', async () => {
    const { TransitRouters } = await rpc('cbn', 'ListTransitRouters', {
      TransitRouterId: id,
      RegionId,
    });
    return TransitRouters[0].Status === 'Active';
  });
  const { TransitRouterRouteTables } = await rpc(
    'cbn',
    'ListTransitRouterRouteTables',
    { TransitRouterId: id },
  );
  return {
    id,
    table: TransitRouterRouteTables[0].TransitRouterRouteTableId as string,
  };
}

/** Waits until the attachment is ready after `call` changed it. */
async function attached(
  { rpc }: OfficialClient,
  kind: 'Vpc' | 'Peer',
  id: string,
): Promise<void> {
  await until('the attachment', async () => {
    const { TransitRouterAttachments } = await rpc(
      'cbn',
      `ListTransitRouter${kind}Attachments`,
      { TransitRouterAttachmentId: id },
    );
    return TransitRouterAttachments[0].Status === 'Attached';
  });
}

/** Attaches a VPC, then switches on that its transit router publishes routes to it: two calls, as in the console. */
async function attach(
  client: OfficialClient,
  CenId: string,
  router: string,
  { RegionId, VpcId, VSwitchId, ZoneId }: Site,
): Promise<string> {
  const { TransitRouterAttachmentId } = await client.rpc(
    'cbn',
    'CreateTransitRouterVpcAttachment',
    {
      CenId,
      RegionId,
      TransitRouterId: router,
      VpcId,
      ZoneMappings: [{ ZoneId, VSwitchId }],
    },
  );
  await attached(client, 'Vpc', TransitRouterAttachmentId);
  await client.rpc('cbn', 'UpdateTransitRouterVpcAttachmentAttribute', {
    TransitRouterAttachmentId,
    AutoPublishRouteEnabled: true,
  });
  await attached(client, 'Vpc', TransitRouterAttachmentId);
  return TransitRouterAttachmentId;
}

async function attachPeer(
  client: OfficialClient,
  CenId: string,
  here: string,
  there: string,
): Promise<string> {
  const { TransitRouterAttachmentId } = await client.rpc(
    'cbn',
    'CreateTransitRouterPeerAttachment',
    {
      CenId,
      RegionId: 'cn-hangzhou',
      TransitRouterId: here,
      PeerTransitRouterId: there,
      PeerTransitRouterRegionId: 'cn-shanghai',
      AutoPublishRouteEnabled: true,
      BandwidthType: 'DataTransfer',
      Bandwidth: 100,
    },
  );
  await attached(client, 'Peer', TransitRouterAttachmentId);
  return TransitRouterAttachmentId;
}

/** Associates every attachment with its transit router's table and has it propagate its routes there. */
async function route({ rpc }: OfficialClient, links: [string, string][]) {
  for (const [attachment, table] of links) {
    for (const action of [
      'AssociateTransitRouterAttachmentWithRouteTable',
      'EnableTransitRouterRouteTablePropagation',
    ]) {
      await rpc('cbn', action, {
        TransitRouterAttachmentId: attachment,
        TransitRouterRouteTableId: table,
      });
    }
  }
  for (const table of new Set(links.map(([, it]) => it))) {
    await until('associations and propagations', async () => {
      const query = { TransitRouterRouteTableId: table };
      const lists = await Promise.all([
        rpc('cbn', 'ListTransitRouterRouteTableAssociations', query),
        rpc('cbn', 'ListTransitRouterRouteTablePropagations', query),
      ]);
      return [
        ...lists[0].TransitRouterAssociations,
        ...lists[1].TransitRouterPropagations,
      ].every(({ Status }) => Status === 'Active');
    });
  }
}

/** The guide's network: three VPCs, joined by CEN with transit routers in both regions. */
export async function buildNetwork(client: OfficialClient) {
  const { rpc } = client;
  const blocks = (first: string): [string, string] => [
    `${first}.0.0.0/8`,
    `${first}.0.0.0/16`,
  ];
  const sites = {
    hangzhou: await makeSite(
      client,
      'cn-hangzhou',
      blocks('20'),
      'cn-hangzhou-h',
    ),
    shanghai: await makeSite(
      client,
      'cn-shanghai',
      blocks('21'),
      'cn-shanghai-b',
    ),
    mesh: await makeSite(
      client,
      'cn-hangzhou',
      ['192.168.0.0/16', '192.168.0.0/24'],
      'cn-hangzhou-h',
    ),
  };
  await rpc('cbn', 'OpenTransitRouterService');
  const { CenId } = await rpc('cbn', 'CreateCen', { Name: 'guide' });
  await until('the CEN', async () => {
    const { Cens } = await rpc('cbn', 'DescribeCens', {
      Filter: [{ Key: 'CenId', Value: [CenId] }],
    });
    return Cens.Cen[0].Status === 'Active';
  });
  const routers = [
    await makeRouter(client, CenId, 'cn-hangzhou'),
    await makeRouter(client, CenId, 'cn-shanghai'),
  ];
  const [here, there] = routers;
  const [hangzhou, shanghai, mesh, peer] = await Promise.all([
    attach(client, CenId, here.id, sites.hangzhou),
    attach(client, CenId, there.id, sites.shanghai),
    attach(client, CenId, here.id, sites.mesh),
    attachPeer(client, CenId, here.id, there.id),
  ]);
  await route(client, [
    [hangzhou, here.table],
    [mesh, here.table],
    [peer, here.table],
    [shanghai, there.table],
    [peer, there.table],
  ]);
  return {
    CenId,
    sites,
    routers,
    attachments: [hangzhou, shanghai, mesh],
    peer,
  };
}

export type Network = Awaited<ReturnType<typeof buildNetwork>>;
