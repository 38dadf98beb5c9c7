import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import RPCClient from '@alicloud/pop-core';
import type { Hop } from '../connectivity/findings';
import { waitFor } from '../wait';

/** One end of the guide's two regions. */
export interface Place {
  cluster: string;
  region: string;
  clusterId: string;
  securityGroupId: string;
  podCidr: string;
}

/** Whom a packet meets a cause between: on the way from one end to the other, or both ways. */
export interface Break {
  title: string;
  /** The sender of the packets that meet it; undefined: both. */
  sender?: Place;
  /** Place on a packet's way from its sender; of something at one end that both ways meet, seen from that end. */
  rank: number;
  /** For what both ways meet at one end: which one. */
  at?: Place;
  hop: Hop;
  evidence: RegExp;
  fix: RegExp;
  /** Security groups let answers pass. */
  stateful?: boolean;
  breakIt(): Promise<unknown>;
  /** Takes it back; what is not taken back here is made anew by provisioning again. */
  mendIt?(): Promise<unknown>;
}

const VERSIONS = { cbn: '2017-09-12', ecs: '2014-05-26', vpc: '2016-04-28' };

/** Operations that the product itself never calls, over Alibaba Cloud's own client. */
export function rawCalls(sandbox: Sandbox) {
  return async (
    product: keyof typeof VERSIONS,
    operation: string,
    params: Record<string, unknown>,
  ): Promise<any> =>
    new RPCClient({
      endpoint: sandbox.endpoint,
      apiVersion: VERSIONS[product],
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
    }).request(operation, params, { method: 'POST' });
}

/** Ids as they are now: what was deleted and made again has a new one. */
export async function idsOf(cloud: Alicloud, { region, clusterId }: Place) {
  const [{ cenId }] = await cloud.cen.describeCens({});
  const cluster = await cloud.ack.describeCluster({
    regionId: region,
    clusterId,
  });
  const { vpcId } = cluster!;
  const [attachment] = await cloud.cen.listVpcAttachments({ cenId, vpcId });
  const [link] = await cloud.cen.listPeerAttachments({
    cenId,
    regionId: region,
  });
  const [router] = await cloud.cen.listTransitRouters({
    cenId,
    regionId: region,
  });
  const [table] = await cloud.cen.listRouteTables({
    transitRouterId: router.transitRouterId,
  });
  return {
    cenId,
    vpcId,
    attachment: attachment.transitRouterAttachmentId,
    link: link?.transitRouterAttachmentId,
    table: table.transitRouterRouteTableId,
  };
}

/** The published Pod routes of an end. */
export async function publishedPods(cloud: Alicloud, place: Place) {
  const { cenId, vpcId } = await idsOf(cloud, place);
  const query = { cenId, vpcId, regionId: place.region };
  const entries = await cloud.cen.describePublishedRouteEntries(query);
  const prefix = place.podCidr.split('.').slice(0, 2).join('.');
  return entries
    .filter(({ destinationCidrBlock }) =>
      destinationCidrBlock.startsWith(`${prefix}.`),
    )
    .map(({ destinationCidrBlock, childInstanceRouteTableId }) => ({
      ...query,
      routeTableId: childInstanceRouteTableId,
      destinationCidrBlock,
    }));
}

/** Waits until what is listed is in force, or gone. */
const settled = (list: () => Promise<{ status: string }[]>, wanted: boolean) =>
  waitFor(
    async () => {
      const items = await list();
      const done = wanted
        ? items.some(({ status }) => status === 'Active')
        : items.length === 0;
      return done || undefined;
    },
    {
      timeoutMs: 30_000,
      onTimeout: () => `what was to be ${wanted ? 'in force' : 'gone'} is not`,
      pace: { minIntervalMs: 10, maxIntervalMs: 50 },
    },
  );

