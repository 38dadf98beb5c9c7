import { RpcCall } from '../../call';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { ApiError, notFound } from '../../errors';
import type { Cluster, Mesh, MeshMember } from '../../model';
import type { RpcOperation } from '../../operation';
import { accessLogDashboards } from './dashboards';
import { flag } from './features';
import { addMeshLog, findMesh, runningMesh } from './find';
import { NAMESPACES, OWNER_LABEL, SYSTEM_NAMESPACE } from './kinds';
import {
  findMember,
  foreignNamespace,
  joinProblem,
  preCheck,
  reachMember,
} from './precheck';

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
  startJoin(cloud, mesh, cluster, call.bool('IgnoreNamespaceCheck') ?? false);
  return { Code: '200', Message: 'success' };
}

/** Makes the cluster a member that is `starting`; whether it works turns out later. */
export function startJoin(
  cloud: Cloud,
  mesh: Mesh,
  cluster: Cluster,
  ignoreNamespaceCheck: boolean,
): void {
  const { clusterId } = cluster;
  mesh.members = mesh.members.filter(member => member.clusterId !== clusterId);
  mesh.members.push({
    clusterId,
    state: 'starting',
    errorMessage: '',
    ignoreNamespaceCheck,
    creationTime: nowIso(cloud),
    updateTime: nowIso(cloud),
  });
  addMeshLog(cloud, mesh, `Adding the cluster ${cluster.name} (${clusterId})`);
  const reachable = reachMember(cloud, mesh, cluster).ok;
  cloud.transitions.schedule(
    'member.joined',
    { meshId: mesh.meshId, clusterId },
    reachable ? DURATIONS.memberJoined : DURATIONS.memberUnreachable,
  );
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
    addMeshLog(cloud, mesh, `Removing the cluster ${clusterId}`);
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
      AccessLogDashboards: accessLogDashboards(mesh),
      GuestClusterConfig: { SMC: { Enabled: flag(mesh, 'SMCEnabled') } },
      LogtailInstalledState: 'logtail_uninstalled',
    })),
  };
}

/** A cluster that is no member yet, in the words of this list. */
const CANDIDATE_STATES = {
  initial: 'starting',
  running: 'running',
  updating: 'running',
  failed: 'failed',
  deleting: 'stopping',
} as const;

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
      State: member?.state ?? CANDIDATE_STATES[cluster.state],
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

export const memberOperations: Record<string, RpcOperation> = {
  AddClusterIntoServiceMesh: { run: addCluster },
  RemoveClusterFromServiceMesh: { run: removeCluster },
  DescribeClustersInServiceMesh: {
    run: describeMembers,
  },
  DescribeServiceMeshClusters: { run: describeCandidates },
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
    addMeshLog(
      cloud,
      mesh,
      member.errorMessage
        ? `Adding the cluster ${clusterId} failed: ${member.errorMessage}`
        : `The cluster ${clusterId} is a member`,
    );
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
      delete mesh.multiClusterNetworks?.[clusterId];
      addMeshLog(cloud, mesh, `The cluster ${clusterId} is no member any more`);
      if (reserveNamespace !== 'true') clearMember(cloud, mesh, clusterId);
    },
  );
}

/** Takes from a former member what ASM installed there. */
export function clearMember(cloud: Cloud, mesh: Mesh, clusterId: string): void {
  const kube = cloud.kube.get(clusterId);
  if (kube && !foreignNamespace(kube, mesh)) {
    kube.storage.delete(NAMESPACES, undefined, SYSTEM_NAMESPACE);
  }
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
