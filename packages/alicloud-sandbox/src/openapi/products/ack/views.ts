import { Cloud, data } from '../../cloud';
import type { Cluster, NodePool, Task } from '../../model';
import { instancesOf, nodeStatus } from './nodes';

const GVR_SERVICES = { group: '', version: 'v1', resource: 'services' };

/** A JSON string; the public endpoint only when the cluster has one. */
function masterUrl(cloud: Cloud, cluster: Cluster): string {
  if (!cluster.apiServerUp) return '';
  const url = cloud.kube.get(cluster.clusterId)?.url;
  return JSON.stringify({
    ...(cluster.endpointPublicAccess && url
      ? { api_server_endpoint: url }
      : {}),
    intranet_api_server_endpoint: `https://${cluster.intranetIp}:6443`,
  });
}

export function clusterShape(cloud: Cloud, cluster: Cluster) {
  const all = data(cloud);
  const zone = all.vSwitches[cluster.vSwitchIds[0]]?.zoneId ?? '';
  return {
    cluster_domain: 'cluster.local',
    cluster_id: cluster.clusterId,
    cluster_spec: cluster.clusterSpec,
    cluster_type: 'ManagedKubernetes',
    container_cidr: cluster.containerCidr,
    created: cluster.created,
    current_version: cluster.version,
    deletion_protection: cluster.deletionProtection,
    docker_version: '',
    external_loadbalancer_id: cluster.apiServerLoadBalancerId,
    init_version: cluster.version,
    ip_stack: 'ipv4',
    maintenance_window: { enable: false },
    master_url: masterUrl(cloud, cluster),
    meta_data: JSON.stringify({
      Addons: cluster.addons,
      Capabilities: {
        Network:
          cluster.networkPlugin === 'flannel' ? 'flannel' : 'terway-eniip',
        NetworkType: cluster.networkPlugin,
        NodeCIDRMask: String(cluster.nodeCidrMask),
        ProxyMode: cluster.proxyMode,
        PublicSLB: cluster.endpointPublicAccess,
      },
      RRSAConfig: { enabled: false },
    }),
    name: cluster.name,
    network_mode: 'vpc',
    next_version: '',
    node_cidr_mask: String(cluster.nodeCidrMask),
    operation_policy: { cluster_auto_upgrade: { enabled: false } },
    parameters: {
      ContainerCIDR: cluster.containerCidr,
      ProxyMode: cluster.proxyMode,
      ServiceCIDR: cluster.serviceCidr,
    },
    private_zone: false,
    profile: cluster.profile,
    proxy_mode: cluster.proxyMode,
    region_id: cluster.regionId,
    resource_group_id: 'rg-default',
    rrsa_config: { enabled: false },
    security_group_id: cluster.securityGroupId,
    service_cidr: cluster.serviceCidr,
    size: instancesOf(cloud, cluster.clusterId).length,
    state: cluster.state,
    subnet_cidr: cluster.containerCidr,
    tags: [
      ...Object.entries(cluster.tags),
      ['ack.aliyun.com', cluster.clusterId],
    ].map(([key, value]) => ({ key, value })),
    timezone: 'Asia/Shanghai',
    updated: cluster.updated,
    vpc_id: cluster.vpcId,
    vswitch_id: cluster.vSwitchIds.join(','),
    vswitch_ids: cluster.vSwitchIds,
    worker_ram_role_name: `KubernetesWorkerRole-${cluster.clusterId.slice(
      0,
      24,
    )}`,
    zone_id: zone,
  };
}

export function nodesShape(cloud: Cloud, clusterId: string): object[] {
  return instancesOf(cloud, clusterId).map(instance => {
    const running = instance.status === 'Running';
    return {
      creation_time: instance.creationTime,
      error_message: '',
      expired_time: '2099-12-31T15:59:00Z',
      host_name: instance.nodeName,
      image_id: 'aliyun_3_x64_20G_alibase_20250629.vhd',
      instance_charge_type: 'PostPaid',
      instance_id: instance.instanceId,
      instance_name: instance.name,
      instance_role: 'Worker',
      instance_status: instance.status,
      instance_type: instance.instanceType,
      instance_type_family: instance.instanceType
        .split('.')
        .slice(0, 2)
        .join('.'),
      ip_address: [instance.ip],
      is_aliyun_node: true,
      node_name: instance.nodeName,
      node_status: running ? nodeStatus(cloud, instance) : 'Unknown',
      nodepool_id: instance.nodePoolId,
      source: 'ess',
      spot_strategy: 'NoSpot',
      state: running ? 'running' : 'pending',
    };
  });
}