/** Everything that can be wrong at or behind one end `here`, with the other end `there`. */
export function breaksAt(
  cloud: Alicloud,
  raw: ReturnType<typeof rawCalls>,
  here: Place,
  there: Place,
): Break[] {
  const ids = () => idsOf(cloud, here);
  const tableLink = async (which: 'attachment' | 'link') => {
    const all = await ids();
    return {
      transitRouterAttachmentId: all[which]!,
      transitRouterRouteTableId: all.table,
    };
  };
  let token = 0;
  const associate = async (which: 'attachment' | 'link') => {
    const link = await tableLink(which);
    await cloud.cen.associateRouteTable({
      ...link,
      clientToken: `associate-${here.region}-${which}-${token++}`,
    });
    await settled(() => cloud.cen.listAssociations(link), true);
  };
  const dissociate = async (which: 'attachment' | 'link') => {
    const link = await tableLink(which);
    await cloud.cen.dissociateRouteTable(link);
    await settled(() => cloud.cen.listAssociations(link), false);
  };
  const propagate = async (which: 'attachment' | 'link') => {
    const link = await tableLink(which);
    await cloud.cen.enablePropagation({
      ...link,
      clientToken: `propagate-${here.region}-${which}-${token++}`,
    });
    await settled(() => cloud.cen.listPropagations(link), true);
  };
  const conceal = async (which: 'attachment' | 'link') => {
    const link = await tableLink(which);
    await cloud.cen.disablePropagation(link);
    await settled(() => cloud.cen.listPropagations(link), false);
  };
  const announce = async (AutoPublishRouteEnabled: boolean) =>
    raw('cbn', 'UpdateTransitRouterVpcAttachmentAttribute', {
      TransitRouterAttachmentId: (await ids()).attachment,
      AutoPublishRouteEnabled,
    });
  const rule = {
    regionId: here.region,
    securityGroupId: here.securityGroupId,
    rules: [{ sourceCidrIp: there.podCidr }],
  };
  const egress = (operation: string) =>
    raw('ecs', operation, {
      RegionId: here.region,
      SecurityGroupId: here.securityGroupId,
      'Permissions.1.IpProtocol': 'ICMP',
      'Permissions.1.PortRange': '-1/-1',
      'Permissions.1.DestCidrIp': there.podCidr,
      'Permissions.1.Policy': 'drop',
      'Permissions.1.Priority': '1',
    });
  const route = { hop: 'route' as const };
  const group = { hop: 'security group' as const, stateful: true };
  const name = here.cluster;
  return [
    {
      title: `the security group of ${name} drops what leaves`,
      ...group,
      sender: here,
      rank: 0,
      evidence: new RegExp(
        `^${here.securityGroupId} of ${name} does not let traffic out to ${there.podCidr} .*its rule sgr-`,
      ),
      fix: /^Remove that rule/,
      breakIt: () => egress('AuthorizeSecurityGroupEgress'),
      mendIt: () => egress('RevokeSecurityGroupEgress'),
    },
    {
      title: `the VPC of ${name} has no route to the transit router`,
      ...route,
      sender: here,
      rank: 1,
      evidence: new RegExp(
        `no route to the transit router in the route table of vpc-\\w+ \\(the VPC of ${name}\\)`,
      ),
      fix: /^Switch "advertise routes to VPC" \(AutoPublishRouteEnabled\) of attachment tr-attach-\w+ on, or add a route to 10\.\d\.0\.0\/16 with next hop tr-attach-/,
      breakIt: () => announce(false),
      mendIt: () => announce(true),
    },
    {
      title: `the attachment of ${name} is associated with no table`,
      ...route,
      sender: here,
      rank: 2,
      evidence: new RegExp(
        `^Attachment tr-attach-\\w+ of VPC vpc-\\w+ \\(${name}\\) is associated with no route table of transit router tr-\\w+ \\(${here.region}\\)`,
      ),
      fix: /^Associate tr-attach-\w+ with route table vtb-\w+/,
      breakIt: () => dissociate('attachment'),
      mendIt: () => associate('attachment'),
    },
    {
      title: `the transit router of ${here.region} learns nothing over the link`,
      ...route,
      sender: here,
      rank: 3,
      evidence: new RegExp(
        `^Route table vtb-\\w+ of transit router tr-\\w+ \\(${here.region}\\) does not learn the routes of inter-region connection tr-attach-`,
      ),
      fix: /^Enable route propagation of tr-attach-\w+ to vtb-\w+/,
      breakIt: () => conceal('link'),
      mendIt: () => propagate('link'),
    },
    {
      title: `the link is associated with no table in ${here.region}`,
      ...route,
      sender: there,
      rank: 6,
      evidence: new RegExp(
        `^Inter-region connection tr-attach-\\w+ \\(cn-hangzhou – cn-shanghai\\) is associated with no route table of transit router tr-\\w+ \\(${here.region}\\)`,
      ),
      fix: /^Associate tr-attach-\w+ with route table vtb-\w+/,
      breakIt: () => dissociate('link'),
      mendIt: () => associate('link'),
    },
    {
      title: `the transit router of ${here.region} learns nothing from the VPC of ${name}`,
      ...route,
      sender: there,
      rank: 7,
      evidence: new RegExp(
        `^Route table vtb-\\w+ of transit router tr-\\w+ \\(${here.region}\\) does not learn the routes of attachment tr-attach-\\w+ of VPC vpc-\\w+ \\(${name}\\)`,
      ),
      fix: /^Enable route propagation of tr-attach-\w+ to vtb-\w+/,
      breakIt: () => conceal('attachment'),
      mendIt: () => propagate('attachment'),
    },
    {
      title: `Pod routes of ${name} are not published`,
      ...route,
      sender: there,
      rank: 8,
      evidence: new RegExp(
        `^Pod route 10\\.\\d+\\.\\d+\\.\\d+/\\d+ of VPC vpc-\\w+ \\(${name}\\) is not published to cen-`,
      ),
      fix: new RegExp(`^Publish the Pod routes of ${name} to the CEN`),
      breakIt: async () => {
        for (const entry of await publishedPods(cloud, here)) {
          await cloud.cen.withdrawRouteEntry(entry);
        }
      },
      mendIt: async () => {
        for (const entry of await publishedPods(cloud, here)) {
          await cloud.cen.publishRouteEntry(entry);
        }
      },
    },
    {
      title: `the VPC of ${name} is not attached`,
      hop: 'attachment',
      at: here,
      rank: 1,
      evidence: new RegExp(
        `^VPC vpc-\\w+ \\(${name}, ${here.region}\\) is attached to no transit router`,
      ),
      fix: /^Attach it to the CEN's transit router in/,
      breakIt: async () => {
        const { attachment, cenId, vpcId } = await ids();
        await cloud.cen.deleteVpcAttachment({
          transitRouterAttachmentId: attachment,
          force: true,
        });
        await settled(
          () => cloud.cen.listVpcAttachments({ cenId, vpcId }),
          false,
        );
      },
    },
    {
      title: `the security group of ${name} admits nothing from the other region`,
      ...group,
      sender: there,
      rank: 10,
      evidence: new RegExp(
        `^${here.securityGroupId} of ${name} does not admit ${there.podCidr} \\(Pods of ${there.cluster}\\): none of its ingress rules accepts it`,
      ),
      fix: /^Add an ingress rule for it/,
      breakIt: () => cloud.ecs.revokeIngress(rule),
      mendIt: () => cloud.ecs.authorizeIngress(rule),
    },
  ];
}

