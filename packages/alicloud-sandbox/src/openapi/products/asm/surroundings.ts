import { RpcCall } from '../../call';
import { Cloud, data, find } from '../../cloud';
import { ApiError, missingParameter } from '../../errors';
import type { RpcOperation } from '../../operation';
import { instancesOf } from '../ack/nodes';
import { findMesh } from './find';
import { sharesCen } from './precheck';

/** Node Feature Discovery labels nodes of these families so. */
const MULTI_BUFFER_LABEL = 'feature.node.kubernetes.io/mb-feature-enable';
/** Families of the seventh generation and later have the instructions (AVX-512 multi-buffer) that it needs. */
const MULTI_BUFFER_SINCE = 7;

function describeVpcs(call: RpcCall, cloud: Cloud) {
  const regionId = call.need('RegionId');
  const vpcs = Object.values(data(cloud).vpcs).filter(
    vpc => vpc.regionId === regionId,
  );
  return {
    MaxResults: vpcs.length,
    NextToken: '',
    TotalCount: vpcs.length,
    Vpcs: vpcs.map(vpc => ({
      IsDefault: false,
      Status: vpc.status,
      VpcId: vpc.vpcId,
      VpcName: vpc.name,
    })),
  };
}

/** VPC in which a load balancer is looked for: the mesh's or the cluster's, exactly one of which is named. */
function vpcOf(call: RpcCall, cloud: Cloud): string {
  const meshId = call.text('ServiceMeshId');
  const clusterId = call.text('K8sClusterId');
  if (meshId !== undefined && clusterId !== undefined) {
    throw new ApiError(
      'InvalidParameter',
      'ServiceMeshId and K8sClusterId exclude each other: give one of them.',
    );
  }
  if (meshId !== undefined) return findMesh(cloud, meshId).vpcId;
  if (clusterId === undefined) throw missingParameter('ServiceMeshId');
  const { clusters } = data(cloud);
  return find(clusters, clusterId, 'ErrorClusterNotFound', 'cluster').vpcId;
}

/** Load balancers that nobody uses: kept when their cluster or mesh was deleted. */
function describeReusableSlb(call: RpcCall, cloud: Cloud) {
  call.need('NetworkType');
  const network = call.oneOf('NetworkType', ['intranet', 'internet']);
  const type = call.oneOf('LbType', ['clb', 'nlb']) ?? 'clb';
  const vpcId = vpcOf(call, cloud);
  const { loadBalancers, clusters, meshes } = data(cloud);
  const found = Object.values(loadBalancers).filter(
    item =>
      type === 'clb' &&
      // ACK and ASM make intranet ones; the Internet reaches them by EIPs.
      network === 'intranet' &&
      item.vpcId === vpcId &&
      !clusters[item.ownerId] &&
      !meshes[item.ownerId],
  );
  return {
    ReusableSlbList: found.map(item => ({
      LoadBalancerId: item.loadBalancerId,
      LoadBalancerName: item.name,
    })),
  };
}

function describeInstanceTypes(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const types = new Set(
    mesh.members.flatMap(({ clusterId }) =>
      instancesOf(cloud, clusterId).map(instance => instance.instanceType),
    ),
  );
  return {
    InstanceTypes: [...types].sort().map(type => {
      const generation = Number(/^ecs\.[a-z]+(\d+)/.exec(type)?.[1] ?? 0);
      const enabled = generation >= MULTI_BUFFER_SINCE;
      return {
        Key: enabled ? MULTI_BUFFER_LABEL : '',
        MultiBufferEnabled: enabled,
        NodeType: type,
        Value: enabled ? 'true' : '',
      };
    }),
  };
}

/** Despite its name: members in other VPCs that no CEN connects with the mesh's. */
function describeCens(call: RpcCall, cloud: Cloud) {
  const id = call.text('ServiceMeshId');
  const all = data(cloud);
  const meshes = id ? [findMesh(cloud, id)] : Object.values(all.meshes);
  return {
    Clusters: meshes.flatMap(mesh =>
      mesh.members
        .map(member => member.clusterId)
        .filter(clusterId => {
          const cluster = all.clusters[clusterId];
          return cluster && !sharesCen(cloud, mesh.vpcId, cluster.vpcId);
        }),
    ),
  };
}

export const surroundingOperations: Record<string, RpcOperation> = {
  DescribeVpcs: { run: describeVpcs },
  DescribeReusableSlb: { run: describeReusableSlb },
  DescribeNodesInstanceType: {
    run: describeInstanceTypes,
  },
  DescribeCens: { run: describeCens },
};
