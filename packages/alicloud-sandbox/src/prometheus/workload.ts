import type { PodView } from '../mesh/types';

const UNKNOWN = 'unknown';

/** Istio's labels of one end of a request, without their prefix. */
export interface WorkloadLabels {
  workload: string;
  workload_namespace: string;
  principal: string;
  app: string;
  version: string;
  canonical_service: string;
  canonical_revision: string;
  cluster: string;
}

/** What Istio says of an end that it knows nothing about. */
export const UNKNOWN_WORKLOAD: WorkloadLabels = {
  workload: UNKNOWN,
  workload_namespace: UNKNOWN,
  principal: UNKNOWN,
  app: UNKNOWN,
  version: UNKNOWN,
  canonical_service: UNKNOWN,
  canonical_revision: 'latest',
  cluster: UNKNOWN,
};

/** Istio's labels of a pod. */
export function workloadLabels(pod: PodView): WorkloadLabels {
  const { labels, namespace, serviceAccount, clusterId } = pod;
  const workload = workloadName(pod);
  return {
    workload,
    workload_namespace: namespace,
    principal: `spiffe://cluster.local/ns/${namespace}/sa/${serviceAccount}`,
    app: labels.app ?? UNKNOWN,
    version: labels.version ?? UNKNOWN,
    canonical_service:
      labels['service.istio.io/canonical-name'] ??
      labels['app.kubernetes.io/name'] ??
      labels.app ??
      workload,
    canonical_revision:
      labels['service.istio.io/canonical-revision'] ??
      labels['app.kubernetes.io/version'] ??
      labels.version ??
      'latest',
    cluster: clusterId,
  };
}

/** The Deployment, Job, StatefulSet or DaemonSet that made the pod, by the labels that controllers put on pods. */
function workloadName({ name, labels }: PodView): string {
  const hash = labels['pod-template-hash'];
  const job = labels['batch.kubernetes.io/job-name'] ?? labels['job-name'];
  if (hash && name.includes(`-${hash}-`)) {
    return name.slice(0, name.lastIndexOf(`-${hash}-`));
  }
  if (job) return job;
  if (labels['statefulset.kubernetes.io/pod-name']) {
    return name.replace(/-\d+$/, '');
  }
  return labels['controller-revision-hash']
    ? name.replace(/-[a-z0-9]{5}$/, '')
    : name;
}
