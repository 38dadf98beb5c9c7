import { RpcCall, hasTags } from '../../call';
import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { localityShape } from './locality';
import { findMesh, runningMesh } from './meshes';

/** The ASM kubeconfig's certificate lives three years unless it is revoked. */
const KUBECONFIG_TTL_MS = 3 * 365 * 24 * 3600_000;

function flag(mesh: Mesh, name: string, fallback = false): boolean {
  const value = mesh.features[name];
  return value === undefined ? fallback : value.toLowerCase() === 'true';
}

function info(mesh: Mesh) {
  return {
    CreationTime: mesh.creationTime,
    ErrorMessage: '',
    Name: mesh.name,
    Profile: mesh.edition,
    RegionId: mesh.regionId,
    ServiceMeshId: mesh.meshId,
    State: mesh.state,
    UpdateTime: mesh.updateTime,
    Version: mesh.version,
  };
}

function endpoints(cloud: Cloud, mesh: Mesh) {
  const url = cloud.kube.get(mesh.meshId)?.url;
  return {
    IntranetApiServerEndpoint: mesh.apiServerUp
      ? `https://${mesh.apiServerIp}:6443`
      : '',
    IntranetPilotEndpoint: mesh.apiServerUp ? `${mesh.pilotIp}:15011` : '',
    PublicApiServerEndpoint: mesh.apiServerPublicEip && url ? url : '',
    PublicPilotEndpoint: '',
  };
}

function network(mesh: Mesh) {
  return {
    SecurityGroupId: mesh.securityGroupId,
    VSwitches: mesh.vSwitchIds,
    VpcId: mesh.vpcId,
  };
}

function sidecarInjector(mesh: Mesh) {
  return {
    AutoInjectionPolicyEnabled: flag(mesh, 'AutoInjectionPolicyEnabled'),
    EnableNamespacesByDefault: flag(mesh, 'EnableNamespacesByDefault'),
    InitCNIConfiguration: {
      Enabled: flag(mesh, 'CniEnabled'),
      ExcludeNamespaces: mesh.features.CniExcludeNamespaces ?? '',
    },
  };
}

function detailShape(cloud: Cloud, mesh: Mesh) {
  return {
    ClusterSpec: mesh.clusterSpec,
    Clusters: mesh.members.map(member => member.clusterId),
    Endpoints: {
      ...endpoints(cloud, mesh),
      IntranetCanaryPilotEndpoint: '',
      PublicCanaryPilotEndpoint: '',
    },
    OwnerId: String(cloud.accountId),
    OwnerType: 'user',
    ServiceMeshInfo: info(mesh),
    Spec: {
      LoadBalancer: {
        ApiServerLoadbalancerId: mesh.apiServerLoadBalancerId,
        ApiServerPublicEip: mesh.apiServerPublicEip,
        ApiServerPublicEipId: mesh.apiServerEipId,
        CanaryPilotLoadBalancerId: '',
        CanaryPilotPublicEipId: '',
        PilotPublicEip: false,
        PilotPublicEipId: '',
        PilotPublicLoadbalancerId: mesh.pilotLoadBalancerId,
      },
      MeshConfig: {
        AccessLog: { Enabled: flag(mesh, 'AccessLogEnabled'), Project: '' },
        Audit: { Enabled: flag(mesh, 'EnableAudit'), Project: '' },
        ControlPlaneLogInfo: { Enabled: false, Project: '' },
        CustomizedZipkin: flag(mesh, 'CustomizedZipkin'),
        Edition: { Name: mesh.edition },
        EnableLocalityLB: mesh.localityEnabled,
        ExcludeIPRanges: mesh.features.ExcludeIPRanges ?? '',
        ExcludeInboundPorts: mesh.features.ExcludeInboundPorts ?? '',
        ExcludeOutboundPorts: mesh.features.ExcludeOutboundPorts ?? '',
        IncludeIPRanges: mesh.features.IncludeIPRanges ?? '*',
        K8sNewAPIsSupport: {
          GatewayAPIEnabled: flag(mesh, 'GatewayAPIEnabled'),
        },
        Kiali: { Enabled: flag(mesh, 'KialiEnabled'), Url: '' },
        LocalityLB: localityShape(mesh),
        MSE: { Enabled: flag(mesh, 'MSEEnabled') },
        OPA: { Enabled: flag(mesh, 'OpaEnabled') },
        OutboundTrafficPolicy:
          mesh.features.OutboundTrafficPolicy ?? 'ALLOW_ANY',
        Pilot: {
          Http10Enabled: flag(mesh, 'Http10Enabled'),
          TraceSampling: Number(mesh.features.TraceSampling ?? 100),
        },
        Prometheus: {
          ExternalUrl: mesh.features.PrometheusUrl ?? '',
          UseExternal: flag(mesh, 'CustomizedPrometheus'),
        },
        Proxy: {
          ClusterDomain: mesh.features.ClusterDomain ?? 'cluster.local',
          EnableDNSProxying: flag(mesh, 'DNSProxyingEnabled'),
        },
        SidecarInjector: sidecarInjector(mesh),
        Telemetry: flag(mesh, 'Telemetry'),
        Tracing: flag(mesh, 'Tracing'),
      },
      Network: network(mesh),
    },
  };
}

