import { Cloud } from '../../cloud';
import { ackContracts } from '../../contracts';
import type { RoaCall, RoaOperation, RoaProduct } from '../../operation';
import { clusterDetail } from './clusterView';
import { createCluster } from './create';
import { deleteCluster } from './delete';
import { clusterOf, poolInPath } from './find';
import { withoutNulls } from './json';
import { userConfig } from './kubeconfig';
import {
  describeClusters,
  describeClustersV1,
  describeEvents,
  describeNodePools,
  describeNodes,
  describeTasks,
} from './lists';
import { modifyCluster } from './modify';
import {
  createNodePool,
  deleteNodePool,
  modifyNodePool,
  removePoolNodes,
  scaleNodePool,
} from './nodePools';
import { poolShape } from './nodeViews';
import { resourcesShape } from './resources';
import { settingsFor } from './settings';
import { findTask, taskShape } from './tasks';
import { versionMetadata } from './versions';

function controlPlaneLog(call: RoaCall, cloud: Cloud) {
  const cluster = clusterOf(call, cloud);
  const { controlPlaneLog: log } = settingsFor(cluster);
  const project = log.project || `k8s-log-${cluster.clusterId}`;
  return {
    aliuid: String(cloud.accountId),
    components: log.components,
    log_project: log.components.length ? project : '',
    log_ttl: log.ttl,
  };
}

function auditProject(call: RoaCall, cloud: Cloud) {
  const cluster = clusterOf(call, cloud);
  const { enabled, project } = settingsFor(cluster).auditLog;
  return {
    audit_enabled: enabled,
    sls_project_name: enabled ? project || `k8s-log-${cluster.clusterId}` : '',
  };
}

const CLUSTER = '/clusters/:clusterId';
const POOL = `${CLUSTER}/nodepools/:nodePoolId`;

const get = (
  name: string,
  path: string,
  run: RoaOperation['run'],
): RoaOperation => ({ name, method: 'GET', path, run });

const reading: RoaOperation[] = [
  get('DescribeClusters', '/clusters', describeClusters),
  get('DescribeClustersV1', '/api/v1/clusters', describeClustersV1),
  get('DescribeKubernetesVersionMetadata', '/api/v1/metadata/versions', call =>
    versionMetadata(
      call.query.get('KubernetesVersion') || undefined,
      call.query.get('QueryUpgradableVersion') === 'true',
    ),
  ),
  get('DescribeClusterDetail', CLUSTER, (call, cloud) =>
    clusterDetail(cloud, clusterOf(call, cloud)),
  ),
  get(
    'DescribeClusterUserKubeconfig',
    '/k8s/:clusterId/user_config',
    userConfig,
  ),
  get('DescribeTaskInfo', '/tasks/:taskId', (call, cloud) =>
    taskShape(cloud, findTask(cloud, call.params.taskId)),
  ),
  get('DescribeClusterTasks', `${CLUSTER}/tasks`, describeTasks),
  get('DescribeClusterEvents', `${CLUSTER}/events`, describeEvents),
  get('DescribeClusterNodes', `${CLUSTER}/nodes`, describeNodes),
  get('DescribeClusterNodePools', `${CLUSTER}/nodepools`, describeNodePools),
  get('DescribeClusterNodePoolDetail', POOL, (call, cloud) => {
    const cluster = clusterOf(call, cloud);
    return poolShape(cloud, cluster, poolInPath(call, cluster));
  }),
  get('DescribeClusterResources', `${CLUSTER}/resources`, (call, cloud) =>
    resourcesShape(
      cloud,
      clusterOf(call, cloud),
      call.query.get('with_addon_resources') === 'true',
    ),
  ),
  get(
    'CheckControlPlaneLogEnable',
    `${CLUSTER}/controlplanelog`,
    controlPlaneLog,
  ),
  get('GetClusterAuditProject', `${CLUSTER}/audit`, auditProject),
];

const writing: RoaOperation[] = [
  {
    name: 'CreateCluster',
    method: 'POST',
    path: '/clusters',
    status: 202,
    run: createCluster,
  },
  {
    name: 'ModifyCluster',
    method: 'PUT',
    path: '/api/v2/clusters/:clusterId',
    status: 202,
    run: modifyCluster,
  },
  {
    name: 'DeleteCluster',
    method: 'DELETE',
    path: CLUSTER,
    status: 202,
    run: deleteCluster,
  },
  {
    name: 'CreateClusterNodePool',
    method: 'POST',
    path: `${CLUSTER}/nodepools`,
    run: createNodePool,
  },
  {
    name: 'ModifyClusterNodePool',
    method: 'PUT',
    path: POOL,
    run: modifyNodePool,
  },
  {
    name: 'ScaleClusterNodePool',
    method: 'POST',
    path: POOL,
    run: scaleNodePool,
  },
  {
    name: 'DeleteClusterNodepool',
    method: 'DELETE',
    path: POOL,
    run: deleteNodePool,
  },
  {
    name: 'RemoveNodePoolNodes',
    method: 'DELETE',
    path: `${POOL}/nodes`,
    run: removePoolNodes,
  },
];

export const ackProduct: RoaProduct = {
  code: 'CS',
  version: '2015-12-15',
  host: 'cs.aliyuncs.com',
  contracts: ackContracts,
  operations: [
    ...reading,
    ...writing.map(operation => ({
      ...operation,
      run: (call: RoaCall, cloud: Cloud) =>
        operation.run({ ...call, body: withoutNulls(call.body) }, cloud),
    })),
  ],
};

export { handleClusterTransitions, openApiServer } from './lifecycle';
