import type { KubeCluster } from '../../../contract';
import { blocksOverlap } from '../../../network/cidr';
import { RpcCall } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, notFound } from '../../errors';
import type { Cluster, Mesh, MeshMember } from '../../model';
import type { RpcOperation } from '../../operation';
import { findMesh, runningMesh } from './meshes';

const NAMESPACES = { group: '', version: 'v1', resource: 'namespaces' };
const SYSTEM_NAMESPACE = 'istio-system';
/** Marks the namespace that ASM itself made. */
const OWNER_LABEL = 'asm.alibabacloud.com/mesh-id';
const API_SERVER_PORT = 6443;

function findMember(mesh: Mesh, clusterId: string): MeshMember | undefined {
  return mesh.members.find(member => member.clusterId === clusterId);
}

/** Why ASM would not take the cluster, as `ForbiddenFlag` and `ForbiddenInfo` of DescribeServiceMeshClusters. */
function preCheck(
  cloud: Cloud,
  mesh: Mesh,
  cluster: Cluster,
): { flag: 0 | 2 | 3 | 4; info: string } {
  const all = data(cloud);
  if (!sharesCen(cloud, mesh.vpcId, cluster.vpcId)) {
    return { flag: 2, info: '' };
  }
  const conflicts = cidrConflicts(cloud, mesh, cluster);
  if (conflicts.length) return { flag: 3, info: JSON.stringify(conflicts) };
  const joined = findMember(mesh, cluster.clusterId)?.state === 'running';
  const kube = cloud.kube.get(cluster.clusterId);
  if (
    !joined &&
    kube &&
    !all.regionsDown.includes(cluster.regionId) &&
    foreignNamespace(kube)
  ) {
    return { flag: 4, info: '' };
  }
  return { flag: 0, info: '' };
}

/** One VPC, or two that are attached to the same CEN. Bandwidth is not part of this check, as in the real product. */
function sharesCen(cloud: Cloud, a: string, b: string): boolean {
  if (a === b) return true;
  const cenOf = (vpcId: string) =>
    Object.values(data(cloud).vpcAttachments).find(
      item => item.vpcId === vpcId && item.status === 'Attached',
    )?.cenId;
  const cen = cenOf(a);
  return cen !== undefined && cen === cenOf(b);
}

function cidrConflicts(cloud: Cloud, mesh: Mesh, cluster: Cluster): object[] {
  const all = data(cloud);
  const others = mesh.members
    .map(member => all.clusters[member.clusterId])
    .filter(other => other && other.clusterId !== cluster.clusterId);
  const vSwitchBlocks = (item: Cluster) =>
    Object.values(all.vSwitches)
      .filter(vSwitch => vSwitch.vpcId === item.vpcId)
      .map(vSwitch => vSwitch.cidrBlock);
  const own = [
    { object: 'Pod', cidr: cluster.containerCidr },
    { object: 'Service', cidr: cluster.serviceCidr },
    ...vSwitchBlocks(cluster).map(cidr => ({ object: 'VSwitch', cidr })),
  ].filter(({ cidr }) => cidr);
  return others.flatMap(other => {
    const sameVpc = other.vpcId === cluster.vpcId;
    const theirs = [other.containerCidr, other.serviceCidr].filter(Boolean);
    const nets = sameVpc ? [] : vSwitchBlocks(other);
    return own
      .filter(({ object, cidr }) =>
        (object === 'VSwitch' && sameVpc ? theirs : [...theirs, ...nets]).some(
          block => blocksOverlap(block, cidr),
        ),
      )
      .map(({ object, cidr }) => ({ cluster: other.clusterId, object, cidr }));
  });
}

function foreignNamespace(kube: KubeCluster): boolean {
  const namespace = kube.storage.get(NAMESPACES, undefined, SYSTEM_NAMESPACE);
  return namespace !== undefined && !namespace.metadata.labels?.[OWNER_LABEL];
}

