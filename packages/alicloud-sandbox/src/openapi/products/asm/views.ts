import { RpcCall, hasTags } from '../../call';
import { Cloud, data } from '../../cloud';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { findMesh } from './find';
import { meshConfigShape, meshConfigSummary } from './meshConfig';
import { nextVersion } from './versions';

function info(mesh: Mesh) {
  return {
    CreationTime: mesh.creationTime,
    ErrorMessage: mesh.upgrade?.state === 'failed' ? mesh.upgrade.message : '',
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
  const pilotEip = data(cloud).eips[mesh.pilotEipId ?? ''];
  return {
    IntranetApiServerEndpoint: mesh.apiServerUp
      ? `https://${mesh.apiServerIp}:6443`
      : '',
    IntranetPilotEndpoint: mesh.apiServerUp ? `${mesh.pilotIp}:15011` : '',
    PublicApiServerEndpoint: mesh.apiServerPublicEip && url ? url : '',
    PublicPilotEndpoint: pilotEip ? `${pilotEip.ip}:15011` : '',
  };
}

function loadBalancer(mesh: Mesh) {
  return {
    ApiServerLoadbalancerId: mesh.apiServerLoadBalancerId,
    ApiServerPublicEip: mesh.apiServerPublicEip,
    PilotPublicEip: !!mesh.pilotEipId,
    PilotPublicLoadbalancerId: mesh.pilotLoadBalancerId,
  };
}

/** What DescribeServiceMeshes and DescribeServiceMeshDetail have in common. */
function common(cloud: Cloud, mesh: Mesh) {
  return {
    ClusterSpec: mesh.clusterSpec,
    Clusters: mesh.members.map(member => member.clusterId),
    OwnerId: String(cloud.accountId),
    OwnerType: 'user',
    ServiceMeshInfo: info(mesh),
  };
}

function network(mesh: Mesh) {
  return {
    SecurityGroupId: mesh.securityGroupId,
    VSwitches: mesh.vSwitchIds,
    VpcId: mesh.vpcId,
  };
}

function detailShape(cloud: Cloud, mesh: Mesh) {
  return {
    ...common(cloud, mesh),
    Endpoints: {
      ...endpoints(cloud, mesh),
      IntranetCanaryPilotEndpoint: '',
      PublicCanaryPilotEndpoint: '',
    },
    Spec: {
      LoadBalancer: {
        ...loadBalancer(mesh),
        ApiServerPublicEipId: mesh.apiServerEipId,
        CanaryPilotLoadBalancerId: '',
        CanaryPilotPublicEipId: '',
        PilotPublicEipId: mesh.pilotEipId ?? '',
      },
      MeshConfig: meshConfigShape(mesh),
      Network: network(mesh),
    },
  };
}

function listShape(cloud: Cloud, mesh: Mesh) {
  return {
    ...common(cloud, mesh),
    Endpoints: { ...endpoints(cloud, mesh), ReverseTunnelEndpoint: '' },
    Spec: {
      LoadBalancer: loadBalancer(mesh),
      MeshConfig: {
        ...meshConfigSummary(mesh),
        ExtraConfiguration: {
          Playground: { Scene: mesh.features.PlaygroundScene ?? '' },
        },
        Mtls: false,
        StrictMtls: false,
      },
      Network: network(mesh),
    },
    Tag: Object.entries(mesh.tags).map(([Key, Value]) => ({ Key, Value })),
    Upgradable: nextVersion(mesh.version) !== undefined,
  };
}

function describeServiceMeshes(call: RpcCall, cloud: Cloud) {
  const tags = call.tags();
  return {
    ServiceMeshes: Object.values(data(cloud).meshes)
      .filter(mesh => hasTags(mesh.tags, tags))
      .map(mesh => listShape(cloud, mesh)),
  };
}

export const meshViewOperations: Record<string, RpcOperation> = {
  DescribeServiceMeshDetail: {
    run: (call, cloud) => ({
      ServiceMesh: detailShape(
        cloud,
        findMesh(cloud, call.need('ServiceMeshId')),
      ),
    }),
  },
  DescribeServiceMeshes: { run: describeServiceMeshes },
};
