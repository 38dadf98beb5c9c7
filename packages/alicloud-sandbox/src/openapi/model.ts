import type { Tags } from './call';

export * from './modelCen';

/** Every resource of the modelled cloud as it is stored. Addresses and blocks are texts; times are ISO 8601 UTC. */

export interface Vpc {
  vpcId: string;
  name: string;
  description: string;
  regionId: string;
  cidrBlock: string;
  userCidrs: string[];
  status: 'Pending' | 'Available';
  vRouterId: string;
  routeTableId: string;
  creationTime: string;
  tags: Tags;
  routeTableTags: Tags;
}

export interface VSwitch {
  vSwitchId: string;
  name: string;
  description: string;
  vpcId: string;
  regionId: string;
  zoneId: string;
  cidrBlock: string;
  status: 'Pending' | 'Available';
  creationTime: string;
  tags: Tags;
}

/** A custom route of a VPC's system route table. */
export interface RouteEntry {
  routeEntryId: string;
  routeTableId: string;
  vpcId: string;
  name: string;
  description: string;
  destinationCidrBlock: string;
  nextHopType: string;
  nextHopId: string;
  status: 'Pending' | 'Available';
  creationTime: string;
}

/** One address taken in a vSwitch, with the network interface that holds it. */
export interface NetworkInterface {
  networkInterfaceId: string;
  vSwitchId: string;
  vpcId: string;
  regionId: string;
  ip: string;
  ownerType:
    | 'Instance'
    | 'TransitRouter'
    | 'LoadBalancer'
    | 'NatGateway'
    | 'ServiceMesh';
  ownerId: string;
  securityGroupId?: string;
}

export interface LoadBalancer {
  loadBalancerId: string;
  name: string;
  regionId: string;
  vpcId: string;
  vSwitchId: string;
  ip: string;
  ownerType: 'Cluster' | 'ServiceMesh';
  ownerId: string;
  creationTime: string;
}

export interface Eip {
  allocationId: string;
  name: string;
  description: string;
  ip: string;
  regionId: string;
  /** Mbit/s, as the API writes it. */
  bandwidth: string;
  internetChargeType: 'PayByBandwidth' | 'PayByTraffic';
  chargeType: 'PostPaid' | 'PrePaid';
  isp: string;
  /** What it is bound to; empty when it is free. */
  instanceId: string;
  instanceType: '' | 'SlbInstance' | 'Nat';
  vpcId: string;
  /** The cluster or mesh that made it, empty for a user's. */
  ownerId: string;
  creationTime: string;
  tags: Tags;
}

export interface NatGateway {
  natGatewayId: string;
  name: string;
  description: string;
  regionId: string;
  status: 'Creating' | 'Available' | 'Deleting';
  networkType: 'internet' | 'intranet';
  eipBindMode: 'MULTI_BINDED' | 'NAT';
  icmpReplyEnabled: boolean;
  vpcId: string;
  vSwitchId: string;
  snatTableId: string;
  forwardTableId: string;
  fullNatTableId: string;
  privateIp: string;
  networkInterfaceId: string;
  /** The cluster that made it, empty for a user's. */
  ownerId: string;
  creationTime: string;
  tags: Tags;
}

export interface Instance {
  instanceId: string;
  name: string;
  regionId: string;
  zoneId: string;
  instanceType: string;
  vpcId: string;
  vSwitchId: string;
  securityGroupId: string;
  networkInterfaceId: string;
  ip: string;
  clusterId: string;
  nodePoolId: string;
  nodeName: string;
  /** `Stopping`: it is leaving its cluster. */
  status: 'Pending' | 'Running' | 'Stopping';
  creationTime: string;
}

// ------------------------------------------------------------------ STS

/** Temporary credentials of an assumed role. */
export interface RoleSession {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken: string;
  roleName: string;
  roleId: string;
  sessionName: string;
  /** Wall-clock milliseconds. */
  expiresAt: number;
}

// ------------------------------------------------------------------ ECS

export interface SecurityGroupRule {
  ruleId: string;
  direction: 'ingress' | 'egress';
  /** ALL, TCP, UDP, ICMP, ICMPv6, GRE. */
  ipProtocol: string;
  /** `from/to`, or `-1/-1` for protocols without ports. */
  portRange: string;
  cidrIp: string;
  groupId: string;
  policy: 'Accept' | 'Drop';
  /** 1 (first) to 100. */
  priority: number;
  nicType: string;
  description: string;
  creationTime: string;
}

export interface SecurityGroup {
  securityGroupId: string;
  name: string;
  description: string;
  regionId: string;
  vpcId: string;
  type: 'normal' | 'enterprise';
  /** The cluster or mesh that made it, empty for a user's. */
  ownerId: string;
  rules: SecurityGroupRule[];
  creationTime: string;
  tags: Tags;
}

// ------------------------------------------------------------------ ACK