function addCluster(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const clusterId = call.need('ClusterId');
  const cluster = data(cloud).clusters[clusterId];
  if (!cluster) throw notFound('ErrorClusterNotFound', 'cluster', clusterId);
  if (cluster.state !== 'running') {
    throw new ApiError(
      'InvalidClusterState',
      `The cluster ${clusterId} is ${cluster.state}, not running.`,
    );
  }
  const elsewhere = Object.values(data(cloud).meshes).find(
    other => other !== mesh && findMember(other, clusterId),
  );
  if (elsewhere) {
    throw new ApiError(
      'ClusterAlreadyInServiceMesh',
      `The cluster ${clusterId} already belongs to the service mesh ${elsewhere.meshId}.`,
    );
  }
  const present = findMember(mesh, clusterId);
  if (present && present.state !== 'failed') {
    throw new ApiError(
      'ClusterAlreadyInServiceMesh',
      `The cluster ${clusterId} is already in this service mesh (${present.state}).`,
    );
  }
  mesh.members = mesh.members.filter(member => member !== present);
  mesh.members.push({
    clusterId,
    state: 'starting',
    errorMessage: '',
    ignoreNamespaceCheck: call.bool('IgnoreNamespaceCheck') ?? false,
    creationTime: nowIso(cloud),
    updateTime: nowIso(cloud),
  });
  const reachable = apiServerReach(cloud, mesh, cluster).ok;
  cloud.transitions.schedule(
    'member.joined',
    { meshId: mesh.meshId, clusterId },
    reachable ? DURATIONS.memberJoined : DURATIONS.memberUnreachable,
  );
  return { Code: '200', Message: 'success' };
}

function apiServerReach(cloud: Cloud, mesh: Mesh, cluster: Cluster) {
  return cloud.reach(
    {
      vpcId: mesh.vpcId,
      ip: mesh.pilotIp,
      securityGroupId: mesh.securityGroupId,
    },
    {
      vpcId: cluster.vpcId,
      ip: cluster.intranetIp,
      securityGroupId: cluster.securityGroupId,
    },
    API_SERVER_PORT,
  );
}

/** What stops the join, in ASM's words; empty when it succeeds. */
function joinProblem(
  cloud: Cloud,
  mesh: Mesh,
  cluster: Cluster,
  ignoreNamespaceCheck: boolean,
): string {
  const reach = apiServerReach(cloud, mesh, cluster);
  if (!reach.ok) {
    cloud.log.info('ASM cannot reach a cluster', {
      mesh: mesh.meshId,
      cluster: cluster.clusterId,
      reason: reach.reason,
      detail: reach.detail,
    });
    return `failed to connect to the API server of cluster ${cluster.clusterId}: dial tcp ${cluster.intranetIp}:${API_SERVER_PORT}: i/o timeout`;
  }
  const conflicts = cidrConflicts(cloud, mesh, cluster);
  if (conflicts.length) {
    return `network CIDR conflict: ${JSON.stringify(conflicts)}`;
  }
  const kube = cloud.kube.get(cluster.clusterId);
  if (kube && !ignoreNamespaceCheck && foreignNamespace(kube)) {
    return `namespace ${SYSTEM_NAMESPACE} already exists in cluster ${cluster.clusterId}`;
  }
  return '';
}

function removeCluster(call: RpcCall, cloud: Cloud) {
  const mesh = runningMesh(cloud, call.need('ServiceMeshId'));
  const clusterId = call.need('ClusterId');
  const member = findMember(mesh, clusterId);
  if (!member) {
    throw notFound('ClusterNotInServiceMesh', 'member cluster', clusterId);
  }
  if (member.state === 'starting') {
    throw new ApiError(
      'InvalidClusterState',
      `The cluster ${clusterId} is still being added.`,
    );
  }
  if (member.state !== 'stopping') {
    member.state = 'stopping';
    member.updateTime = nowIso(cloud);
    cloud.transitions.schedule(
      'member.removed',
      {
        meshId: mesh.meshId,
        clusterId,
        reserveNamespace: String(call.bool('ReserveNamespace') ?? false),
      },
      DURATIONS.memberRemoved,
    );
  }
  return { Code: '200', Message: 'success' };
}

function memberShape(cloud: Cloud, mesh: Mesh, member: MeshMember) {
  const cluster = data(cloud).clusters[member.clusterId];
  return {
    ClusterDomain: 'cluster.local',
    ClusterId: member.clusterId,
    ClusterType: 'ManagedKubernetes',
    CreationTime: member.creationTime,
    ErrorMessage:
      member.errorMessage ||
      (cluster ? '' : `cluster ${member.clusterId} not found`),
    Name: cluster?.name ?? '',
    RegionId: cluster?.regionId ?? mesh.regionId,
    SgId: cluster?.securityGroupId ?? '',
    State: cluster ? member.state : 'failed',
    UpdateTime: member.updateTime,
    Version: cluster?.version ?? '',
    VpcId: cluster?.vpcId ?? '',
  };
}

