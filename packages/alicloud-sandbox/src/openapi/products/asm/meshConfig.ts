import type { Mesh } from '../../model';
import { flag } from './features';
import { localityShape } from './locality';
import { logProject } from './settings';

/** Part of the version that names the image: `1.22.6.72-g5d2a1f80-aliyun`. */
function imageTag(mesh: Mesh): string {
  return mesh.version.replace(/^v/, '');
}

const text = (mesh: Mesh, name: string, fallback = '') =>
  mesh.features[name] || fallback;

const number = (mesh: Mesh, name: string, fallback: number) =>
  Number(mesh.features[name] || fallback);

function sidecarInjector(mesh: Mesh) {
  return {
    AutoInjectionPolicyEnabled: flag(mesh, 'AutoInjectionPolicyEnabled'),
    EnableNamespacesByDefault: flag(mesh, 'EnableNamespacesByDefault'),
    InitCNIConfiguration: {
      Enabled: flag(mesh, 'CniEnabled'),
      ExcludeNamespaces: text(
        mesh,
        'CniExcludeNamespaces',
        'istio-system,kube-system',
      ),
    },
  };
}

/** What DescribeServiceMeshes and DescribeServiceMeshDetail have in common. */
export function meshConfigSummary(mesh: Mesh) {
  return {
    OutboundTrafficPolicy: text(mesh, 'OutboundTrafficPolicy', 'ALLOW_ANY'),
    Pilot: {
      Http10Enabled: flag(mesh, 'Http10Enabled'),
      TraceSampling: number(mesh, 'TraceSampling', 100),
    },
    SidecarInjector: sidecarInjector(mesh),
    Telemetry: flag(mesh, 'Telemetry'),
    Tracing: flag(mesh, 'Tracing'),
  };
}

function extraConfiguration(mesh: Mesh) {
  const aggregates = mesh.crAggregation?.enabled ?? false;
  return {
    AccessLogExtraConf: {
      GatewayEnabled: flag(mesh, 'AccessLogGatewayEnabled'),
      GatewayLifecycle: number(mesh, 'AccessLogGatewayLifecycle', 30),
      SidecarEnabled: flag(mesh, 'AccessLogSidecarEnabled'),
      SidecarLifecycle: number(mesh, 'AccessLogSidecarLifecycle', 30),
    },
    AdaptiveXdsConfiguration: { Enabled: false },
    AutoDiagnosis: { AutoDiagnosisEnabled: flag(mesh, 'EnableAutoDiagnosis') },
    CRAggregationConfiguration: { Enabled: aggregates },
    CRAggregationEnabled: aggregates,
    DiscoverySelectors: jsonOr(mesh.features.DiscoverySelectors, []),
    IstioCRHistory: { EnableHistory: flag(mesh, 'EnableCRHistory') },
    IstiodExtraConfiguration: {
      LabelsForOffloadedWorkloads: text(mesh, 'LabelsForOffloadedWorkloads'),
      PilotEnableQuicListeners: flag(mesh, 'PilotEnableQuicListeners'),
    },
    Lifecycle: jsonOr(mesh.features.Lifecycle, {}),
    MultiBuffer: {
      Enabled: flag(mesh, 'MultiBufferEnabled', true),
      PollDelay: text(mesh, 'MultiBufferPollDelay', '30s'),
    },
    NFDConfiguration: {
      Enabled: flag(mesh, 'NFDEnabled'),
      NFDLabelPruned: flag(mesh, 'NFDLabelPruned'),
    },
    OPAScopeInjection: { OPAScopeInjected: flag(mesh, 'OPAScopeInjected') },
    Playground: { Scene: text(mesh, 'PlaygroundScene') },
    SidecarProxyInitResourceLimit: {
      ResourceCPULimit: text(mesh, 'ProxyInitCPUResourceLimit', '2000m'),
      ResourceMemoryLimit: text(mesh, 'ProxyInitMemoryResourceLimit', '1024Mi'),
    },
    SidecarProxyInitResourceRequest: {
      ResourceCPURequest: text(mesh, 'ProxyInitCPUResourceRequest', '10m'),
      ResourceMemoryRequest: text(
        mesh,
        'ProxyInitMemoryResourceRequest',
        '10Mi',
      ),
    },
    TerminationDrainDuration: text(mesh, 'TerminationDrainDuration', '5s'),
  };
}

/** A feature whose value is JSON, stored as it was given. */
function jsonOr(value: string | undefined, fallback: object): unknown {
  if (!value) return fallback;
  try {
    return JSON.parse(value);
  } catch {
    return fallback;
  }
}

