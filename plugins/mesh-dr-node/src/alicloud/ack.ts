import { AlicloudError } from './errors';
import {
  asObject,
  embedded,
  flag,
  integer,
  objects,
  optionalText,
  tags,
  text,
  texts,
  type Json,
  type JsonObject,
} from './shape';
import type { AlicloudTransport } from './transport';
import type { AckApi, AckCluster, CreateAckCluster } from './types';

/** Creating a cluster checks quotas and networks before it answers. */
const CREATE_DEADLINE_MS = 60_000;

/** ACK (CS 2015-12-15), the one product in ROA style. */
export function createAckApi(transport: AlicloudTransport): AckApi {
  return {
    async createCluster(p, o) {
      const answer = asObject(
        await transport.roa(
          {
            operation: 'CreateCluster',
            method: 'POST',
            path: '/clusters',
            regionId: p.regionId,
            resource: `cluster ${p.name}`,
            body: createBody(p),
          },
          { deadlineMs: CREATE_DEADLINE_MS, ...o },
        ),
      );
      return {
        clusterId: text(answer.cluster_id),
        taskId: text(answer.task_id),
      };
    },

    async describeClusters(p, o) {
      const found: JsonObject[] = [];
      for (let page = 1; ; page++) {
        const answer = asObject(
          await transport.roa(
            {
              operation: 'DescribeClustersV1',
              method: 'GET',
              path: '/api/v1/clusters',
              regionId: p.regionId,
              resource: p.name ?? p.regionId,
              query: {
                region_id: p.regionId,
                name: p.name,
                page_number: page,
                page_size: 50,
              },
            },
            o,
          ),
        );
        const part = objects(answer.clusters);
        found.push(...part);
        const total = integer(asObject(answer.page_info).total_count);
        if (part.length === 0 || found.length >= total) break;
      }
      return found.map(cluster);
    },

    async describeCluster(p, o) {
      try {
        const answer = asObject(
          await transport.roa(
            {
              operation: 'DescribeClusterDetail',
              method: 'GET',
              path: `/clusters/${encodeURIComponent(p.clusterId)}`,
              regionId: p.regionId,
              resource: `cluster ${p.clusterId}`,
            },
            o,
          ),
        );
        return cluster(answer);
      } catch (error) {
        if (error instanceof AlicloudError && error.notFound) return undefined;
        throw error;
      }
    },

    async deleteCluster(p, o) {
      try {
        const answer = asObject(
          await transport.roa(
            {
              operation: 'DeleteCluster',
              method: 'DELETE',
              path: `/clusters/${encodeURIComponent(p.clusterId)}`,
              regionId: p.regionId,
              resource: `cluster ${p.clusterId}`,
              query: {
                retain_resources: p.retainResources?.length
                  ? JSON.stringify(p.retainResources)
                  : undefined,
              },
            },
            o,
          ),
        );
        return { taskId: optionalText(answer.task_id) };
      } catch (error) {
        if (error instanceof AlicloudError && error.notFound) return {};
        throw error;
      }
    },

    async describeTask(p, o) {
      const answer = asObject(
        await transport.roa(
          {
            operation: 'DescribeTaskInfo',
            method: 'GET',
            path: `/tasks/${encodeURIComponent(p.taskId)}`,
            regionId: p.regionId,
            resource: `task ${p.taskId}`,
          },
          o,
        ),
      );
      const error = asObject(answer.error);
      return {
        state: text(answer.state),
        currentStage: optionalText(answer.current_stage),
        error:
          text(error.code) || text(error.message)
            ? { code: text(error.code), message: text(error.message) }
            : undefined,
      };
    },

    async describeNodes(p, o) {
      const found: JsonObject[] = [];
      for (let page = 1; ; page++) {
        const answer = asObject(
          await transport.roa(
            {
              operation: 'DescribeClusterNodes',
              method: 'GET',
              path: `/clusters/${encodeURIComponent(p.clusterId)}/nodes`,
              regionId: p.regionId,
              resource: `cluster ${p.clusterId}`,
              // Camel case here, snake case in the operation's siblings.
              query: { pageNumber: page, pageSize: 100 },
            },
            o,
          ),
        );
        const part = objects(answer.nodes);
        found.push(...part);
        const total = integer(asObject(answer.page).total_count);
        if (part.length === 0 || found.length >= total) break;
      }
      return found.map(node => ({
        nodeName: text(node.node_name),
        instanceId: text(node.instance_id),
        state: text(node.state),
        nodeStatus: text(node.node_status),
        ipAddress: texts(node.ip_address),
      }));
    },

    async describeResources(p, o) {
      const answer = await transport.roa(
        {
          operation: 'DescribeClusterResources',
          method: 'GET',
          path: `/clusters/${encodeURIComponent(p.clusterId)}/resources`,
          regionId: p.regionId,
          resource: `cluster ${p.clusterId}`,
        },
        o,
      );
      return objects(answer).map(resource => ({
        instanceId: text(resource.instance_id),
        resourceType: text(resource.resource_type),
        state: text(resource.state),
        autoCreate: flag(resource.auto_create),
      }));
    },

    async userKubeconfig(p, o) {
      const answer = asObject(
        await transport.roa(
          {
            operation: 'DescribeClusterUserKubeconfig',
            method: 'GET',
            path: `/k8s/${encodeURIComponent(p.clusterId)}/user_config`,
            regionId: p.regionId,
            resource: `cluster ${p.clusterId}`,
            query: {
              PrivateIpAddress: p.privateIpAddress,
              TemporaryDurationMinutes: p.temporaryDurationMinutes,
            },
          },
          o,
        ),
      );
      return {
        yaml: text(answer.config),
        expiresAt: optionalText(answer.expiration),
      };
    },

    async kubernetesVersions(p, o) {
      const answer = await transport.roa(
        {
          operation: 'DescribeKubernetesVersionMetadata',
          method: 'GET',
          path: '/api/v1/metadata/versions',
          regionId: p.regionId,
          resource: `region ${p.regionId}`,
          query: { Region: p.regionId, ClusterType: 'ManagedKubernetes' },
        },
        o,
      );
      return objects(answer)
        .filter(version => version.creatable !== false)
        .map(version => text(version.version))
        .filter(Boolean);
    },
  };
}

