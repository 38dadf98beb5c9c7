import type { KubeObject } from '../../contract';
import { timestamp, type Json } from '../json';

function fill(target: Json, values: Record<string, Json>) {
  for (const [name, value] of Object.entries(values)) target[name] ??= value;
}

function probeDefaults(probe: Json) {
  if (!probe) return;
  fill(probe, {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  if (probe.httpGet) fill(probe.httpGet, { path: '/', scheme: 'HTTP' });
}

function containerDefaults(container: Json) {
  const tagged = /:[^/:@]+$|@/.test(container.image ?? '');
  const latest = !tagged || /:latest$/.test(container.image);
  fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
  });
  for (const port of container.ports ?? []) fill(port, { protocol: 'TCP' });
  for (const env of container.env ?? []) {
    if (env.valueFrom?.fieldRef) {
      fill(env.valueFrom.fieldRef, { apiVersion: 'v1' });
    }
  }
  probeDefaults(container.readinessProbe);
  probeDefaults(container.livenessProbe);
  probeDefaults(container.startupProbe);
}

function podSpecDefaults(spec: Json, restartPolicy = 'Always') {
  if (!spec) return;
  fill(spec, {
    restartPolicy,
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  if (spec.serviceAccountName) spec.serviceAccount ??= spec.serviceAccountName;
  for (const container of spec.containers ?? []) containerDefaults(container);
  for (const container of spec.initContainers ?? []) {
    containerDefaults(container);
  }
  for (const volume of spec.volumes ?? []) {
    for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
      if (volume[source]) fill(volume[source], { defaultMode: 420 });
    }
    if (volume.hostPath) fill(volume.hostPath, { type: '' });
  }
}

/** Tolerations that admission adds to every pod: eviction five minutes after its node was lost. */
const LOST_NODE = ['not-ready', 'unreachable'].map(state => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

function podDefaults(pod: Json) {
  podSpecDefaults(pod.spec);
  fill(pod.spec, {
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    serviceAccountName: 'default',
    serviceAccount: 'default',
  });
  const has = (key: string) =>
    (pod.spec.tolerations ?? []).some((t: Json) => t.key === key || !t.key);
  const missing = LOST_NODE.filter(t => !has(t.key));
  if (missing.length > 0) {
    pod.spec.tolerations = [...(pod.spec.tolerations ?? []), ...missing];
  }
  fill(pod, { status: {} });
  fill(pod.status, { phase: 'Pending', qosClass: qosClass(pod.spec) });
}

function qosClass(spec: Json): string {
  const resources = (spec.containers ?? []).map((c: Json) => c.resources ?? {});
  const any = resources.some(
    (r: Json) =>
      Object.keys(r.requests ?? {}).length +
        Object.keys(r.limits ?? {}).length >
      0,
  );
  if (!any) return 'BestEffort';
  const full = resources.every((r: Json) =>
    ['cpu', 'memory'].every(
      k => r.limits?.[k] && (r.requests?.[k] ?? r.limits[k]) === r.limits[k],
    ),
  );
  return full ? 'Guaranteed' : 'Burstable';
}

function deploymentDefaults(deployment: Json) {
  const { spec } = deployment;
  fill(spec, {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: {},
  });
  fill(spec.strategy, { type: 'RollingUpdate' });
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    fill(spec.strategy.rollingUpdate, {
      maxUnavailable: '25%',
      maxSurge: '25%',
    });
  }
  podSpecDefaults(spec.template?.spec);
}

function jobDefaults(job: Json) {
  fill(job.spec, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  podSpecDefaults(job.spec.template?.spec, 'Never');
  const { uid, name } = job.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  if (!job.spec.selector && job.spec.template) {
    job.spec.selector = {
      matchLabels: { 'batch.kubernetes.io/controller-uid': uid },
    };
    job.spec.template.metadata ??= {};
    job.spec.template.metadata.labels = {
      ...job.spec.template.metadata.labels,
      ...labels,
    };
  }
}

function serviceDefaults(service: Json) {
  fill(service, { spec: {}, status: { loadBalancer: {} } });
  fill(service.spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of service.spec.ports ?? []) {
    fill(port, { protocol: 'TCP', targetPort: port.port });
  }
  if (service.spec.type === 'ExternalName') return;
  fill(service.spec, {
    internalTrafficPolicy: 'Cluster',
    ipFamilyPolicy: 'SingleStack',
    ipFamilies: ['IPv4'],
  });
  if (service.spec.type !== 'ClusterIP') {
    fill(service.spec, { externalTrafficPolicy: 'Cluster' });
  }
  if (service.spec.type === 'LoadBalancer') {
    fill(service.spec, { allocateLoadBalancerNodePorts: true });
  }
}

/** Writes the defaults of the API server into an object. */
export function applyDefaults(object: KubeObject, now: number): void {
  switch (object.kind) {
    case 'Namespace':
      object.metadata.labels = {
        ...object.metadata.labels,
        'kubernetes.io/metadata.name': object.metadata.name,
      };
      fill(object, { spec: { finalizers: ['kubernetes'] }, status: {} });
      fill(object.status, { phase: 'Active' });
      break;
    case 'Pod':
      podDefaults(object);
      break;
    case 'Deployment':
      if (object.spec) deploymentDefaults(object);
      fill(object, { status: {} });
      break;
    case 'ReplicaSet':
      if (object.spec) {
        fill(object.spec, { replicas: 1 });
        podSpecDefaults(object.spec.template?.spec);
      }
      fill(object, { status: { replicas: 0 } });
      break;
    case 'Job':
      if (object.spec) jobDefaults(object);
      fill(object, { status: {} });
      break;
    case 'Service':
      serviceDefaults(object);
      break;
    case 'Secret':
      if (object.stringData) {
        object.data = { ...object.data };
        for (const [name, text] of Object.entries(object.stringData)) {
          object.data[name] = Buffer.from(String(text)).toString('base64');
        }
        delete object.stringData;
      }
      fill(object, { type: 'Opaque' });
      break;
    case 'Event':
      fill(object, {
        firstTimestamp: timestamp(now),
        lastTimestamp: timestamp(now),
        type: 'Normal',
        count: 1,
      });
      break;
    default:
  }
}