function observability(mesh: Mesh) {
  const log = mesh.controlPlaneLog;
  const audits = flag(mesh, 'EnableAudit');
  const logs = flag(mesh, 'AccessLogEnabled');
  return {
    AccessLog: {
      Enabled: logs,
      Project: logs ? text(mesh, 'AccessLogProject', logProject(mesh)) : '',
    },
    Audit: {
      AuditProjectStatus: audits ? 'exist' : 'not_exist',
      Enabled: audits,
      Project: audits ? text(mesh, 'AuditProject', logProject(mesh)) : '',
    },
    ControlPlaneLogInfo: {
      Enabled: log?.enabled ?? false,
      LogTTL: log?.ttlDays ?? 30,
      Project: log?.project ?? '',
    },
    CustomizedZipkin: flag(mesh, 'CustomizedZipkin'),
    Kiali: { Enabled: flag(mesh, 'KialiEnabled'), Url: '' },
    Prometheus: {
      ExternalUrl: text(mesh, 'PrometheusUrl'),
      UseExternal: flag(mesh, 'CustomizedPrometheus'),
    },
  };
}

function resources(
  mesh: Mesh,
  prefix: string,
  defaults: { limits: [string, string]; requests: [string, string] },
) {
  const { limits, requests } = defaults;
  return {
    LimitCPU: text(mesh, `${prefix}LimitCPU`, limits[0]),
    LimitMemory: text(mesh, `${prefix}LimitMemory`, limits[1]),
    RequestCPU: text(mesh, `${prefix}RequestCPU`, requests[0]),
    RequestMemory: text(mesh, `${prefix}RequestMemory`, requests[1]),
  };
}

/** `Spec.MeshConfig` of DescribeServiceMeshDetail. */
export function meshConfigShape(mesh: Mesh) {
  const summary = meshConfigSummary(mesh);
  return {
    ...summary,
    ...observability(mesh),
    Edition: {
      IstiodImageTag: imageTag(mesh),
      Name: mesh.edition,
      ProxyImageTag: imageTag(mesh),
    },
    EnableLocalityLB: mesh.localityEnabled,
    ExcludeIPRanges: text(mesh, 'ExcludeIPRanges'),
    ExcludeInboundPorts: text(mesh, 'ExcludeInboundPorts'),
    ExcludeOutboundPorts: text(mesh, 'ExcludeOutboundPorts'),
    ExtraConfiguration: extraConfiguration(mesh),
    IncludeIPRanges: text(mesh, 'IncludeIPRanges', '*'),
    K8sNewAPIsSupport: { GatewayAPIEnabled: flag(mesh, 'GatewayAPIEnabled') },
    LocalityLB: localityShape(mesh),
    MSE: { Enabled: flag(mesh, 'MSEEnabled') },
    OPA: {
      Enabled: flag(mesh, 'OpaEnabled'),
      LogLevel: text(mesh, 'OPALogLevel', 'info'),
      ...resources(mesh, 'OPA', {
        limits: ['2', '1024Mi'],
        requests: ['1', '512Mi'],
      }),
    },
    Pilot: {
      ...summary.Pilot,
      ConfigSource: {
        Enabled: flag(mesh, 'ConfigSourceEnabled'),
        NacosID: text(mesh, 'ConfigSourceNacosID'),
      },
      Feature: {
        EnableSDSServer: flag(mesh, 'EnableSDSServer'),
        FilterGatewayClusterConfig: flag(mesh, 'FilterGatewayClusterConfig'),
      },
    },
    ProtocolSupport: {
      DubboFilterEnabled: flag(mesh, 'DubboFilterEnabled'),
      MysqlFilterEnabled: flag(mesh, 'MysqlFilterEnabled'),
      RedisFilterEnabled: flag(mesh, 'RedisFilterEnabled'),
      ThriftFilterEnabled: flag(mesh, 'ThriftFilterEnabled'),
    },
    Proxy: {
      AccessLogFile: text(mesh, 'AccessLogFile'),
      AccessLogFormat: text(mesh, 'AccessLogFormat'),
      AccessLogServiceEnabled: flag(mesh, 'AccessLogServiceEnabled'),
      AccessLogServiceHost: text(mesh, 'AccessLogServiceHost'),
      AccessLogServicePort: number(mesh, 'AccessLogServicePort', 0),
      ClusterDomain: text(mesh, 'ClusterDomain', 'cluster.local'),
      EnableDNSProxying: flag(mesh, 'DNSProxyingEnabled'),
      ...resources(mesh, 'Proxy', {
        limits: ['2000m', '1024Mi'],
        requests: ['100m', '128Mi'],
      }),
    },
    SidecarInjector: {
      ...summary.SidecarInjector,
      ...resources(mesh, 'SidecarInjector', {
        limits: ['4000m', '2048Mi'],
        requests: ['1000m', '512Mi'],
      }),
      SidecarInjectorNum: 2,
      SidecarInjectorWebhookAsYaml: text(mesh, 'SidecarInjectorWebhookAsYaml'),
    },
    WebAssemblyFilterDeployment: {
      Enabled: flag(mesh, 'WebAssemblyFilterEnabled'),
    },
  };
}
