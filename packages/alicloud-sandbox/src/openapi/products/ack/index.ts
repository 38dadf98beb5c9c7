import { Cloud, data } from '../../cloud';
import { ApiError } from '../../errors';
import { ackContracts } from '../../contracts';
import type { RoaCall, RoaProduct } from '../../operation';
import {
  createCluster,
  createNodePool,
  deleteCluster,
  findCluster,
} from './clusters';
import {
  clusterShape,
  nodesShape,
  poolShape,
  resourcesShape,
  taskShape,
} from './views';
import { versionMetadata } from './versions';

/** Without TemporaryDurationMinutes the certificate lives three years. */
const LONG_LIVED_MINUTES = 3 * 365 * 24 * 60;

function integer(
  call: RoaCall,
  name: string,
  range: { min: number; max: number; fallback: number },
): number {
  const text = call.query.get(name);
  if (!text) return range.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new ApiError(
      'ErrorParamsInvalid',
      `${name} ${text} must be an integer from ${range.min} to ${range.max}.`,
    );
  }
  return value;
}

function page<T>(call: RoaCall, items: T[], sizeName = 'page_size') {
  const numberName = sizeName === 'pageSize' ? 'pageNumber' : 'page_number';
  const number = integer(call, numberName, { min: 1, max: 1e6, fallback: 1 });
  const size = integer(call, sizeName, { min: 1, max: 100, fallback: 50 });
  return {
    items: items.slice((number - 1) * size, number * size),
    info: {
      page_number: number,
      page_size: size,
      total_count: items.length,
    },
  };
}

function listClusters(call: RoaCall, cloud: Cloud) {
  const is = (name: string, value: string) =>
    (call.query.get(name) || value) === value;
  return Object.values(data(cloud).clusters).filter(
    cluster =>
      is('cluster_id', cluster.clusterId) &&
      is('name', cluster.name) &&
      is('region_id', cluster.regionId) &&
      is('cluster_spec', cluster.clusterSpec) &&
      is('cluster_type', 'ManagedKubernetes') &&
      is('clusterType', 'ManagedKubernetes') &&
      is('profile', cluster.profile),
  );
}

function userConfig(call: RoaCall, cloud: Cloud) {
  const cluster = findCluster(cloud, call.params.clusterId);
  const minutes = integer(call, 'TemporaryDurationMinutes', {
    min: 15,
    max: 4320,
    fallback: LONG_LIVED_MINUTES,
  });
  const kube = cloud.kube.get(cluster.clusterId);
  if (!kube || !cluster.apiServerUp) {
    throw new ApiError(
      'ErrorClusterNotReady',
      `The API server of the cluster ${cluster.clusterId} is not up yet.`,
    );
  }
  const intranet = call.query.get('PrivateIpAddress') === 'true';
  if (!intranet && !cluster.endpointPublicAccess) {
    throw new ApiError(
      'ErrorPublicEndpointNotFound',
      `The cluster ${cluster.clusterId} has no public API server endpoint: ask with PrivateIpAddress=true or create it with endpoint_public_access.`,
    );
  }
  const { yaml, expiresAt } = kube.kubeconfig({
    ttlMs: minutes * 60_000,
    ...(intranet ? { server: `https://${cluster.intranetIp}:6443` } : {}),
  });
  return { config: yaml, expiration: expiresAt };
}

function findTask(call: RoaCall, cloud: Cloud) {
  const task = data(cloud).tasks[call.params.taskId];
  if (!task) {
    throw new ApiError(
      'ErrorTaskNotFound',
      `task ${call.params.taskId} not found`,
      404,
    );
  }
  return task;
}

const cluster = (call: RoaCall, cloud: Cloud) =>
  findCluster(cloud, call.params.clusterId);