function createBody(p: CreateAckCluster): Record<string, unknown> {
  const tagPairs = Object.entries(p.tags ?? {}).map(([key, value]) => ({
    key,
    value,
  }));
  return {
    name: p.name,
    region_id: p.regionId,
    cluster_type: 'ManagedKubernetes',
    profile: 'Default',
    cluster_spec: p.clusterSpec,
    kubernetes_version: p.kubernetesVersion,
    // Without underscore in requests, `vpc_id` in answers.
    vpcid: p.vpcId,
    vswitch_ids: p.vSwitchIds,
    pod_vswitch_ids: p.networkPlugin === 'terway' ? p.podVSwitchIds : undefined,
    container_cidr: p.networkPlugin === 'flannel' ? p.containerCidr : undefined,
    service_cidr: p.serviceCidr,
    node_cidr_mask:
      p.networkPlugin === 'flannel' ? String(p.nodeCidrMask ?? 26) : undefined,
    proxy_mode: 'ipvs',
    snat_entry: p.snatEntry,
    endpoint_public_access: p.endpointPublicAccess,
    is_enterprise_security_group: true,
    deletion_protection: false,
    addons: [
      { name: p.networkPlugin === 'flannel' ? 'flannel' : 'terway-eniip' },
      { name: 'csi-plugin' },
      { name: 'csi-provisioner' },
    ],
    nodepools: [
      {
        nodepool_info: { name: 'default' },
        scaling_group: {
          vswitch_ids: p.vSwitchIds,
          instance_types: p.instanceTypes,
          desired_size: p.nodes,
          system_disk_category: p.systemDiskCategory ?? 'cloud_essd',
          system_disk_size: p.systemDiskSizeGiB ?? 120,
          tags: tagPairs,
        },
      },
    ],
    tags: tagPairs,
  };
}

function cluster(answer: JsonObject): AckCluster {
  const endpoints = asObject(embedded(answer.master_url));
  const parameters = asObject(embedded(answer.parameters));
  const vSwitchIds = texts(answer.vswitch_ids);
  return {
    clusterId: text(answer.cluster_id),
    name: text(answer.name),
    regionId: text(answer.region_id),
    state: text(answer.state),
    currentVersion: text(answer.current_version),
    vpcId: text(answer.vpc_id),
    // The older field is one id, or several separated by commas.
    vSwitchIds: vSwitchIds.length
      ? vSwitchIds
      : text(answer.vswitch_id).split(',').filter(Boolean),
    securityGroupId: text(answer.security_group_id),
    containerCidr:
      optionalText(answer.container_cidr) ??
      optionalText(parameters.ContainerCIDR) ??
      optionalText(answer.subnet_cidr),
    serviceCidr:
      optionalText(answer.service_cidr) ?? optionalText(parameters.ServiceCIDR),
    networkPlugin: networkPlugin(answer.meta_data, parameters),
    apiServerEndpoint: optionalText(endpoints.api_server_endpoint),
    intranetApiServerEndpoint: optionalText(
      endpoints.intranet_api_server_endpoint,
    ),
    size: integer(answer.size),
    tags: tags(answer.tags),
  };
}

function networkPlugin(
  metaData: Json | undefined,
  parameters: JsonObject,
): 'flannel' | 'terway' | undefined {
  const meta = asObject(embedded(metaData));
  const names = [
    ...objects(meta.Addons ?? meta.addons).map(addon =>
      text(addon.name ?? addon.Name),
    ),
    text(asObject(meta.Capabilities).Network),
    text(parameters.Network),
  ].map(name => name.toLowerCase());
  if (names.some(name => name.startsWith('terway'))) return 'terway';
  if (names.some(name => name.startsWith('flannel'))) return 'flannel';
  return undefined;
}