/** What can be wrong between the regions, whichever way a packet goes. */
export function breaksBetween(
  cloud: Alicloud,
  raw: ReturnType<typeof rawCalls>,
  [a, b]: Place[],
  bandwidth: number,
): Break[] {
  const link = async () => (await idsOf(cloud, a)).link!;
  const limit = async (BandwidthLimit: number) =>
    raw('cbn', 'SetCenInterRegionBandwidthLimit', {
      CenId: (await idsOf(cloud, a)).cenId,
      LocalRegionId: a.region,
      OppositeRegionId: b.region,
      BandwidthLimit,
    });
  const announce = async (autoPublishRouteEnabled: boolean) =>
    cloud.cen.updatePeerAttachment({
      transitRouterAttachmentId: await link(),
      autoPublishRouteEnabled,
    });
  return [
    {
      title: 'the link announces no routes',
      hop: 'route',
      rank: 4,
      evidence:
        /^Inter-region connection tr-attach-\w+ .* does not announce routes/,
      fix: /AutoPublishRouteEnabled/,
      breakIt: () => announce(false),
      mendIt: () => announce(true),
    },
    {
      title: 'the link has no bandwidth',
      hop: 'bandwidth',
      rank: 5,
      evidence:
        /^Inter-region connection tr-attach-\w+ \(cn-hangzhou – cn-shanghai\) has no cross-region bandwidth/,
      fix: /^Set its bandwidth/,
      breakIt: () => limit(0),
      mendIt: () => limit(bandwidth),
    },
    {
      title: 'there is no link',
      hop: 'link',
      rank: 5,
      evidence:
        /^There is no inter-region connection between cn-hangzhou and cn-shanghai in cen-/,
      fix: /^Create one between transit routers tr-\w+ and tr-\w+, with cross-region bandwidth/,
      breakIt: async () => {
        const { cenId, link: id } = await idsOf(cloud, a);
        await cloud.cen.deletePeerAttachment({
          transitRouterAttachmentId: id!,
          force: true,
        });
        await settled(
          () => cloud.cen.listPeerAttachments({ cenId, regionId: a.region }),
          false,
        );
      },
    },
  ];
}
