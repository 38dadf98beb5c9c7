import { NotFoundError } from '@backstage/errors';
import type {
  AckCluster,
  Alicloud,
  AlicloudAccounts,
  MeshCandidate,
  MeshMember,
  PeerAttachment,
  ServiceMesh,
  VpcAttachment,
  VSwitch,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

export const MESH_ID = 'c0000000000000000000000000000mesh';
export const HANGZHOU_ID = 'c000000000000000000000000hangzhou';
export const SHANGHAI_ID = 'c000000000000000000000000shanghai';

interface TestRoute {
  table: string;
  cidr: string;
}

/** The guide's network in memory: three VPCs, two clusters, one mesh, everything well. Tests break what they are about. */
export class FakeCloud implements AlicloudAccounts {
  /** Every ASM call that changes something, in order. */
  readonly asked: string[] = [];
  /** Every change of the network, in order. */
  readonly repaired: string[] = [];
  /** Set: all ASM calls are refused with it, as with a wrong key. */
  asmTrouble: Error | undefined;
  /** What adding a cluster leads to. */
  joinOutcome: { state: string; errorMessage?: string } = { state: 'running' };
  /** Called before each AddClusterIntoServiceMesh; throw to make it fail. */
  beforeAdd: () => void = () => {};
  /** Called before each UpdateMeshFeature; throw to make it fail. */
  beforeUpdate: (setting: any) => void = () => {};

  readonly mesh: ServiceMesh = {
    serviceMeshId: MESH_ID,
    name: 'asm-guide',
    regionId: 'cn-hangzhou',
    state: 'running',
    version: 'v1.22.6.66-g1a2b3c4d-aliyun',
    vpcId: 'vpc-asm',
    vSwitchIds: ['vsw-asm'],
    clusterIds: [HANGZHOU_ID, SHANGHAI_ID],
    apiServerPublicEip: true,
    tags: { 'mesh-dr:environment': 'guide' },
    locality: { enabled: false, failover: [], distribute: [] },
  };
  readonly clusters: AckCluster[] = [
    ackCluster(HANGZHOU_ID, 'hangzhou', '20', '10.0.0.0/16', '172.16.0.0/16'),
    ackCluster(SHANGHAI_ID, 'shanghai', '21', '10.1.0.0/16', '172.17.0.0/16'),
  ];
  members: MeshMember[] = this.clusters.map(memberOf);
  candidates: MeshCandidate[] = [];
  readonly vSwitches: VSwitch[] = [
    vSwitch('vsw-asm', 'vpc-asm', 'cn-hangzhou-h', '192.168.0.0/24'),
    vSwitch('vsw-hangzhou', 'vpc-hangzhou', 'cn-hangzhou-h', '20.0.0.0/16'),
    vSwitch('vsw-shanghai', 'vpc-shanghai', 'cn-shanghai-b', '21.0.0.0/16'),
  ];
  readonly attachments: VpcAttachment[] = [
    attachment('asm', 'tr-hangzhou', 'cn-hangzhou'),
    attachment('hangzhou', 'tr-hangzhou', 'cn-hangzhou'),
    attachment('shanghai', 'tr-shanghai', 'cn-shanghai'),
  ];
  readonly peer: PeerAttachment = {
    transitRouterAttachmentId: 'tr-attach-peer',
    transitRouterId: 'tr-hangzhou',
    peerTransitRouterId: 'tr-shanghai',
    cenId: 'cen-1',
    regionId: 'cn-hangzhou',
    peerTransitRouterRegionId: 'cn-shanghai',
    status: 'Attached',
    bandwidth: 10,
    bandwidthType: 'DataTransfer',
    autoPublishRouteEnabled: true,
    tags: {},
  };
  /** Routes of VPC and transit router tables; every table reaches every vSwitch. */
  routes: TestRoute[] = [
    'vtb-vpc-asm',
    'vtb-vpc-hangzhou',
    'vtb-vpc-shanghai',
    'vtb-tr-attach-asm',
    'vtb-tr-attach-hangzhou',
    'vtb-tr-attach-shanghai',
  ].flatMap(table =>
    this.vSwitches.map(({ cidrBlock }) => ({ table, cidr: cidrBlock })),
  );
  readonly published = new Map([
    ['10.0.0.0/26', 'Published'],
    ['10.1.0.0/26', 'Published'],
  ]);
  readonly admitted = new Map([
    ['sg-hangzhou', ['10.1.0.0/16']],
    ['sg-shanghai', ['10.0.0.0/16']],
  ]);

  names() {
    return ['default'];
  }

  /** Takes a cluster out of the mesh, so that it can be joined. */
  leaveOut(clusterId: string): void {
    const member = this.members.find(m => m.clusterId === clusterId)!;
    this.members = this.members.filter(m => m !== member);
    this.candidates.push({ ...member, forbiddenFlag: 0 });
  }

  get(): Alicloud {
    return {
      account: 'default',
      asm: this.asm() as unknown as Alicloud['asm'],
      ack: this.ack() as unknown as Alicloud['ack'],
      cen: this.cen() as unknown as Alicloud['cen'],
      vpc: this.vpc() as unknown as Alicloud['vpc'],
      ecs: {
        describeSecurityGroupRules: async (p: { securityGroupId: string }) =>
          (this.admitted.get(p.securityGroupId) ?? []).map(sourceCidrIp => ({
            ruleId: 'sgr-1',
            direction: 'ingress',
            ipProtocol: 'ALL',
            portRange: '-1/-1',
            sourceCidrIp,
            policy: 'Accept',
            priority: '1',
            description: '',
          })),
        authorizeIngress: async (p: {
          regionId: string;
          securityGroupId: string;
          rules: { sourceCidrIp: string }[];
        }) => {
          const cidrs = p.rules.map(({ sourceCidrIp }) => sourceCidrIp);
          this.repaired.push(`${p.regionId} ${p.securityGroupId} ${cidrs}`);
          this.admitted.get(p.securityGroupId)!.push(...cidrs);
        },
      } as unknown as Alicloud['ecs'],
      sts: {} as Alicloud['sts'],
    };
  }

  private asm() {
    const guarded =
      <A extends unknown[], T>(call: (...args: A) => T) =>
      async (...args: A): Promise<T> => {
        if (this.asmTrouble) throw this.asmTrouble;
        return call(...args);
      };
    return {
      describeServiceMeshes: guarded(() => [structuredClone(this.mesh)]),
      describeServiceMesh: guarded((p: { serviceMeshId: string }) =>
        p.serviceMeshId === MESH_ID ? structuredClone(this.mesh) : undefined,
      ),
      describeMembers: guarded(() => structuredClone(this.members)),
      describeCandidates: guarded(() => structuredClone(this.candidates)),
      addCluster: guarded(({ clusterId }: { clusterId: string }) => {
        this.beforeAdd();
        this.asked.push(`add ${clusterId}`);
        const candidate = this.candidates.find(c => c.clusterId === clusterId);
        if (!candidate) throw new NotFoundError(clusterId);
        this.candidates = this.candidates.filter(c => c !== candidate);
        const { forbiddenFlag: _, ...member } = candidate;
        this.members.push({ ...member, ...this.joinOutcome });
      }),
      removeCluster: guarded(({ clusterId }: { clusterId: string }) => {
        this.asked.push(`remove ${clusterId}`);
        this.leaveOut(clusterId);
      }),
      updateLocality: guarded(({ setting }: { setting: any }) => {
        this.beforeUpdate(setting);
        this.asked.push(
          `locality ${
            Object.keys(setting).filter(key => key !== 'enabled')[0] ?? 'off'
          }`,
        );
        this.mesh.locality = { failover: [], distribute: [], ...setting };
      }),
    };
  }

  private ack() {
    return {
      describeCluster: async ({ clusterId }: { clusterId: string }) =>
        this.clusters.find(cluster => cluster.clusterId === clusterId),
    };
  }

  private cen() {
    return {
      describeCens: async () => [
        { cenId: 'cen-1', name: 'cen-guide', status: 'Active', tags: {} },
      ],
      listTransitRouters: async () =>
        ['hangzhou', 'shanghai'].map(city => ({
          transitRouterId: `tr-${city}`,
          transitRouterName: `${city}-router`,
          cenId: 'cen-1',
          regionId: `cn-${city}`,
          status: 'Active',
          type: 'Enterprise',
          tags: {},
        })),
      listVpcAttachments: async () => this.attachments,
      listPeerAttachments: async () => [structuredClone(this.peer)],
      updatePeerAttachment: async (p: {
        transitRouterAttachmentId: string;
        bandwidth: number;
        bandwidthType: string;
      }) => {
        const { transitRouterAttachmentId: id, bandwidth, bandwidthType } = p;
        this.repaired.push(`${id} ${bandwidth} ${bandwidthType}`);
        Object.assign(this.peer, { bandwidth, bandwidthType });
      },
      listAssociations: async (p: { transitRouterAttachmentId: string }) => [
        {
          transitRouterAttachmentId: p.transitRouterAttachmentId,
          transitRouterRouteTableId: `vtb-${p.transitRouterAttachmentId}`,
          status: 'Active',
        },
      ],
      listRouteEntries: async (p: { transitRouterRouteTableId: string }) =>
        this.entries(p.transitRouterRouteTableId).map(entry => ({
          ...entry,
          status: 'Active',
          type: 'Propagated',
        })),
      describePublishedRouteEntries: async () =>
        [...this.published].map(([destinationCidrBlock, publishStatus]) => ({
          destinationCidrBlock,
          publishStatus,
          nextHopId: 'i-1',
          nextHopType: 'Instance',
          routeType: 'Custom',
          childInstanceRouteTableId: 'vtb-1',
        })),
    };
  }

  private vpc() {
    return {
      describeVpcs: async ({ regionId }: { regionId: string }) =>
        this.attachments
          .filter(({ vpcRegionId }) => vpcRegionId === regionId)
          .map(({ vpcId }) => ({
            vpcId,
            vpcName: vpcId,
            regionId,
            cidrBlock: '0.0.0.0/0',
            status: 'Available',
            vSwitchIds: [],
            vRouterId: 'vrt-1',
            tags: {},
          })),
      describeVSwitches: async ({ vpcId }: { vpcId?: string }) =>
        this.vSwitches.filter(vsw => !vpcId || vsw.vpcId === vpcId),
      describeRouteTables: async ({ vpcId }: { vpcId: string }) => [
        { routeTableId: `vtb-${vpcId}`, vpcId, routeTableType: 'System' },
      ],
      describeRouteEntries: async (p: { routeTableId: string }) =>
        this.entries(p.routeTableId).map(({ destinationCidrBlock }) => ({
          routeEntryId: 'rte-1',
          destinationCidrBlock,
          status: 'Available',
          type: 'Custom',
          nextHops: [{ nextHopId: 'tr-attach', nextHopType: 'Attachment' }],
        })),
    };
  }

  private entries(table: string) {
    return this.routes
      .filter(route => route.table === table)
      .map(({ cidr }) => ({
        destinationCidrBlock: cidr,
        nextHopId: 'tr-attach',
        nextHopType: 'Attachment',
      }));
  }
}

function ackCluster(
  clusterId: string,
  city: string,
  first: string,
  containerCidr: string,
  serviceCidr: string,
): AckCluster {
  return {
    clusterId,
    name: `ack-${city}`,
    regionId: `cn-${city}`,
    state: 'running',
    currentVersion: '1.32.1-aliyun.1',
    vpcId: `vpc-${city}`,
    vSwitchIds: [`vsw-${city}`],
    securityGroupId: `sg-${city}`,
    containerCidr,
    serviceCidr,
    networkPlugin: 'flannel',
    apiServerEndpoint: 'https://203.0.113.7:6443',
    intranetApiServerEndpoint: `https://${first}.0.0.9:6443`,
    size: 2,
    tags: {},
  };
}

function memberOf(cluster: AckCluster): MeshMember {
  return {
    clusterId: cluster.clusterId,
    name: cluster.name,
    regionId: cluster.regionId,
    state: 'running',
    version: cluster.currentVersion,
    vpcId: cluster.vpcId,
  };
}

function vSwitch(
  vSwitchId: string,
  vpcId: string,
  zoneId: string,
  cidrBlock: string,
): VSwitch {
  return {
    vSwitchId,
    vSwitchName: vSwitchId,
    vpcId,
    zoneId,
    cidrBlock,
    status: 'Available',
    tags: {},
  };
}

function attachment(
  vpc: string,
  transitRouterId: string,
  region: string,
): VpcAttachment {
  return {
    transitRouterAttachmentId: `tr-attach-${vpc}`,
    transitRouterId,
    cenId: 'cen-1',
    vpcId: `vpc-${vpc}`,
    vpcRegionId: region,
    status: 'Attached',
    autoPublishRouteEnabled: true,
    tags: {},
  };
}
