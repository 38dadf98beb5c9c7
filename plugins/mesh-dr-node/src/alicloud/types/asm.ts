import type {
  DistributionRule,
  FailoverRule,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { CallOptions, Kubeconfig, Tags } from './common';

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

/** The mesh-wide locality setting, written whole. */
export type LocalitySetting =
  | { enabled: false }
  | { enabled: true; failover: FailoverRule[] }
  | { enabled: true; distribute: DistributionRule[] };

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
  /** With its tags, which may take a second call, unless `untagged`. */
  describeServiceMesh(
    p: { serviceMeshId: string; untagged?: boolean },
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
      setting: LocalitySetting;
    },
    o?: CallOptions,
  ): Promise<void>;
}
