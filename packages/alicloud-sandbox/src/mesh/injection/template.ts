import type { MeshView } from '../../contract';

/** What the sidecar is told about the pod it is for. */
export interface SidecarOptions {
  mesh: MeshView;
  clusterId: string;
  /** Region of the cluster: images are pulled from its registry. */
  region: string;
  /** Name of the workload: what canonical names fall back to. */
  workload: string;
  labels: Record<string, string>;
  /** Containers that the pod has by itself. */
  containers: string[];
}

export const INIT = 'istio-init';
export const PROXY = 'istio-proxy';
/** Tells what was injected; a pod without it has no sidecar. */
export const STATUS = 'sidecar.istio.io/status';

const VOLUMES = [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'credential-socket', emptyDir: {} },
  { name: 'workload-certs', emptyDir: {} },
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: ['labels', 'annotations'].map(path => ({
        path,
        fieldRef: { apiVersion: 'v1', fieldPath: `metadata.${path}` },
      })),
    },
  },
  {
    name: 'istio-token',
    projected: {
      sources: [
        {
          serviceAccountToken: {
            audience: 'istio-ca',
            expirationSeconds: 43200,
            path: 'istio-token',
          },
        },
      ],
    },
  },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
];

const MOUNTS = [
  ['workload-socket', '/var/run/secrets/workload-spiffe-uds'],
  ['credential-socket', '/var/run/secrets/credential-uds'],
  ['workload-certs', '/var/run/secrets/workload-spiffe-credentials'],
  ['istiod-ca-cert', '/var/run/secrets/istio'],
  ['istio-data', '/var/lib/istio/data'],
  ['istio-envoy', '/etc/istio/proxy'],
  ['istio-token', '/var/run/secrets/tokens'],
  ['istio-podinfo', '/etc/istio/pod'],
].map(([name, mountPath]) => ({ name, mountPath }));

const RESOURCES = {
  limits: { cpu: '2', memory: '1Gi' },
  requests: { cpu: '100m', memory: '128Mi' },
};

/** The proxy's image, from the registry next to the cluster. */
export const proxyImage = (version: string, region: string) =>
  `registry-${region}-vpc.ack.aliyuncs.com/acs/proxyv2:${version}`;

const fromField = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
});

function securityContext(user: number, capabilities: object) {
  return {
    allowPrivilegeEscalation: false,
    capabilities,
    privileged: false,
    readOnlyRootFilesystem: user !== 0,
    runAsGroup: user,
    runAsNonRoot: user !== 0,
    runAsUser: user,
  };
}

function initContainer(image: string) {
  return {
    name: INIT,
    image,
    args: [
      'istio-iptables',
      ...['-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT'],
      ...['-i', '*', '-x', '', '-b', '*', '-d', '15090,15021,15020'],
      '--log_output_level=default:info',
    ],
    resources: RESOURCES,
    securityContext: securityContext(0, {
      add: ['NET_ADMIN', 'NET_RAW'],
      drop: ['ALL'],
    }),
  };
}

function proxyContainer(image: string, options: SidecarOptions) {
  const { clusterId, mesh, workload } = options;
  return {
    name: PROXY,
    image,
    args: [
      'proxy',
      'sidecar',
      '--domain',
      '$(POD_NAMESPACE).svc.cluster.local',
      '--proxyLogLevel=warning',
      '--proxyComponentLogLevel=misc:error',
      '--log_output_level=default:info',
    ],
    env: [
      fromField('POD_NAME', 'metadata.name'),
      fromField('POD_NAMESPACE', 'metadata.namespace'),
      fromField('INSTANCE_IP', 'status.podIP'),
      fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
      fromField('HOST_IP', 'status.hostIP'),
      fromField('ISTIO_META_NODE_NAME', 'spec.nodeName'),
      { name: 'ISTIO_META_CLUSTER_ID', value: clusterId },
      { name: 'ISTIO_META_INTERCEPTION_MODE', value: 'REDIRECT' },
      { name: 'ISTIO_META_MESH_ID', value: mesh.id },
      { name: 'ISTIO_META_WORKLOAD_NAME', value: workload },
      { name: 'TRUST_DOMAIN', value: 'cluster.local' },
    ],
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    readinessProbe: {
      httpGet: { path: '/healthz/ready', port: 15021 },
      failureThreshold: 4,
      periodSeconds: 15,
      timeoutSeconds: 3,
    },
    resources: RESOURCES,
    securityContext: securityContext(1337, { drop: ['ALL'] }),
    volumeMounts: MOUNTS,
  };
}

/** What injection adds to a pod: the container that redirects its traffic, the proxy, and what they need. */
export function sidecar(options: SidecarOptions) {
  const { labels, mesh, region, workload, containers } = options;
  const image = proxyImage(mesh.version, region);
  const first = containers[0];
  const status = {
    initContainers: [INIT],
    containers: [PROXY],
    volumes: VOLUMES.map(v => v.name),
    imagePullSecrets: null,
    revision: 'default',
  };
  return {
    initContainer: initContainer(image),
    container: proxyContainer(image, options),
    volumes: VOLUMES,
    labels: {
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name':
        labels['service.istio.io/canonical-name'] ??
        labels['app.kubernetes.io/name'] ??
        labels.app ??
        workload,
      'service.istio.io/canonical-revision':
        labels['service.istio.io/canonical-revision'] ??
        labels['app.kubernetes.io/version'] ??
        labels.version ??
        'latest',
    },
    annotations: {
      'istio.io/rev': 'default',
      'kubectl.kubernetes.io/default-container': first,
      'kubectl.kubernetes.io/default-logs-container': first,
      'prometheus.io/path': '/stats/prometheus',
      'prometheus.io/port': '15020',
      'prometheus.io/scrape': 'true',
      [STATUS]: JSON.stringify(status),
    },
  };
}
