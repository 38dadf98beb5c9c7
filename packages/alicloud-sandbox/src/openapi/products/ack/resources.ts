import { Cloud, data } from '../../cloud';
import type { Cluster } from '../../model';
import { instancesOf } from './nodes';
import { beijingTime } from './times';

const GVR_SERVICES = { group: '', version: 'v1', resource: 'services' };

/** Load balancers that the cluster's cloud controller made for Services. */
export function serviceLoadBalancers(
  cloud: Cloud,
  clusterId: string,
): { id: string; namespace: string; name: string; ip: string }[] {
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
      ip: service.status.loadBalancer.ingress[0].ip ?? '',
    }));
}

/** ids of types of resources, as `dependencies` names them. */
type Dependency = { resource_type: string; instance_id: string };

/** Rows of DescribeClusterResources: what belongs to a cluster; what its addons made only when asked for. */
export function resourcesShape(
  cloud: Cloud,
  cluster: Cluster,
  withAddons: boolean,
): object[] {
  const all = data(cloud);
  const { clusterId: cluster_id } = cluster;
  const row = (
    resource_type: string,
    instance_id: string,
    info: object,
    dependencies: Dependency[] = [],
  ) => ({
    cluster_id,
    created: beijingTime(cluster.created),
    instance_id,
    resource_info: JSON.stringify({
      Id: instance_id,
      Type: resource_type,
      Status: 'CREATE_COMPLETE',
      ...info,
    }),
    resource_type,
    state: 'CREATE_COMPLETE',
    auto_create: 1,
    dependencies: dependencies.map(item => ({ cluster_id, ...item })),
    delete_behavior: { delete_by_default: true, changeable: true },
    creator_type: 'system',
    extra_info: {},
  });
  const own = <T extends { ownerId: string }>(records: Record<string, T>) =>
    Object.values(records).filter(item => item.ownerId === cluster_id);
  const group: Dependency = {
    resource_type: 'ALIYUN::ECS::SecurityGroup',
    instance_id: cluster.securityGroupId,
  };
  const services = serviceLoadBalancers(cloud, cluster_id).map(item => ({
    ...row('ALIYUN::SLB::LoadBalancer', item.id, { address: item.ip }),
    creator_type: 'addon',
    associated_object: {
      kind: 'Service',
      namespace: item.namespace,
      name: item.name,
    },
  }));
  return [
    ...own(all.loadBalancers).map(item =>
      row('ALIYUN::SLB::LoadBalancer', item.loadBalancerId, {
        address: item.ip,
      }),
    ),
    ...own(all.securityGroups).map(item =>
      row(group.resource_type, item.securityGroupId, { name: item.name }),
    ),
    ...own(all.natGateways).map(item =>
      row('ALIYUN::VPC::NatGateway', item.natGatewayId, { name: item.name }),
    ),
    ...own(all.eips).map(item =>
      row('ALIYUN::VPC::EIP', item.allocationId, { address: item.ip }),
    ),
    ...instancesOf(cloud, cluster_id).map(item =>
      row('ALIYUN::ECS::Instance', item.instanceId, { name: item.nodeName }, [
        group,
      ]),
    ),
    ...(withAddons ? services : []),
  ];
}
