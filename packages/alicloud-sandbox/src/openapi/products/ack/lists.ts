import { Cloud, data } from '../../cloud';
import type { RoaCall } from '../../operation';
import { clusterRow, oldClusterRow } from './clusterView';
import { clusterOf } from './find';
import { nodeRows, poolShape } from './nodeViews';
import { byPage, byPageOrToken } from './paging';
import { eventRow, taskRow } from './tasks';

/** Whether a filter of the query lets the value through. */
function allows(call: RoaCall, name: string, value: string): boolean {
  return (call.query.get(name) || value) === value;
}

/** DescribeClusters: deprecated; the name is looked for anywhere. */
export function describeClusters(call: RoaCall, cloud: Cloud) {
  const name = call.query.get('name') ?? '';
  return Object.values(data(cloud).clusters)
    .filter(
      cluster =>
        cluster.name.includes(name) &&
        allows(call, 'clusterType', 'ManagedKubernetes'),
    )
    .map(cluster => oldClusterRow(cloud, cluster))
    .filter(row => allows(call, 'resource_group_id', row.resource_group_id));
}

/** DescribeClustersV1. */
export function describeClustersV1(call: RoaCall, cloud: Cloud) {
  const found = Object.values(data(cloud).clusters).filter(
    cluster =>
      allows(call, 'cluster_id', cluster.clusterId) &&
      allows(call, 'name', cluster.name) &&
      allows(call, 'region_id', cluster.regionId) &&
      allows(call, 'cluster_spec', cluster.clusterSpec) &&
      allows(call, 'cluster_type', 'ManagedKubernetes') &&
      allows(call, 'profile', cluster.profile),
  );
  const { items, info } = byPage(call, found);
  return {
    clusters: items.map(item => clusterRow(cloud, item)),
    page_info: info,
  };
}

/** DescribeClusterTasks. */
export function describeTasks(call: RoaCall, cloud: Cloud) {
  const { clusterId } = clusterOf(call, cloud);
  const { items, info, next } = byPageOrToken(
    call,
    Object.values(data(cloud).tasks).filter(
      task => task.clusterId === clusterId,
    ),
  );
  return {
    ...next,
    page_info: info,
    requestId: call.requestId,
    tasks: items.map(taskRow),
  };
}

/** DescribeClusterEvents. */
export function describeEvents(call: RoaCall, cloud: Cloud) {
  const { clusterId } = clusterOf(call, cloud);
  const { items, info, next } = byPageOrToken(
    call,
    data(cloud).events.filter(
      event =>
        event.clusterId === clusterId && allows(call, 'task_id', event.taskId),
    ),
  );
  return {
    ...next,
    events: items.map(item => eventRow(cloud, item)),
    page_info: info,
  };
}

/** DescribeClusterNodes, whose paging is spelt in its own way. */
export function describeNodes(call: RoaCall, cloud: Cloud) {
  const { items, info } = byPage(
    call,
    nodeRows(call, cloud, clusterOf(call, cloud)),
    { number: 'pageNumber', size: 'pageSize', fallback: 10 },
  );
  return { nodes: items, page: info };
}

/** DescribeClusterNodePools. */
export function describeNodePools(call: RoaCall, cloud: Cloud) {
  const cluster = clusterOf(call, cloud);
  return {
    nodepools: cluster.nodePools
      .filter(pool => allows(call, 'NodepoolName', pool.name))
      .map(pool => poolShape(cloud, cluster, pool)),
  };
}
