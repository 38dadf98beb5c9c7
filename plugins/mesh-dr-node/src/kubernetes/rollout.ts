import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { deadlineSignal } from '../deadline';
import type { KubernetesConnection, KubernetesObject } from './types';

export interface RolloutOptions {
  namespace: string;
  /** Names of Deployments. */
  deployments: string[];
  signal?: AbortSignal;
  /** Default 5 minutes. */
  deadlineMs?: number;
  /** Told whenever the number of ready Deployments changes, and about trouble with the API server. */
  onProgress?: (message: string) => void;
}

/**
 * Waits until every Deployment runs its newest generation with all replicas available, following a watch.
 *
 * @throws ConflictError when Kubernetes gave a rollout up, ServiceUnavailableError with the state of what is missing
 * when the time is over, the signal's reason when it aborts
 */
export async function waitForRollout(
  connection: KubernetesConnection,
  options: RolloutOptions,
): Promise<void> {
  const deadlineMs = options.deadlineMs ?? 5 * 60_000;
  const deadline = deadlineSignal(deadlineMs, options.signal);
  const stop = new AbortController();
  const wanted = new Set(options.deployments);
  const seen = new Map<string, KubernetesObject>();
  let reachable = true;
  let readyBefore = -1;

  const pending = () =>
    [...wanted].filter(name => {
      const deployment = seen.get(name);
      return !deployment || !isRolledOut(deployment);
    });

  try {
    if (wanted.size === 0) return;
    await deadline.race(
      new Promise<void>((resolve, reject) => {
        const check = () => {
          for (const deployment of seen.values()) {
            const failure = failureOf(deployment);
            if (failure) {
              reject(
                new ConflictError(
                  `${connection.id}: Deployment ${options.namespace}/${deployment.metadata.name} cannot roll out: ${failure}`,
                ),
              );
            }
          }
          const ready = wanted.size - pending().length;
          if (ready !== readyBefore) {
            readyBefore = ready;
            options.onProgress?.(
              `${connection.id}: ${ready} of ${wanted.size} Deployments in ${options.namespace} are ready`,
            );
          }
          if (ready === wanted.size) resolve();
        };
        connection.watch(
          { apiVersion: 'apps/v1', plural: 'deployments' },
          {
            onList(items) {
              seen.clear();
              for (const item of items) {
                if (wanted.has(item.metadata.name)) {
                  seen.set(item.metadata.name, item);
                }
              }
              check();
            },
            onEvent(type, object) {
              const { name } = object.metadata;
              if (!wanted.has(name)) return;
              if (type === 'DELETED') seen.delete(name);
              else seen.set(name, object);
              check();
            },
            onState(state) {
              reachable = state.state === 'ok';
              if (state.state === 'ok') return;
              options.onProgress?.(`${connection.id}: ${state.reason}`);
              if (state.state === 'forbidden') {
                reject(new ServiceUnavailableError(state.reason));
              }
            },
          },
          {
            namespace: options.namespace,
            signal: AbortSignal.any([deadline.signal, stop.signal]),
          },
        );
      }),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (deadline.expired()) {
      const states = pending().map(
        name => `${name} ${stateOf(seen.get(name))}`,
      );
      throw new ServiceUnavailableError(
        `${connection.id}: not ready in namespace ${
          options.namespace
        } after ${Math.round(deadlineMs / 1000)} s: ${states.join(', ')}${
          reachable ? '' : '; the API server cannot be reached'
        }`,
      );
    }
    throw error;
  } finally {
    deadline.clear();
    stop.abort();
  }
}

/** All replicas run the newest generation and are available. */
export function isRolledOut(deployment: KubernetesObject): boolean {
  const status = deployment.status ?? {};
  const wanted = deployment.spec?.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) >= wanted &&
    (status.availableReplicas ?? 0) >= wanted &&
    (status.replicas ?? 0) <= wanted
  );
}

function failureOf(deployment: KubernetesObject): string | undefined {
  const status = deployment.status ?? {};
  if (
    (status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)
  ) {
    return undefined;
  }
  const condition = (
    (status.conditions ?? []) as {
      type: string;
      status: string;
      reason?: string;
      message?: string;
    }[]
  ).find(
    entry =>
      entry.type === 'Progressing' &&
      entry.status === 'False' &&
      entry.reason === 'ProgressDeadlineExceeded',
  );
  return condition && (condition.message ?? condition.reason);
}

function stateOf(deployment: KubernetesObject | undefined): string {
  if (!deployment) return '(does not exist)';
  const available = deployment.status?.availableReplicas ?? 0;
  return `(${available} of ${deployment.spec?.replicas ?? 1} available)`;
}
