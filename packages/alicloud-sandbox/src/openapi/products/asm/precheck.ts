import type { KubeCluster } from '../../../contract';
import { blocksOverlap } from '../../../network/cidr';
import { Cloud, data } from '../../cloud';
import type { Cluster, Mesh, MeshMember } from '../../model';
import { NAMESPACES, OWNER_LABEL, SYSTEM_NAMESPACE } from './kinds';

const API_SERVER_PORT = 6443;

/** Why ASM would not take a cluster, as DescribeServiceMeshClusters says it. */
export interface PreCheck {
  /**
   * 0: nothing; 1: the caller is no administrator of the cluster; 2: another VPC without a private connection;
   * 3: blocks conflict; 4: the namespace istio-system exists.
   */
  flag: 0 | 1 | 2 | 3 | 4;
  /** For 3 a JSON array of `{cluster, object, cidr}`, otherwise empty. */
  info: string;
}

export function findMember(
  mesh: Mesh,
  clusterId: string,
): MeshMember | undefined {
  return mesh.members.find(member => member.clusterId === clusterId);
}

/** ASM's own check of a candidate or member. */
export function preCheck(cloud: Cloud, mesh: Mesh, cluster: Cluster): PreCheck {
  const all = data(cloud);
  if (cluster.adminRevoked) return { flag: 1, info: '' };
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
    foreignNamespace(kube, mesh)
  ) {
    return { flag: 4, info: '' };
  }
  return { flag: 0, info: '' };
}

/** One VPC, or two that are attached to the same CEN. Bandwidth is not part of this check, as in the real product. */
export function sharesCen(cloud: Cloud, a: string, b: string): boolean {
  if (a === b) return true;
  const censOf = (vpcId: string) =>
    Object.values(data(cloud).vpcAttachments)
      .filter(item => item.vpcId === vpcId && item.status === 'Attached')
      .map(item => item.cenId);
  const cens = censOf(a);
  return censOf(b).some(cenId => cens.includes(cenId));
}

/** One side of a conflict: whose block it is. */
interface Block {
  cluster: string;
  object: 'Pod' | 'Service' | 'VSwitch' | 'VPC';
  cidr: string;
}

/** Blocks of a cluster, and of the vSwitches around it. */
function blocksOf(cloud: Cloud, cluster: Cluster) {
  const { clusterId } = cluster;
  const inside: Block[] = [
    { cluster: clusterId, object: 'Pod', cidr: cluster.containerCidr },
    { cluster: clusterId, object: 'Service', cidr: cluster.serviceCidr },
  ];
  return {
    inside: inside.filter(block => block.cidr),
    around: vSwitchBlocks(cloud, clusterId, cluster.vpcId, 'VSwitch'),
  };
}

function vSwitchBlocks(
  cloud: Cloud,
  cluster: string,
  vpcId: string,
  object: Block['object'],
): Block[] {
  return Object.values(data(cloud).vSwitches)
    .filter(vSwitch => vSwitch.vpcId === vpcId)
    .map(vSwitch => ({ cluster, object, cidr: vSwitch.cidrBlock }));
}

/** Both sides of every overlap between the two lists. */
function overlaps(own: Block[], theirs: Block[]): Block[] {
  return own.flatMap(block =>
    theirs
      .filter(other => blocksOverlap(block.cidr, other.cidr))
      .flatMap(other => [block, other]),
  );
}

/**
 * Blocks of the cluster that overlap with blocks of other members or with the mesh's own vSwitches, each followed by the
 * block that it overlaps with.
 */
export function cidrConflicts(
  cloud: Cloud,
  mesh: Mesh,
  cluster: Cluster,
): Block[] {
  const all = data(cloud);
  const own = blocksOf(cloud, cluster);
  const everything = [...own.inside, ...own.around];
  const withMembers = mesh.members
    .map(member => all.clusters[member.clusterId])
    .filter(other => other && other.clusterId !== cluster.clusterId)
    .flatMap(other => {
      const theirs = blocksOf(cloud, other);
      // Within one VPC the vSwitches are the same ones.
      return other.vpcId === cluster.vpcId
        ? overlaps(everything, theirs.inside)
        : overlaps(everything, [...theirs.inside, ...theirs.around]);
    });
  if (mesh.vpcId === cluster.vpcId) return withMembers;
  const meshBlocks = vSwitchBlocks(cloud, mesh.meshId, mesh.vpcId, 'VPC');
  return [...withMembers, ...overlaps(everything, meshBlocks)];
}

/** Whether the cluster has an `istio-system` that this mesh did not make: somebody else's, or kept from another mesh. */
export function foreignNamespace(kube: KubeCluster, mesh: Mesh): boolean {
  const namespace = kube.storage.get(NAMESPACES, undefined, SYSTEM_NAMESPACE);
  return (
    namespace !== undefined &&
    namespace.metadata.labels?.[OWNER_LABEL] !== mesh.meshId
  );
}

/** Whether the mesh's control plane reaches the cluster's API server. */
export function reachMember(cloud: Cloud, mesh: Mesh, cluster: Cluster) {
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
export function joinProblem(
  cloud: Cloud,
  mesh: Mesh,
  cluster: Cluster,
  ignoreNamespaceCheck: boolean,
): string {
  const reach = reachMember(cloud, mesh, cluster);
  if (!reach.ok) {
    cloud.log.info('ASM cannot reach a cluster', {
      mesh: mesh.meshId,
      cluster: cluster.clusterId,
      reason: reach.reason,
      detail: reach.detail,
    });
    return `failed to connect to the API server of cluster ${cluster.clusterId}: dial tcp ${cluster.intranetIp}:${API_SERVER_PORT}: i/o timeout`;
  }
  if (cluster.adminRevoked) {
    return `no administrator permission on cluster ${cluster.clusterId}`;
  }
  const conflicts = cidrConflicts(cloud, mesh, cluster);
  if (conflicts.length) {
    return `network CIDR conflict: ${JSON.stringify(conflicts)}`;
  }
  const kube = cloud.kube.get(cluster.clusterId);
  if (kube && !ignoreNamespaceCheck && foreignNamespace(kube, mesh)) {
    return `namespace ${SYSTEM_NAMESPACE} already exists in cluster ${cluster.clusterId}`;
  }
  return '';
}
