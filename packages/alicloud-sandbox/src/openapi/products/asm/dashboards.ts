import { RpcCall } from '../../call';
import { Cloud, data, find } from '../../cloud';
import { notFound } from '../../errors';
import type { Mesh } from '../../model';
import type { RpcOperation } from '../../operation';
import { flag } from './features';
import { findMesh } from './find';
import { findMember } from './precheck';
import { logProject } from './settings';

interface Dashboard {
  Title: string;
  Url: string;
}

/** Log Service dashboards over the access logs that a member's proxies write. */
export function accessLogDashboards(mesh: Mesh): Dashboard[] {
  if (!flag(mesh, 'AccessLogEnabled')) return [];
  const project = mesh.features.AccessLogProject || logProject(mesh);
  const dashboard = (Title: string, name: string) => ({
    Title,
    Url: `https://sls4service.console.aliyun.com/lsnext/project/${project}/dashboard/${name}?isShare=true&hideTopbar=true`,
  });
  return [
    dashboard('Mesh Access Log Overview', 'mesh_access_log_overview'),
    dashboard('Mesh Access Log Statistics', 'mesh_access_log_statistics'),
  ];
}

function guestDashboards(call: RpcCall, cloud: Cloud) {
  const clusterId = call.need('K8sClusterId');
  const all = data(cloud);
  find(all.clusters, clusterId, 'ErrorClusterNotFound', 'cluster');
  const mesh = Object.values(all.meshes).find(item =>
    findMember(item, clusterId),
  );
  return {
    Dashboards: mesh ? accessLogDashboards(mesh) : [],
    K8sClusterId: clusterId,
  };
}

/** Grafana's dashboards over the member's metrics, once they are collected. */
function grafana(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  const clusterId = call.need('K8sClusterId');
  call.bool('ReAddPrometheusIntegration');
  if (!findMember(mesh, clusterId)) {
    throw notFound('ClusterNotInServiceMesh', 'member cluster', clusterId);
  }
  const { regionId } = data(cloud).clusters[clusterId] ?? mesh;
  const dashboard = (Title: string, name: string) => ({
    Title,
    Url: `https://g.console.aliyun.com/d/${clusterId}/${name}?orgId=1&var-region=${regionId}`,
  });
  return {
    Dashboards: flag(mesh, 'Telemetry')
      ? [
          dashboard('Cloud ASM Istio Mesh', 'istio-mesh'),
          dashboard('Cloud ASM Istio Service', 'istio-service'),
          dashboard('Cloud ASM Istio Workload', 'istio-workload'),
        ]
      : [],
  };
}

/** Not in any public model; Terraform reads it after every change of a mesh. */
function kiali(call: RpcCall, cloud: Cloud) {
  const mesh = findMesh(cloud, call.need('ServiceMeshId'));
  return {
    KialiConfiguration: { Enabled: flag(mesh, 'KialiEnabled') },
    AggregatedKialiAddress: '',
    AuthStrategy: 'token',
    CustomPrometheusUrl: mesh.features.PrometheusUrl ?? '',
    DistributedKialiAccessTokens: {},
    DistributedKialiAddresses: {},
    Enabled: flag(mesh, 'KialiEnabled'),
    IntegrateCLB: false,
    KialiArmsAuthTokens: mesh.features.KialiArmsAuthTokens ?? '',
    KialiIstioIngressAddress: '',
    KialiServiceAnnotations: mesh.features.KialiServiceAnnotations ?? '',
    UsePopulatedArmsPrometheus: false,
  };
}

export const dashboardOperations: Record<string, RpcOperation> = {
  DescribeGuestClusterAccessLogDashboards: {
    run: guestDashboards,
  },
  DescribeClusterGrafana: {
    run: grafana,
  },
  DescribeKialiConfiguration: { required: ['ServiceMeshId'], run: kiali },
};