export function poolShape(cloud: Cloud, cluster: Cluster, pool: NodePool) {
  const nodes = instancesOf(cloud, cluster.clusterId).filter(
    instance => instance.nodePoolId === pool.nodePoolId,
  );
  const healthy = nodes.filter(
    instance => nodeStatus(cloud, instance) === 'Ready',
  );
  return {
    auto_scaling: { enable: false, max_instances: 0, min_instances: 0 },
    interconnect_mode: 'basic',
    kubernetes_config: {
      labels: [],
      runtime: 'containerd',
      runtime_version: '1.6.36',
      taints: [],
    },
    management: { enable: false },
    nodepool_info: {
      created: pool.created,
      is_default: pool.isDefault,
      name: pool.name,
      nodepool_id: pool.nodePoolId,
      region_id: cluster.regionId,
      resource_group_id: 'rg-default',
      type: 'ess',
      updated: cluster.updated,
    },
    scaling_group: {
      desired_size: pool.desiredSize,
      instance_charge_type: 'PostPaid',
      instance_types: pool.instanceTypes,
      security_group_id: cluster.securityGroupId,
      system_disk_category: pool.systemDiskCategory,
      system_disk_size: pool.systemDiskSize,
      vswitch_ids: pool.vSwitchIds,
    },
    status: {
      failed_nodes: 0,
      healthy_nodes: healthy.length,
      initial_nodes: nodes.length - healthy.length,
      offline_nodes: 0,
      removing_nodes: 0,
      serving_nodes: healthy.length,
      state: pool.state,
      total_nodes: nodes.length,
    },
  };
}

export function taskShape(task: Task) {
  return {
    cluster_id: task.clusterId,
    created: task.created,
    current_stage: task.stage,
    ...(task.error ? { error: task.error } : {}),
    events: [],
    parameters: {},
    stages: [
      { start_time: task.created, state: task.state, message: task.stage },
    ],
    state: task.state,
    target: { id: task.clusterId, type: 'cluster' },
    task_id: task.taskId,
    task_result: [],
    task_type: task.type,
    updated: task.updated,
  };
}

/** Load balancers that the cluster's cloud controller made for Services. */
export function serviceLoadBalancers(
  cloud: Cloud,
  clusterId: string,
): { id: string; namespace: string; name: string }[] {
  const services = cloud.kube.get(clusterId)?.storage.list(GVR_SERVICES) ?? [];
  return services
    .filter(
      service =>
        service.spec?.type === 'LoadBalancer' &&
        service.status?.loadBalancer?.ingress?.length,
    )
    .map(service => ({
      id: `lb-${service.metadata.uid ?? service.metadata.name}`,
      namespace: service.metadata.namespace ?? 'default',
      name: service.metadata.name,
    }));
}

/** Everything that belongs to a cluster, as DescribeClusterResources lists it. */
export function resourcesShape(cloud: Cloud, cluster: Cluster): object[] {
  const all = data(cloud);
  const row = (resourceType: string, instanceId: string, info: object) => ({
    cluster_id: cluster.clusterId,
    created: cluster.created,
    instance_id: instanceId,
    resource_info: JSON.stringify(info),
    resource_type: resourceType,
    state: 'CREATE_COMPLETE',
    auto_create: 1,
    dependencies: [],
    delete_behavior: { delete_by_default: true, changeable: true },
    creator_type: 'system',
  });
  const own = <T extends { ownerId: string }>(records: Record<string, T>) =>
    Object.values(records).filter(item => item.ownerId === cluster.clusterId);
  return [
    ...own(all.loadBalancers).map(item =>
      row('ALIYUN::SLB::LoadBalancer', item.loadBalancerId, {
        address: item.ip,
      }),
    ),
    ...own(all.securityGroups).map(item =>
      row('ALIYUN::ECS::SecurityGroup', item.securityGroupId, {
        name: item.name,
      }),
    ),
    ...own(all.natGateways).map(item =>
      row('ALIYUN::VPC::NatGateway', item.natGatewayId, { name: item.name }),
    ),
    ...own(all.eips).map(item =>
      row('ALIYUN::VPC::EIP', item.allocationId, { address: item.ip }),
    ),
    ...instancesOf(cloud, cluster.clusterId).map(item =>
      row('ALIYUN::ECS::Instance', item.instanceId, { name: item.nodeName }),
    ),
    ...serviceLoadBalancers(cloud, cluster.clusterId).map(item => ({
      ...row('ALIYUN::SLB::LoadBalancer', item.id, {}),
      creator_type: 'user',
      associated_object: {
        kind: 'Service',
        namespace: item.namespace,
        name: item.name,
      },
    })),
  ];
}
