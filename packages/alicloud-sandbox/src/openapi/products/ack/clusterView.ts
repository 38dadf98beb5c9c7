import { Cloud, data } from '../../cloud';
import type { Cluster } from '../../model';
import { instancesOf } from './nodes';
import { settingsFor } from './settings';
import { beijingTime } from './times';
import { upgradable } from './versions';

/** Tokens of service accounts live so long. */
const RRSA_TOKEN_LIFE = '12h';

function apiServerEndpoints(cloud: Cloud, cluster: Cluster) {
  const url = cloud.kube.get(cluster.clusterId)?.url;
  return {
    ...(cluster.endpointPublicAccess && url
      ? { api_server_endpoint: url }
      : {}),
    intranet_api_server_endpoint: `https://${cluster.intranetIp}:6443`,
  };
}

function rrsaShape(cloud: Cloud, cluster: Cluster) {
  if (!settingsFor(cluster).rrsa) return { enabled: false };
  const { clusterId, regionId } = cluster;
  const issuer = `https://oidc-ack-${regionId}.oss-${regionId}.aliyuncs.com/${clusterId}`;
  return {
    enabled: true,
    audience: 'sts.aliyuncs.com',
    issuer,
    jwks_url: `${issuer}/keys.json`,
    max_oidc_token_expiration: RRSA_TOKEN_LIFE,
    oidc_arn: `acs:ram::${cloud.accountId}:oidc-provider/ack-rrsa-${clusterId}`,
    oidc_name: `ack-rrsa-${clusterId}`,
    open_api_configuration_url: `${issuer}/.well-known/openid-configuration`,
  };
}

/** JSON inside JSON: what the console and Terraform read of addons and abilities. */
function metaData(cloud: Cloud, cluster: Cluster): string {
  return JSON.stringify({
    Addons: cluster.addons,
    Capabilities: {
      Network: cluster.networkPlugin === 'flannel' ? 'flannel' : 'terway-eniip',
      NetworkType: cluster.networkPlugin,
      NodeCIDRMask: String(cluster.nodeCidrMask),
      ProxyMode: cluster.proxyMode,
      PublicSLB: cluster.endpointPublicAccess,
    },
    RRSAConfig: rrsaShape(cloud, cluster),
  });
}

/** What all three descriptions of a cluster have in common. */
function common(cloud: Cloud, cluster: Cluster) {
  const first = data(cloud).vSwitches[cluster.vSwitchIds[0]];
  const { resourceGroupId } = settingsFor(cluster);
  return {
    cluster_id: cluster.clusterId,
    cluster_type: 'ManagedKubernetes',
    created: beijingTime(cluster.created),
    current_version: cluster.version,
    deletion_protection: cluster.deletionProtection,
    docker_version: '',
    // Of the Ingress controller, which is not installed here.
    external_loadbalancer_id: '',
    init_version: cluster.version,
    // Full URLs: Terraform takes them apart.
    master_url: cluster.apiServerUp
      ? JSON.stringify(apiServerEndpoints(cloud, cluster))
      : '',
    meta_data: metaData(cloud, cluster),
    name: cluster.name,
    network_mode: 'vpc',
    private_zone: false,
    profile: cluster.profile,
    region_id: cluster.regionId,
    resource_group_id: resourceGroupId,
    security_group_id: cluster.securityGroupId,
    size: instancesOf(cloud, cluster.clusterId).length,
    state: cluster.state,
    subnet_cidr: cluster.containerCidr,
    tags: [
      ...Object.entries(cluster.tags),
      ['ack.aliyun.com', cluster.clusterId],
    ].map(([key, value]) => ({ key, value })),
    updated: beijingTime(cluster.updated),
    vpc_id: cluster.vpcId,
    vswitch_id: cluster.vSwitchIds.join(','),
    worker_ram_role_name: `KubernetesWorkerRole-${cluster.clusterId.slice(
      0,
      24,
    )}`,
    zone_id: first?.zoneId ?? '',
  };
}

/** A row of DescribeClusters, which is deprecated. */
export function oldClusterRow(cloud: Cloud, cluster: Cluster) {
  const [pool] = cluster.nodePools;
  const first = data(cloud).vSwitches[cluster.vSwitchIds[0]];
  return {
    ...common(cloud, cluster),
    data_disk_category: pool?.systemDiskCategory ?? '',
    data_disk_size: pool?.systemDiskSize ?? 0,
    vswitch_cidr: first?.cidrBlock ?? '',
  };
}

/** A row of DescribeClustersV1. */
export function clusterRow(cloud: Cloud, cluster: Cluster) {
  const settings = settingsFor(cluster);
  return {
    ...common(cloud, cluster),
    cluster_domain: settings.clusterDomain,
    cluster_spec: cluster.clusterSpec,
    container_cidr: cluster.containerCidr,
    ip_stack: settings.ipStack,
    maintenance_window: settings.maintenanceWindow,
    next_version: upgradable(cluster.version)[0] ?? '',
    operation_policy: settings.operationPolicy,
    proxy_mode: cluster.proxyMode,
    service_cidr: cluster.serviceCidr,
    timezone: settings.timezone,
    vswitch_ids: cluster.vSwitchIds,
  };
}

/** The answer of DescribeClusterDetail. */
export function clusterDetail(cloud: Cloud, cluster: Cluster) {
  return {
    ...clusterRow(cloud, cluster),
    auto_mode: { enable: false },
    control_plane_endpoints_config: {
      internal_dns_config: { bind_vpcs: [], enabled: true },
      load_balancers_config: [
        {
          endpoint: `https://${cluster.intranetIp}:6443`,
          endpoint_type: 'intranet',
          load_balancer_id: cluster.apiServerLoadBalancerId,
        },
      ],
    },
    extra_sans: settingsFor(cluster).extraSans,
    node_cidr_mask: String(cluster.nodeCidrMask),
    parameters: {
      ContainerCIDR: cluster.containerCidr,
      ProxyMode: cluster.proxyMode,
      ServiceCIDR: cluster.serviceCidr,
    },
    rrsa_config: rrsaShape(cloud, cluster),
  };
}
