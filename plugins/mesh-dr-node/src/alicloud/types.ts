/**
 * Typed wrappers over the OpenAPI operations that Mesh DR calls, one interface per product. Names and fields follow the
 * OpenAPI in camelCase; list operations return all pages. Every method takes `CallOptions` and throws `AlicloudError`.
 */
import type {
  DistributionRule,
  FailoverRule,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

export interface CallOptions {
  signal?: AbortSignal;
  /** Deadline of the whole call, retries included; default 30 000 ms. */
  deadlineMs?: number;
}

export type Tags = Record<string, string>;

export interface Vpc {
  vpcId: string;
  vpcName: string;
  regionId: string;
  cidrBlock: string;
  /** `Pending`, `Available`. */
  status: string;
  vSwitchIds: string[];
  vRouterId: string;
  tags: Tags;
}
export interface VSwitch {
  vSwitchId: string;
  vSwitchName: string;
  vpcId: string;
  zoneId: string;
  cidrBlock: string;
  status: string;
  tags: Tags;
}
export interface RouteTable {
  routeTableId: string;
  vpcId: string;
  routeTableType: string;
}
export interface RouteEntry {
  routeEntryId: string;
  destinationCidrBlock: string;
  status: string;
  type: string;
  nextHops: { nextHopId: string; nextHopType: string }[];
}
export interface VpcApi {
  createVpc(
    p: {
      regionId: string;
      cidrBlock: string;
      vpcName: string;
      clientToken: string;
      tags?: Tags;
      description?: string;
    },
    o?: CallOptions,
  ): Promise<{ vpcId: string; routeTableId: string }>;
  describeVpcs(
    p: { regionId: string; vpcId?: string; vpcName?: string; tags?: Tags },
    o?: CallOptions,
  ): Promise<Vpc[]>;
  deleteVpc(
    p: { regionId: string; vpcId: string },
    o?: CallOptions,
  ): Promise<void>;
  createVSwitch(
    p: {
      regionId: string;
      vpcId: string;
      zoneId: string;
      cidrBlock: string;
      vSwitchName: string;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ vSwitchId: string }>;
  describeVSwitches(
    p: {
      regionId: string;
      vpcId?: string;
      vSwitchId?: string;
      vSwitchName?: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<VSwitch[]>;
  deleteVSwitch(
    p: { regionId: string; vSwitchId: string },
    o?: CallOptions,
  ): Promise<void>;
  describeZones(
    p: { regionId: string },
    o?: CallOptions,
  ): Promise<{ zoneId: string; localName: string }[]>;
  describeRegions(
    o?: CallOptions,
  ): Promise<{ regionId: string; localName: string }[]>;
  describeRouteTables(
    p: { regionId: string; vpcId: string },
    o?: CallOptions,
  ): Promise<RouteTable[]>;
  describeRouteEntries(
    p: { regionId: string; routeTableId: string },
    o?: CallOptions,
  ): Promise<RouteEntry[]>;
  tagResources(
    p: {
      regionId: string;
      resourceType: 'VPC' | 'VSWITCH';
      resourceIds: string[];
      tags: Tags;
    },
    o?: CallOptions,
  ): Promise<void>;
}

export interface Cen {
  cenId: string;
  name: string;
  status: string;
  tags: Tags;
}
export interface TransitRouter {
  transitRouterId: string;
  transitRouterName: string;
  cenId: string;
  regionId: string;
  status: string;
  type: string;
  tags: Tags;
}
export interface VpcAttachment {
  transitRouterAttachmentId: string;
  transitRouterId: string;
  cenId: string;
  vpcId: string;
  vpcRegionId: string;
  status: string;
  autoPublishRouteEnabled: boolean;
  tags: Tags;
}
export interface PeerAttachment {
  transitRouterAttachmentId: string;
  transitRouterId: string;
  peerTransitRouterId: string;
  cenId: string;
  regionId: string;
  peerTransitRouterRegionId: string;
  status: string;
  /** Mbit/s; 0 or absent: only the 1 kbit/s connectivity-test default. */
  bandwidth: number;
  bandwidthType: string;
  autoPublishRouteEnabled: boolean;
  tags: Tags;
}
export interface PublishedRouteEntry {
  destinationCidrBlock: string;
  nextHopId: string;
  nextHopType: string;
  routeType: string;
  /** `Published`, `NonPublished`. */
  publishStatus: string;
  childInstanceRouteTableId: string;
}
export interface RouteTableLink {
  transitRouterAttachmentId: string;
  transitRouterRouteTableId: string;
  status: string;
}
export interface CenApi {
  checkTransitRouterService(o?: CallOptions): Promise<boolean>;
  openTransitRouterService(o?: CallOptions): Promise<void>;
  createCen(
    p: { name: string; clientToken: string; tags?: Tags; description?: string },
    o?: CallOptions,
  ): Promise<{ cenId: string }>;
  describeCens(
    p: { cenId?: string; name?: string; tags?: Tags },
    o?: CallOptions,
  ): Promise<Cen[]>;
  deleteCen(p: { cenId: string }, o?: CallOptions): Promise<void>;
  availableZones(p: { regionId: string }, o?: CallOptions): Promise<string[]>;
  createTransitRouter(
    p: {
      cenId: string;
      regionId: string;
      transitRouterName: string;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterId: string }>;
  listTransitRouters(
    p: { cenId?: string; regionId?: string; transitRouterId?: string },
    o?: CallOptions,
  ): Promise<TransitRouter[]>;
  deleteTransitRouter(
    p: { transitRouterId: string },
    o?: CallOptions,
  ): Promise<void>;
  createVpcAttachment(
    p: {
      cenId: string;
      regionId: string;
      transitRouterId: string;
      vpcId: string;
      zoneMappings: { zoneId: string; vSwitchId: string }[];
      name: string;
      autoPublishRouteEnabled: boolean;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterAttachmentId: string }>;
  listVpcAttachments(
    p: {
      cenId?: string;
      regionId?: string;
      transitRouterId?: string;
      transitRouterAttachmentId?: string;
      vpcId?: string;
    },
    o?: CallOptions,
  ): Promise<VpcAttachment[]>;
  deleteVpcAttachment(
    p: { transitRouterAttachmentId: string; force?: boolean },
    o?: CallOptions,
  ): Promise<void>;
  createPeerAttachment(
    p: {
      cenId: string;
      regionId: string;
      transitRouterId: string;
      peerTransitRouterId: string;
      peerTransitRouterRegionId: string;
      name: string;
      /** Mbit/s; omit to leave the link without bandwidth. */
      bandwidth?: number;
      bandwidthType: 'DataTransfer' | 'BandwidthPackage';
      cenBandwidthPackageId?: string;
      autoPublishRouteEnabled: boolean;
      clientToken: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ transitRouterAttachmentId: string }>;
  listPeerAttachments(
    p: {
      cenId?: string;
      regionId?: string;
      transitRouterId?: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<PeerAttachment[]>;
  updatePeerAttachment(
    p: {
      transitRouterAttachmentId: string;
      bandwidth?: number;
      bandwidthType?: 'DataTransfer' | 'BandwidthPackage';
      autoPublishRouteEnabled?: boolean;
    },
    o?: CallOptions,
  ): Promise<void>;
  deletePeerAttachment(
    p: { transitRouterAttachmentId: string; force?: boolean },
    o?: CallOptions,
  ): Promise<void>;
  listRouteTables(
    p: { transitRouterId: string },
    o?: CallOptions,
  ): Promise<
    { transitRouterRouteTableId: string; type: string; status: string }[]
  >;
  listRouteEntries(
    p: { transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<
    {
      destinationCidrBlock: string;
      nextHopId: string;
      nextHopType: string;
      type: string;
      status: string;
    }[]
  >;
  associateRouteTable(
    p: {
      transitRouterAttachmentId: string;
      transitRouterRouteTableId: string;
      clientToken: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  listAssociations(
    p: {
      transitRouterRouteTableId?: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<RouteTableLink[]>;
  dissociateRouteTable(
    p: { transitRouterAttachmentId: string; transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<void>;
  enablePropagation(
    p: {
      transitRouterAttachmentId: string;
      transitRouterRouteTableId: string;
      clientToken: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  listPropagations(
    p: {
      transitRouterRouteTableId: string;
      transitRouterAttachmentId?: string;
    },
    o?: CallOptions,
  ): Promise<RouteTableLink[]>;
  disablePropagation(
    p: { transitRouterAttachmentId: string; transitRouterRouteTableId: string },
    o?: CallOptions,
  ): Promise<void>;
  describePublishedRouteEntries(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId?: string;
    },
    o?: CallOptions,
  ): Promise<PublishedRouteEntry[]>;
  publishRouteEntry(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId: string;
      destinationCidrBlock: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  withdrawRouteEntry(
    p: {
      cenId: string;
      vpcId: string;
      regionId: string;
      routeTableId: string;
      destinationCidrBlock: string;
    },
    o?: CallOptions,
  ): Promise<void>;
}

export interface SecurityGroupRule {
  ruleId: string;
  direction: 'ingress' | 'egress';
  ipProtocol: string;
  portRange: string;
  sourceCidrIp: string;
  policy: string;
  priority: string;
  description: string;
}
export interface EcsApi {
  describeSecurityGroups(
    p: {
      regionId: string;
      securityGroupId?: string;
      vpcId?: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<
    {
      securityGroupId: string;
      securityGroupName: string;
      vpcId: string;
      tags: Tags;
    }[]
  >;
  describeSecurityGroupRules(
    p: { regionId: string; securityGroupId: string },
    o?: CallOptions,
  ): Promise<SecurityGroupRule[]>;
  /** Ingress, all protocols unless told otherwise. Adding a rule that exists succeeds. */
  authorizeIngress(
    p: {
      regionId: string;
      securityGroupId: string;
      sourceCidrIp: string;
      description?: string;
      ipProtocol?: string;
      portRange?: string;
      clientToken?: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  revokeIngress(
    p: {
      regionId: string;
      securityGroupId: string;
      sourceCidrIp: string;
      ipProtocol?: string;
      portRange?: string;
    },
    o?: CallOptions,
  ): Promise<void>;
}

export interface AckCluster {
  clusterId: string;
  name: string;
  regionId: string;
  /** `initial`, `running`, `failed`, `deleting`, … */
  state: string;
  currentVersion: string;
  vpcId: string;
  vSwitchIds: string[];
  securityGroupId: string;
  containerCidr?: string;
  serviceCidr?: string;
  /** From `meta_data`/addons when told; undefined when unknown. */
  networkPlugin?: 'flannel' | 'terway';
  apiServerEndpoint?: string;
  intranetApiServerEndpoint?: string;
  size: number;
  tags: Tags;
}
export interface CreateAckCluster {
  name: string;
  regionId: string;
  kubernetesVersion?: string;
  clusterSpec: string;
  vpcId: string;
  vSwitchIds: string[];
  podVSwitchIds?: string[];
  networkPlugin: 'flannel' | 'terway';
  containerCidr?: string;
  serviceCidr: string;
  nodeCidrMask?: number;
  endpointPublicAccess: boolean;
  snatEntry: boolean;
  instanceTypes: string[];
  nodes: number;
  systemDiskCategory?: string;
  systemDiskSizeGiB?: number;
  tags?: Tags;
}
export interface Kubeconfig {
  /** Secret: YAML text with credentials. Keep in memory only. */
  yaml: string;
  expiresAt?: string;
}
export interface AckApi {
  createCluster(
    p: CreateAckCluster,
    o?: CallOptions,
  ): Promise<{ clusterId: string; taskId: string }>;
  describeClusters(
    p: { regionId?: string; name?: string },
    o?: CallOptions,
  ): Promise<AckCluster[]>;
  /** Undefined when it does not exist. `regionId` selects the endpoint. */
  describeCluster(
    p: { regionId: string; clusterId: string },
    o?: CallOptions,
  ): Promise<AckCluster | undefined>;
  deleteCluster(
    p: { regionId: string; clusterId: string; retainResources?: string[] },
    o?: CallOptions,
  ): Promise<{ taskId?: string }>;
  describeTask(
    p: { regionId: string; taskId: string },
    o?: CallOptions,
  ): Promise<{
    state: string;
    currentStage?: string;
    error?: { code: string; message: string };
  }>;
  describeNodes(
    p: { regionId: string; clusterId: string },
    o?: CallOptions,
  ): Promise<
    {
      nodeName: string;
      instanceId: string;
      state: string;
      nodeStatus: string;
      ipAddress: string[];
    }[]
  >;
  describeResources(
    p: { regionId: string; clusterId: string },
    o?: CallOptions,
  ): Promise<
    {
      instanceId: string;
      resourceType: string;
      state: string;
      autoCreate: boolean;
    }[]
  >;
  userKubeconfig(
    p: {
      regionId: string;
      clusterId: string;
      privateIpAddress: boolean;
      temporaryDurationMinutes: number;
    },
    o?: CallOptions,
  ): Promise<Kubeconfig>;
  kubernetesVersions(
    p: { regionId: string },
    o?: CallOptions,
  ): Promise<string[]>;
}

/** The mesh-wide locality setting as read back; shapes on the wire vary and are normalised (`region/*` → `region`). */
export interface MeshLocality {
  enabled: boolean;
  failover: FailoverRule[];
  distribute: DistributionRule[];
}
export interface ServiceMesh {
  serviceMeshId: string;
  name: string;
  regionId: string;
  state: string;
  version: string;
  errorMessage?: string;
  vpcId: string;
  vSwitchIds: string[];
  clusterIds: string[];
  apiServerPublicEip: boolean;
  publicApiServerEndpoint?: string;
  intranetApiServerEndpoint?: string;
  securityGroupId?: string;
  tags: Tags;
  /** Only from DescribeServiceMeshDetail. */
  locality?: MeshLocality;
}
export interface MeshMember {
  clusterId: string;
  name: string;
  regionId: string;
  state: string;
  errorMessage?: string;
  version: string;
  vpcId: string;
  securityGroupId?: string;
}
export interface MeshCandidate extends MeshMember {
  forbiddenFlag: number;
  forbiddenInfo?: string;
  serviceMeshId?: string;
}
export interface AsmApi {
  describeVersions(
    o?: CallOptions,
  ): Promise<{ edition: string; versions: string[] }[]>;
  createServiceMesh(
    p: {
      regionId: string;
      name: string;
      vpcId: string;
      vSwitchIds: string[];
      istioVersion?: string;
      edition?: string;
      clusterSpec?: string;
      apiServerPublicEip: boolean;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<{ serviceMeshId: string }>;
  describeServiceMeshes(o?: CallOptions): Promise<ServiceMesh[]>;
  describeServiceMesh(
    p: { serviceMeshId: string },
    o?: CallOptions,
  ): Promise<ServiceMesh | undefined>;
  deleteServiceMesh(
    p: { serviceMeshId: string; force?: boolean },
    o?: CallOptions,
  ): Promise<void>;
  addCluster(
    p: {
      serviceMeshId: string;
      clusterId: string;
      ignoreNamespaceCheck?: boolean;
    },
    o?: CallOptions,
  ): Promise<void>;
  removeCluster(
    p: { serviceMeshId: string; clusterId: string },
    o?: CallOptions,
  ): Promise<void>;
  describeMembers(
    p: { serviceMeshId: string },
    o?: CallOptions,
  ): Promise<MeshMember[]>;
  describeCandidates(
    p: { serviceMeshId: string },
    o?: CallOptions,
  ): Promise<MeshCandidate[]>;
  meshKubeconfig(
    p: { serviceMeshId: string; privateIpAddress: boolean },
    o?: CallOptions,
  ): Promise<Kubeconfig>;
  /** UpdateMeshFeature with LocalityLoadBalancing and LocalityLBConf. `off` disables; the rules are left out. */
  updateLocality(
    p: {
      serviceMeshId: string;
      setting:
        | { enabled: false }
        | { enabled: true; failover: FailoverRule[] }
        | { enabled: true; distribute: DistributionRule[] };
    },
    o?: CallOptions,
  ): Promise<void>;
}

export interface StsApi {
  getCallerIdentity(
    o?: CallOptions,
  ): Promise<{ accountId: string; arn: string; identityType: string }>;
}

/** One account's products. */
export interface Alicloud {
  readonly account: string;
  readonly vpc: VpcApi;
  readonly cen: CenApi;
  readonly ecs: EcsApi;
  readonly ack: AckApi;
  readonly asm: AsmApi;
  readonly sts: StsApi;
}

/** All configured accounts (`meshDr.alicloud.accounts[]`). */
export interface AlicloudAccounts {
  /** Throws NotFoundError naming the configured accounts. Without a name: the first account. */
  get(account?: string): Alicloud;
  names(): string[];
}
