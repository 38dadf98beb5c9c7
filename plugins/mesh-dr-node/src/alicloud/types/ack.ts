import type { CallOptions, Kubeconfig, Tags } from './common';

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
