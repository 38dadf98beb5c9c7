import { Cloud, data, find } from '../../cloud';
import { ApiError } from '../../errors';
import type { Cluster, NodePool } from '../../model';
import type { RoaCall } from '../../operation';

/** @throws ApiError `ErrorClusterNotFound`, 404. */
export function findCluster(cloud: Cloud, id: string): Cluster {
  return find(data(cloud).clusters, id, 'ErrorClusterNotFound', 'cluster');
}

/** The cluster in the call's path. */
export function clusterOf(call: RoaCall, cloud: Cloud): Cluster {
  return findCluster(cloud, call.params.clusterId);
}

/** @throws ApiError `ErrorClusterState` unless it is running. */
export function runningCluster(call: RoaCall, cloud: Cloud): Cluster {
  const cluster = clusterOf(call, cloud);
  if (cluster.state !== 'running') {
    throw new ApiError(
      'ErrorClusterState',
      `The cluster ${cluster.clusterId} is ${cluster.state}, not running. Wait until it runs.`,
    );
  }
  return cluster;
}

/**
 * The node pool in the call's path.
 * @throws ApiError `ErrorNodePoolNotFound`, 404.
 */
export function poolInPath(call: RoaCall, cluster: Cluster): NodePool {
  const { nodePoolId } = call.params;
  const pool = cluster.nodePools.find(item => item.nodePoolId === nodePoolId);
  if (!pool) {
    throw new ApiError(
      'ErrorNodePoolNotFound',
      `The node pool ${nodePoolId} of the cluster ${cluster.clusterId} is not found.`,
      404,
    );
  }
  return pool;
}
