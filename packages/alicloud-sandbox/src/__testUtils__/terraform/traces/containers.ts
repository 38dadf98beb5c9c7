import type { Step, Trace } from '../trace';

const REGION = 'cn-hangzhou';

const detail = (via: 'openapi-v3' | 'aliyungo') => ({
  via,
  call: 'cs.DescribeClusterDetail GET /clusters/${cluster}',
});

const task = (name: string): Step => ({
  via: 'openapi-v3',
  call: `cs.DescribeTaskInfo GET /tasks/\${${name}}`,
  until: { path: '$.state', is: 'success', pending: ['running'] },
});

/** The pool's calls go through a third library, which speaks HTTP when the provider is told to. */
const pool = (method: string, operation: string) => ({
  via: 'tea-roa' as const,
  call: `cs.${operation} ${method} /clusters/\${cluster}/nodepools/\${pool}`,
});

const mesh = { ServiceMeshId: '${mesh}' };
const meshDetail = {
  via: 'tea-rpc' as const,
  call: 'servicemesh.DescribeServiceMeshDetail',
  body: mesh,
};
const STATE = '$.ServiceMesh.ServiceMeshInfo.State';

/** An ACK cluster and a mesh that it joins. */
export const containerTraces: Trace[] = [
  {
    resource: 'alicloud_cs_managed_kubernetes',
    create: [
      {
        via: 'sdk-go',
        call: 'vpc.DescribeVSwitchAttributes',
        query: { RegionId: REGION, VSwitchId: '${vSwitch}' },
        reads: { '$.VpcId': '${vpc}' },
      },
      {
        via: 'openapi-v3',
        call: 'cs.CreateCluster POST /clusters',
        body: {
          name: 'tf',
          region_id: REGION,
          cluster_type: 'ManagedKubernetes',
          profile: 'Default',
          cluster_spec: 'ack.pro.small',
          vpcid: '${vpc}',
          vswitch_ids: ['${vSwitch}'],
          container_cidr: '10.0.0.0/16',
          service_cidr: '172.16.0.0/16',
          node_cidr_mask: '26',
          snat_entry: true,
          endpoint_public_access: true,
          proxy_mode: 'ipvs',
          deletion_protection: false,
          addons: [{ name: 'flannel' }],
        },
        keep: { cluster: '$.cluster_id', created: '$.task_id' },
      },
      task('created'),
      {
        ...detail('aliyungo'),
        // Any other state makes the provider give up.
        until: { path: '$.state', is: 'running', pending: ['initial'] },
      },
    ],
    read: [
      {
        ...detail('openapi-v3'),
        reads: {
          '$.name': 'tf',
          '$.vpc_id': '${vpc}',
          '$.vswitch_ids': ['${vSwitch}'],
          '$.cluster_spec': 'ack.pro.small',
          '$.service_cidr': '172.16.0.0/16',
          '$.container_cidr': '10.0.0.0/16',
          '$.proxy_mode': 'ipvs',
          '$.profile': 'Default',
          '$.node_cidr_mask': '26',
          '$.deletion_protection': false,
          '$.state': 'running',
        },
        needs: [
          '$.current_version',
          '$.security_group_id',
          '$.worker_ram_role_name',
          '$.resource_group_id',
          '$.tags',
        ],
        parses: {
          '$.master_url': [
            'api_server_endpoint',
            'intranet_api_server_endpoint',
          ],
          '$.meta_data': [],
        },
      },
      {
        via: 'openapi-v3',
        call: 'cs.DescribeClusterResources GET /clusters/${cluster}/resources',
        needs: ['$[0].resource_type', '$[0].instance_id'],
      },
      {
        via: 'sdk-go',
        call: 'vpc.DescribeNatGateways',
        query: { RegionId: REGION, VpcId: '${vpc}' },
        needs: ['$.NatGateways.NatGateway[0].NatGatewayId'],
      },
      {
        // The provider takes the certificates for the connection out of it.
        via: 'openapi-v3',
        call: 'cs.DescribeClusterUserKubeconfig GET /k8s/${cluster}/user_config',
        needs: ['$.config'],
      },
      {
        via: 'openapi-v3',
        call: 'cs.CheckControlPlaneLogEnable GET /clusters/${cluster}/controlplanelog',
      },
      {
        via: 'openapi-v3',
        call: 'cs.GetClusterAuditProject GET /clusters/${cluster}/audit',
      },
    ],
    destroy: [
      {
        via: 'openapi-v3',
        call: 'cs.DeleteCluster DELETE /clusters/${cluster}',
        query: {
          delete_options: JSON.stringify([
            { delete_mode: 'delete', resource_type: 'SLB' },
            { delete_mode: 'delete', resource_type: 'ALB' },
          ]),
          retain_resources: '[]',
        },
        keep: { deleted: '$.task_id' },
      },
      task('deleted'),
    ],
    absent: { ...detail('aliyungo'), codes: ['ErrorClusterNotFound'] },
    destroyAgain: {
      via: 'openapi-v3',
      call: 'cs.DeleteCluster DELETE /clusters/${cluster}',
      codes: ['ErrorClusterNotFound'],
    },
  },
  {
    resource: 'alicloud_cs_kubernetes_node_pool',
    create: [
      {
        via: 'tea-roa',
        call: 'cs.CreateClusterNodePool POST /clusters/${cluster}/nodepools',
        body: {
          nodepool_info: { name: 'tf', type: 'ess' },
          scaling_group: {
            vswitch_ids: ['${vSwitch}'],
            instance_types: ['ecs.g7.xlarge'],
            instance_charge_type: 'PostPaid',
            system_disk_category: 'cloud_essd',
            system_disk_size: 120,
            desired_size: 2,
          },
          auto_scaling: { enable: false },
          kubernetes_config: { cms_enabled: true },
        },
        keep: { pool: '$.nodepool_id', poolCreated: '$.task_id' },
      },
      task('poolCreated'),
    ],
    read: [
      {
        ...pool('GET', 'DescribeClusterNodePoolDetail'),
        reads: {
          '$.nodepool_info.name': 'tf',
          '$.nodepool_info.nodepool_id': '${pool}',
          '$.scaling_group.vswitch_ids': ['${vSwitch}'],
          '$.scaling_group.instance_types': ['ecs.g7.xlarge'],
          '$.scaling_group.desired_size': 2,
          '$.status.state': 'active',
        },
        needs: [
          '$.scaling_group.scaling_group_id',
          '$.scaling_group.security_group_ids',
          '$.kubernetes_config.runtime',
        ],
      },
    ],
    destroy: [
      {
        ...pool('DELETE', 'DeleteClusterNodepool'),
        query: { force: 'true' },
        keep: { poolDeleted: '$.task_id' },
      },
      task('poolDeleted'),
    ],
    absent: {
      ...pool('GET', 'DescribeClusterNodePoolDetail'),
      codes: ['ErrorClusterNotFound', 'ErrorNodePoolNotFound'],
    },
  },
  {
    resource: 'alicloud_service_mesh_service_mesh',
    create: [
      {
        via: 'tea-rpc',
        call: 'servicemesh.CreateServiceMesh',
        query: { RegionId: REGION },
        body: {
          Name: 'tf',
          VpcId: '${vpc}',
          VSwitches: '["${vSwitch}"]',
          ClusterSpec: 'standard',
          Edition: 'Pro',
          ApiServerPublicEip: 'true',
          LocalityLoadBalancing: 'true',
        },
        keep: { mesh: '$.ServiceMeshId' },
        retries: ['NameAlreadyExist', 'InvalidActiveState.ACK', 'ERR404'],
      },
      { ...meshDetail, until: { path: STATE, is: 'running' } },
      {
        via: 'tea-rpc',
        call: 'servicemesh.AddClusterIntoServiceMesh',
        body: { ...mesh, ClusterId: '${cluster}' },
      },
      { ...meshDetail, until: { path: STATE, is: 'running' } },
    ],
    read: [
      {
        ...meshDetail,
        reads: {
          '$.ServiceMesh.ServiceMeshInfo.Name': 'tf',
          '$.ServiceMesh.Spec.Network.VpcId': '${vpc}',
          '$.ServiceMesh.Spec.Network.VSwitches': ['${vSwitch}'],
          '$.ServiceMesh.Spec.MeshConfig.EnableLocalityLB': true,
          '$.ServiceMesh.Clusters': ['${cluster}'],
        },
        needs: [
          '$.ServiceMesh.ServiceMeshInfo.Version',
          '$.ServiceMesh.ClusterSpec',
          '$.ServiceMesh.Spec.LoadBalancer',
          '$.ServiceMesh.Spec.MeshConfig.Pilot',
        ],
      },
      {
        // In no public document.
        via: 'tea-rpc',
        call: 'servicemesh.DescribeKialiConfiguration',
        body: mesh,
      },
      {
        via: 'tea-rpc',
        call: 'servicemesh.ListTagResources',
        query: { RegionId: REGION },
        body: { ResourceType: 'servicemesh', 'ResourceId.1': '${mesh}' },
        reads: { '$.TagResources': [] },
      },
      {
        via: 'tea-rpc',
        call: 'servicemesh.DescribeServiceMeshKubeconfig',
        query: mesh,
        body: { PrivateIpAddress: 'true' },
        needs: ['$.Kubeconfig'],
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: 'servicemesh.RemoveClusterFromServiceMesh',
        body: { ...mesh, ClusterId: '${cluster}' },
      },
      { ...meshDetail, until: { path: STATE, is: 'running' } },
      {
        via: 'tea-rpc',
        call: 'servicemesh.DeleteServiceMesh',
        body: { ...mesh, Force: 'true' },
        retries: ['RelatedResourceReused', 'StillInitializing'],
      },
    ],
    absent: {
      ...meshDetail,
      codes: ['403', 'StatusForbidden', '500', '503', 'ServiceMesh.NotFound'],
    },
    destroyAgain: {
      via: 'tea-rpc',
      call: 'servicemesh.DeleteServiceMesh',
      body: mesh,
      codes: ['403', 'StatusForbidden', 'ServiceMesh.NotFound'],
    },
  },
];