function describeServiceMeshes(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  return {
    ServiceMeshes: Object.values(data(cloud).meshes)
      .filter(mesh => hasTags(mesh.tags, tags))
      .map(mesh => ({
        ClusterSpec: mesh.clusterSpec,
        Clusters: mesh.members.map(member => member.clusterId),
        Endpoints: { ...endpoints(cloud, mesh), ReverseTunnelEndpoint: '' },
        OwnerId: String(cloud.accountId),
        OwnerType: 'user',
        ServiceMeshInfo: info(mesh),
        Spec: {
          LoadBalancer: {
            ApiServerLoadbalancerId: mesh.apiServerLoadBalancerId,
            ApiServerPublicEip: mesh.apiServerPublicEip,
            PilotPublicEip: false,
            PilotPublicLoadbalancerId: mesh.pilotLoadBalancerId,
          },
          MeshConfig: {
            Mtls: false,
            OutboundTrafficPolicy:
              mesh.features.OutboundTrafficPolicy ?? 'ALLOW_ANY',
            Pilot: {
              Http10Enabled: flag(mesh, 'Http10Enabled'),
              TraceSampling: Number(mesh.features.TraceSampling ?? 100),
            },
            SidecarInjector: sidecarInjector(mesh),
            StrictMtls: false,
            Telemetry: flag(mesh, 'Telemetry'),
            Tracing: flag(mesh, 'Tracing'),
          },
          Network: network(mesh),
        },
        Tag: Object.entries(mesh.tags).map(([Key, Value]) => ({ Key, Value })),
        Upgradable: false,
      })),
  };
}

function describeKubeconfig(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const intranet = call.bool('PrivateIpAddress') ?? false;
  if (!intranet && !mesh.apiServerPublicEip) {
    throw new ApiError(
      'PublicEndpointNotFound',
      `The API server of ${mesh.meshId} has no public address: ask with PrivateIpAddress=true or bind an EIP (ApiServerPublicEip).`,
    );
  }
  const kube = cloud.kube.get(mesh.meshId);
  if (!kube) {
    throw new ApiError(
      'StillInitializing',
      `The API server of ${mesh.meshId} is not up.`,
    );
  }
  const { yaml, expiresAt } = kube.kubeconfig({
    ttlMs: KUBECONFIG_TTL_MS,
    ...(intranet ? { server: `https://${mesh.apiServerIp}:6443` } : {}),
  });
  return { ExpireTime: expiresAt, Kubeconfig: yaml };
}

export const meshViewOperations: Record<string, RpcOperation> = {
  DescribeServiceMeshDetail: {
    required: ['ServiceMeshId'],
    run: (call, cloud) => ({
      ServiceMesh: detailShape(
        cloud,
        findMesh(cloud, call.need('ServiceMeshId')),
      ),
    }),
  },
  DescribeServiceMeshes: { run: describeServiceMeshes },
  DescribeServiceMeshKubeconfig: {
    required: ['ServiceMeshId'],
    run: describeKubeconfig,
  },
  DescribeKialiConfiguration: {
    required: ['ServiceMeshId'],
    run: (call, cloud) => {
      const mesh = findMesh(cloud, call.need('ServiceMeshId'));
      return {
        KialiConfiguration: { Enabled: flag(mesh, 'KialiEnabled') },
      };
    },
  },
};