export interface NodePool {
  nodePoolId: string;
  name: string;
  isDefault: boolean;
  vSwitchIds: string[];
  instanceTypes: string[];
  desiredSize: number;
  systemDiskCategory: string;
  systemDiskSize: number;
  state:
    | 'initial'
    | 'active'
    | 'scaling'
    | 'updating'
    | 'removing'
    | 'deleting';
  created: string;
  updated?: string;
  labels?: { key: string; value: string }[];
  taints?: { key: string; value?: string; effect: string }[];
  unschedulable?: boolean;
  autoScaling?: {
    enable: boolean;
    min_instances: number;
    max_instances: number;
    type: string;
  };
}

/** What CreateCluster and ModifyCluster set and nothing but reads back. */
export interface ClusterSettings {
  resourceGroupId: string;
  clusterDomain: string;
  timezone: string;
  ipStack: string;
  extraSans: string[];
  controlPlaneLog: { components: string[]; project: string; ttl: string };
  auditLog: { enabled: boolean; project: string };
  /** RAM roles for service accounts. */
  rrsa: boolean;
  maintenanceWindow: Record<string, unknown>;
  operationPolicy: Record<string, unknown>;
}

export interface Cluster {
  clusterId: string;
  name: string;
  regionId: string;
  state: 'initial' | 'running' | 'updating' | 'failed' | 'deleting';
  clusterSpec: string;
  profile: string;
  version: string;
  vpcId: string;
  vSwitchIds: string[];
  podVSwitchIds: string[];
  networkPlugin: 'flannel' | 'terway';
  containerCidr: string;
  serviceCidr: string;
  nodeCidrMask: number;
  proxyMode: string;
  securityGroupId: string;
  ownsSecurityGroup: boolean;
  apiServerLoadBalancerId: string;
  intranetIp: string;
  endpointPublicAccess: boolean;
  deletionProtection: boolean;
  addons: { name: string; version?: string }[];
  nodePools: NodePool[];
  /** Whether its API server has been started on the Kubernetes floor. */
  apiServerUp: boolean;
  settings?: ClusterSettings;
  /** The account has lost its administrator's role inside the cluster. */
  adminRevoked?: boolean;
  created: string;
  updated: string;
  tags: Tags;
}

export interface Task {
  taskId: string;
  clusterId: string;
  type: string;
  state: 'running' | 'success' | 'fail';
  /** The present stage, or the last one. */
  stage: string;
  stages?: TaskStage[];
  /** What it works on; the cluster where it says nothing else. */
  target?: { id: string; type: string };
  created: string;
  updated: string;
  error?: { code: string; message: string };
}

export interface TaskStage {
  name: string;
  state: Task['state'];
  start: string;
  end?: string;
}

export interface ClusterEvent {
  eventId: string;
  clusterId: string;
  taskId: string;
  level: 'info' | 'warning';
  reason: string;
  message: string;
  time: string;
}

// ------------------------------------------------------------------ ASM

export interface MeshMember {
  clusterId: string;
  state: 'starting' | 'running' | 'stopping' | 'failed';
  errorMessage: string;
  ignoreNamespaceCheck: boolean;
  creationTime: string;
  updateTime: string;
}

export interface LocalityConf {
  failover?: { from: string; to: string }[];
  distribute?: { from: string; to: Record<string, number> }[];
}

/** The last or present upgrade of a mesh's control plane. */
export interface MeshUpgrade {
  from: string;
  target: string;
  state: 'upgrading' | 'succeeded' | 'failed';
  /** Why it failed. */
  message: string;
  /** Names of the gateways that follow the control plane. */
  gateways: string[];
}

/** Where a member's Pods are reached from other members, when not directly. */
export interface MultiClusterNetwork {
  Network: string;
  EnableGateway: boolean;
  CustomGatewayAddress: string;
  GatewayName: string;
}

export interface Mesh {
  meshId: string;
  name: string;
  regionId: string;
  state: 'initial' | 'running' | 'upgrading' | 'deleting';
  version: string;
  edition: string;
  clusterSpec: string;
  vpcId: string;
  vSwitchIds: string[];
  securityGroupId: string;
  apiServerLoadBalancerId: string;
  pilotLoadBalancerId: string;
  apiServerIp: string;
  pilotIp: string;
  apiServerPublicEip: boolean;
  apiServerEipId: string;
  apiServerUp: boolean;
  localityEnabled: boolean;
  locality: LocalityConf;
  /** Other features as set by CreateServiceMesh and UpdateMeshFeature, verbatim. */
  features: Record<string, string>;
  members: MeshMember[];
  /** It signs with the customer's own certificate authority. */
  ownCa?: boolean;
  /** The EIP of Istio Pilot's load balancer. */
  pilotEipId?: string;
  upgrade?: MeshUpgrade;
  /** Versions of gateways that did not follow the control plane, by name. */
  gatewayVersions?: Record<string, string>;
  /** Whether and how Istio resources can be read through the API servers of the members; resources as given. */
  crAggregation?: { enabled: boolean; resources: Record<string, string> };
  controlPlaneLog?: { enabled: boolean; ttlDays: number; project: string };
  /** By cluster id. */
  multiClusterNetworks?: Record<string, MultiClusterNetwork>;
  /** What happened to the mesh, oldest first. */
  logs?: { time: string; text: string }[];
  creationTime: string;
  updateTime: string;
  tags: Tags;
}