function describeMembers(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  return {
    Clusters: mesh.members.map(member => ({
      ...memberShape(cloud, mesh, member),
      AccessLogDashboards: [],
      GuestClusterConfig: { SMC: { Enabled: false } },
      LogtailInstalledState: 'not_installed',
    })),
  };
}

/** Candidates and members with the result of ASM's own pre-check. */
function describeCandidates(call: RpcCall, cloud: Cloud) {
  const all = data(cloud);
  const meshId = call.text('ServiceMeshId');
  const mesh = meshId ? findMesh(cloud, meshId) : undefined;
  const limit = call.int('Limit', { min: 1, max: 1000 }) ?? 100;
  const offset = call.int('Offset', { min: 0, max: 1e6 }) ?? 0;
  const rows = Object.values(all.clusters).map(cluster => {
    const home = Object.values(all.meshes).find(other =>
      findMember(other, cluster.clusterId),
    );
    const member = home && findMember(home, cluster.clusterId);
    const check = mesh ? preCheck(cloud, mesh, cluster) : { flag: 0, info: '' };
    return {
      ClusterDomain: 'cluster.local',
      ClusterId: cluster.clusterId,
      ClusterType: 'ManagedKubernetes',
      CreationTime: cluster.created,
      ErrorMessage: member?.errorMessage ?? '',
      ForbiddenFlag: check.flag,
      ForbiddenInfo: check.info,
      Name: cluster.name,
      RegionId: cluster.regionId,
      ServiceMeshId: home?.meshId ?? '',
      SgId: cluster.securityGroupId,
      State: member?.state ?? cluster.state,
      UpdateTime: cluster.updated,
      Version: cluster.version,
      VpcId: cluster.vpcId,
    };
  });
  return {
    Clusters: rows.slice(offset, offset + limit),
    NumberOfClusters: rows.length,
  };
}

const BOTH = ['ClusterId', 'ServiceMeshId'];

export const memberOperations: Record<string, RpcOperation> = {
  AddClusterIntoServiceMesh: { required: BOTH, run: addCluster },
  RemoveClusterFromServiceMesh: { required: BOTH, run: removeCluster },
  DescribeClustersInServiceMesh: {
    required: ['ServiceMeshId'],
    run: describeMembers,
  },
  DescribeServiceMeshClusters: { run: describeCandidates },
  DescribeCens: {
    run: (call, cloud) => {
      const id = call.text('ServiceMeshId');
      const mesh = id ? findMesh(cloud, id) : undefined;
      return {
        Clusters: Object.values(data(cloud).clusters)
          .filter(
            cluster => mesh && sharesCen(cloud, mesh.vpcId, cluster.vpcId),
          )
          .map(cluster => cluster.clusterId),
      };
    },
  },
};

export function handleMemberTransitions(cloud: Cloud): void {
  cloud.transitions.handle('member.joined', ({ meshId, clusterId }) => {
    const all = data(cloud);
    const mesh = all.meshes[meshId];
    const member = mesh && findMember(mesh, clusterId);
    const cluster = all.clusters[clusterId];
    if (member?.state !== 'starting' || !cluster) return;
    member.errorMessage = joinProblem(
      cloud,
      mesh,
      cluster,
      member.ignoreNamespaceCheck,
    );
    member.state = member.errorMessage ? 'failed' : 'running';
    member.updateTime = nowIso(cloud);
    if (member.state === 'running') installNamespace(cloud, mesh, clusterId);
  });
  cloud.transitions.handle(
    'member.removed',
    ({ meshId, clusterId, reserveNamespace }) => {
      const mesh = data(cloud).meshes[meshId];
      if (!mesh) return;
      mesh.members = mesh.members.filter(
        member => member.clusterId !== clusterId,
      );
      const kube = cloud.kube.get(clusterId);
      if (kube && reserveNamespace !== 'true' && !foreignNamespace(kube)) {
        kube.storage.delete(NAMESPACES, undefined, SYSTEM_NAMESPACE);
      }
    },
  );
}

/** ASM keeps its gateways and configuration of a member in `istio-system`. */
function installNamespace(cloud: Cloud, mesh: Mesh, clusterId: string): void {
  const storage = cloud.kube.get(clusterId)?.storage;
  if (!storage) return;
  if (storage.get(NAMESPACES, undefined, SYSTEM_NAMESPACE)) return;
  storage.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: SYSTEM_NAMESPACE,
      labels: { [OWNER_LABEL]: mesh.meshId },
    },
  });
}