export const ackProduct: RoaProduct = {
  code: 'CS',
  version: '2015-12-15',
  host: 'cs.aliyuncs.com',
  contracts: ackContracts,
  operations: [
    {
      name: 'CreateCluster',
      method: 'POST',
      path: '/clusters',
      status: 202,
      run: createCluster,
    },
    {
      name: 'DescribeClusters',
      method: 'GET',
      path: '/clusters',
      run: (call, cloud) =>
        listClusters(call, cloud).map(item => clusterShape(cloud, item)),
    },
    {
      name: 'DescribeClustersV1',
      method: 'GET',
      path: '/api/v1/clusters',
      run: (call, cloud) => {
        const { items, info } = page(call, listClusters(call, cloud));
        return {
          clusters: items.map(item => clusterShape(cloud, item)),
          page_info: info,
        };
      },
    },
    {
      name: 'DescribeKubernetesVersionMetadata',
      method: 'GET',
      path: '/api/v1/metadata/versions',
      run: call =>
        versionMetadata(call.query.get('KubernetesVersion') ?? undefined),
    },
    {
      name: 'DescribeClusterDetail',
      method: 'GET',
      path: '/clusters/:clusterId',
      run: (call, cloud) => clusterShape(cloud, cluster(call, cloud)),
    },
    {
      name: 'DeleteCluster',
      method: 'DELETE',
      path: '/clusters/:clusterId',
      status: 202,
      run: deleteCluster,
    },
    {
      name: 'DescribeClusterUserKubeconfig',
      method: 'GET',
      path: '/k8s/:clusterId/user_config',
      run: userConfig,
    },
    {
      name: 'DescribeTaskInfo',
      method: 'GET',
      path: '/tasks/:taskId',
      run: (call, cloud) => taskShape(findTask(call, cloud)),
    },
    {
      name: 'DescribeClusterTasks',
      method: 'GET',
      path: '/clusters/:clusterId/tasks',
      run: (call, cloud) => {
        const { clusterId } = cluster(call, cloud);
        const { items, info } = page(
          call,
          Object.values(data(cloud).tasks).filter(
            task => task.clusterId === clusterId,
          ),
        );
        return {
          page_info: info,
          requestId: call.requestId,
          tasks: items.map(task => ({
            created: task.created,
            ...(task.error ? { error: task.error } : {}),
            state: task.state,
            task_id: task.taskId,
            task_type: task.type,
            updated: task.updated,
          })),
        };
      },
    },
    {
      name: 'DescribeClusterEvents',
      method: 'GET',
      path: '/clusters/:clusterId/events',
      run: (call, cloud) => {
        const { clusterId } = cluster(call, cloud);
        const { items, info } = page(
          call,
          data(cloud).events.filter(event => event.clusterId === clusterId),
        );
        return {
          events: items.map(event => ({
            cluster_id: event.clusterId,
            data: {
              level: event.level,
              message: event.message,
              reason: event.reason,
            },
            event_id: event.eventId,
            source: 'cluster',
            subject: event.clusterId,
            time: event.time,
            type: event.reason,
          })),
          page_info: info,
        };
      },
    },
    {
      name: 'DescribeClusterNodes',
      method: 'GET',
      path: '/clusters/:clusterId/nodes',
      run: (call, cloud) => {
        const { clusterId } = cluster(call, cloud);
        const { items, info } = page(
          call,
          nodesShape(cloud, clusterId),
          'pageSize',
        );
        return { nodes: items, page: info };
      },
    },
    {
      name: 'DescribeClusterNodePools',
      method: 'GET',
      path: '/clusters/:clusterId/nodepools',
      run: (call, cloud) => {
        const found = cluster(call, cloud);
        const name = call.query.get('NodepoolName');
        return {
          nodepools: found.nodePools
            .filter(pool => !name || pool.name === name)
            .map(pool => poolShape(cloud, found, pool)),
        };
      },
    },
    {
      name: 'CreateClusterNodePool',
      method: 'POST',
      path: '/clusters/:clusterId/nodepools',
      run: createNodePool,
    },
    {
      name: 'DescribeClusterResources',
      method: 'GET',
      path: '/clusters/:clusterId/resources',
      run: (call, cloud) => resourcesShape(cloud, cluster(call, cloud)),
    },
    {
      name: 'CheckControlPlaneLogEnable',
      method: 'GET',
      path: '/clusters/:clusterId/controlplanelog',
      run: (call, cloud) => {
        cluster(call, cloud);
        return {
          aliuid: String(cloud.accountId),
          components: [],
          log_project: '',
          log_ttl: '',
        };
      },
    },
    {
      name: 'GetClusterAuditProject',
      method: 'GET',
      path: '/clusters/:clusterId/audit',
      run: (call, cloud) => {
        cluster(call, cloud);
        return { audit_enabled: false, sls_project_name: '' };
      },
    },
  ],
};

export { handleClusterTransitions, openApiServer } from './clusters';
