import { randomBytes } from 'node:crypto';
import type {
  KubernetesConnection,
  KubernetesObject,
  Pace,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { waitFor } from '../wait';

const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' };
const JOBS = { apiVersion: 'batch/v1', plural: 'jobs' };
const PODS = { apiVersion: 'v1', plural: 'pods' };
const MANAGER = 'mesh-dr-probe';
const LABEL = 'mesh-dr.io/probe';

export interface ProbeOptions {
  namespace: string;
  image: string;
  signal?: AbortSignal;
  timeoutMs: number;
  pace?: Partial<Pace>;
}

/** Pods without a sidecar: the probe is about the network below the mesh, and a sidecar would keep a Job from ending. */
const podTemplate = (
  id: string,
  image: string,
  command: string[],
  restartPolicy: 'Always' | 'Never',
) => ({
  metadata: {
    labels: { [LABEL]: id, 'sidecar.istio.io/inject': 'false' },
    annotations: { 'sidecar.istio.io/inject': 'false' },
  },
  spec: {
    restartPolicy,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'probe',
        image,
        command,
        resources: {
          requests: { cpu: '10m', memory: '16Mi' },
          limits: { cpu: '100m', memory: '32Mi' },
        },
      },
    ],
  },
});

/** A name that no other probe has. */
export const probeId = () => `mesh-dr-probe-${randomBytes(4).toString('hex')}`;

/**
 * Starts a Pod to be probed and waits for its address.
 *
 * @returns the Pod's IP; `remove` takes it away again, also after a cancel
 */
export async function startTarget(
  connection: KubernetesConnection,
  id: string,
  options: ProbeOptions,
): Promise<{ ip: string; remove(): Promise<void> }> {
  const { namespace, image, signal } = options;
  const remove = () => connection.delete(DEPLOYMENTS, namespace, id);
  try {
    await connection.apply(
      DEPLOYMENTS,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: id, namespace, labels: { [LABEL]: id } },
        spec: {
          replicas: 1,
          selector: { matchLabels: { [LABEL]: id } },
          template: podTemplate(id, image, ['sleep', '3600'], 'Always'),
        },
      },
      { fieldManager: MANAGER, signal },
    );
    const ip = await waitFor(
      async () => {
        const { items } = await connection.list(PODS, namespace, {
          labelSelector: `${LABEL}=${id}`,
          signal,
        });
        return items.find(
          pod => pod.status?.phase === 'Running' && pod.status?.podIP,
        )?.status.podIP as string | undefined;
      },
      {
        signal,
        pace: options.pace,
        timeoutMs: options.timeoutMs,
        onTimeout: () =>
          `The probe Pod ${namespace}/${id} on ${
            connection.id
          } does not run after ${
            options.timeoutMs / 1000
          } s; check that image ${image} can be pulled there`,
      },
    );
    return { ip, remove };
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

/** A Job whose deadline passed has no failed Pod to count: only its condition says that it is over. */
const failure = (job: KubernetesObject) =>
  (job.status?.conditions ?? []).find(
    (condition: { type: string; status: string }) =>
      condition.type === 'Failed' && condition.status === 'True',
  ) as { reason?: string; message?: string } | undefined;

const finished = (job: KubernetesObject) =>
  (job.status?.succeeded ?? 0) > 0 ||
  (job.status?.failed ?? 0) > 0 ||
  !!failure(job);

/**
 * Runs a short-lived Job that pings an address, and reads its exit code, its log and the address that it pinged from.
 */
export async function pingFrom(
  connection: KubernetesConnection,
  address: string,
  options: ProbeOptions,
): Promise<{ ok: boolean; exitCode?: number; log: string; ip?: string }> {
  const { namespace, image, signal } = options;
  const id = probeId();
  const command = ['ping', '-c', '3', '-W', '2', address];
  try {
    await connection.create(
      JOBS,
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: id, namespace, labels: { [LABEL]: id } },
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: Math.ceil(options.timeoutMs / 1000),
          // The probe is deleted once it was read; this is for a portal that died, or that is slow to come back.
          ttlSecondsAfterFinished: 3600,
          template: podTemplate(id, image, command, 'Never'),
        },
      },
      { signal },
    );
    const job = await waitFor(
      async () => {
        const seen = await connection.get(JOBS, namespace, id, { signal });
        if (!seen) {
          throw new Error(
            `The probe Job ${namespace}/${id} on ${connection.id} was deleted by someone else before its result was read`,
          );
        }
        return finished(seen) ? seen : undefined;
      },
      {
        signal,
        pace: options.pace,
        timeoutMs: options.timeoutMs,
        onTimeout: () =>
          `The probe Job ${namespace}/${id} on ${
            connection.id
          } does not end after ${
            options.timeoutMs / 1000
          } s; check that image ${image} can be pulled there`,
      },
    );
    if (failure(job)?.reason === 'DeadlineExceeded') {
      throw new Error(
        `The probe Job ${namespace}/${id} on ${
          connection.id
        } was stopped after ${
          options.timeoutMs / 1000
        } s (DeadlineExceeded); check that image ${image} can be pulled there`,
      );
    }
    const { items } = await connection.list(PODS, namespace, {
      labelSelector: `${LABEL}=${id}`,
      signal,
    });
    const pod = items[0];
    const log = pod
      ? await connection.podLog(namespace, pod.metadata.name, { signal })
      : '';
    const exitCode = pod?.status?.containerStatuses?.[0]?.state?.terminated
      ?.exitCode as number | undefined;
    return {
      ok: (job.status?.succeeded ?? 0) > 0,
      exitCode,
      log: log.trim(),
      ip: pod?.status?.podIP,
    };
  } finally {
    // Without the task's signal: what a cancelled task started is taken away as well.
    await connection.delete(JOBS, namespace, id).catch(() => undefined);
  }
}
