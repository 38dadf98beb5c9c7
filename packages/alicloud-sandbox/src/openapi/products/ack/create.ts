import { addEip, addLoadBalancer, addNatGateway } from '../../companions';
import { Cloud, data, nowIso } from '../../cloud';
import { DURATIONS } from '../../durations';
import { clusterId as newClusterId } from '../../ids';
import type { Cluster, LoadBalancer, NodePool } from '../../model';
import type { RoaCall } from '../../operation';
import { accept, addRules } from '../ecs/rules';
import { addGroup } from '../ecs/securitygroups';
import type { PoolRequest } from './pools';
import { ClusterRequest, checkClusterRequest } from './request';
import { startTask } from './tasks';

/** CreateCluster: checks everything, then makes the cluster in state `initial` and a task. */
export function createCluster(call: RoaCall, cloud: Cloud) {
  const { body } = call;
  const request = checkClusterRequest(body, cloud);
  const clusterId = newClusterId();
  const loadBalancer = makeCompanions(cloud, clusterId, request, body);
  const cluster: Cluster = {
    clusterId,
    name: request.name,
    regionId: request.regionId,
    state: 'initial',
    clusterSpec: request.clusterSpec,
    profile: request.profile,
    version: request.version,
    vpcId: request.vpcId,
    vSwitchIds: request.vSwitches.map(item => item.vSwitchId),
    podVSwitchIds: request.podVSwitches.map(item => item.vSwitchId),
    networkPlugin: request.networkPlugin,
    containerCidr: request.containerCidr,
    serviceCidr: request.serviceCidr,
    nodeCidrMask: request.nodeCidrMask,
    proxyMode: request.proxyMode,
    securityGroupId:
      request.securityGroupId ?? ownGroup(cloud, clusterId, request, body),
    ownsSecurityGroup: !request.securityGroupId,
    apiServerLoadBalancerId: loadBalancer.loadBalancerId,
    intranetIp: loadBalancer.ip,
    endpointPublicAccess: !!body.endpoint_public_access,
    deletionProtection: !!body.deletion_protection,
    addons: addonsOf(body),
    nodePools: request.pools.map((pool, index) =>
      newPool(cloud, pool, index === 0),
    ),
    apiServerUp: false,
    settings: request.settings,
    created: nowIso(cloud),
    updated: nowIso(cloud),
    tags: tagsOf(body),
  };
  data(cloud).clusters[clusterId] = cluster;
  const { taskId } = startTask(cloud, clusterId, {
    type: 'cluster_create',
    stage: 'CreateControlPlane',
  });
  cloud.transitions.schedule(
    'cluster.apiserver',
    { clusterId, taskId },
    DURATIONS.clusterApiServerUp,
  );
  return { cluster_id: clusterId, request_id: call.requestId, task_id: taskId };
}

function addonsOf(body: Record<string, any>): Cluster['addons'] {
  const given: { name: string; version?: string; disabled?: boolean }[] =
    body.addons ?? [];
  return given
    .filter(addon => !addon.disabled)
    .map(({ name, version }) => ({ name, version }));
}

function tagsOf(body: Record<string, any>): Cluster['tags'] {
  const given: { key: string; value?: string }[] = body.tags ?? [];
  return Object.fromEntries(given.map(({ key, value }) => [key, value ?? '']));
}

/** The API server's load balancer, its EIP, and the way out for the nodes. */
function makeCompanions(
  cloud: Cloud,
  clusterId: string,
  request: ClusterRequest,
  body: Record<string, any>,
): LoadBalancer {
  const [first] = request.vSwitches;
  const loadBalancer = addLoadBalancer(cloud, first, {
    name: `ack-${clusterId}-apiserver`,
    ownerType: 'Cluster',
    ownerId: clusterId,
  });
  if (body.endpoint_public_access) {
    addApiServerEip(cloud, { ...request, clusterId }, loadBalancer);
  }
  const hasNat = Object.values(data(cloud).natGateways).some(
    nat => nat.vpcId === request.vpcId,
  );
  if (body.snat_entry && !hasNat) {
    addNatGateway(cloud, first, {
      name: `ack-${clusterId}`,
      ownerId: clusterId,
    });
  }
  return loadBalancer;
}

/** Makes the API server reachable from the Internet. */
export function addApiServerEip(
  cloud: Cloud,
  cluster: Pick<Cluster, 'clusterId' | 'regionId' | 'vpcId'>,
  loadBalancer: Pick<LoadBalancer, 'loadBalancerId'>,
): void {
  addEip(cloud, cluster, {
    name: `ack-${cluster.clusterId}-apiserver`,
    instanceId: loadBalancer.loadBalancerId,
    instanceType: 'SlbInstance',
    ownerId: cluster.clusterId,
  });
}

/** What ACK opens in the group it makes: Pods, the VPC, and the API server for private networks. */
function ownGroup(
  cloud: Cloud,
  clusterId: string,
  request: ClusterRequest,
  body: Record<string, any>,
): string {
  const group = addGroup(cloud, {
    name: `alicloud-cs-auto-created-security-group-${clusterId}`,
    description: 'Auto created by ACK',
    regionId: request.regionId,
    vpcId: request.vpcId,
    type: body.is_enterprise_security_group ? 'enterprise' : 'normal',
    ownerId: clusterId,
    tags: { 'ack.aliyun.com': clusterId },
  });
  const apiServer = { protocol: 'TCP' as const, range: '6443/6443' };
  addRules(cloud, group, [
    accept(data(cloud).vpcs[request.vpcId].cidrBlock, 'VPC'),
    ...(request.containerCidr ? [accept(request.containerCidr, 'Pods')] : []),
    accept('10.0.0.0/8', 'API server', apiServer),
    accept('172.16.0.0/12', 'API server', apiServer),
    accept('192.168.0.0/16', 'API server', apiServer),
    accept('0.0.0.0/0', 'Outbound', { direction: 'egress' }),
  ]);
  return group.securityGroupId;
}

/** A node pool as it begins. */
export function newPool(
  cloud: Cloud,
  pool: PoolRequest,
  isDefault: boolean,
): NodePool {
  return {
    ...pool,
    nodePoolId: `np${newClusterId().slice(1)}`,
    isDefault,
    state: 'initial',
    created: nowIso(cloud),
    updated: nowIso(cloud),
  };
}
