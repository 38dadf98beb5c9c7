import { createHash } from 'node:crypto';
import type { KubeObject } from '../../contract';
import { timestamp, type Json } from '../json';
import { setCondition, conditionOf } from './conditions';

/** The container that injection adds; it never ends by itself. */
export const PROXY = 'istio-proxy';

/** Containers that run beside each other: also init containers that are sidecars. */
export const isSidecar = (container: Json) =>
  container.name === PROXY || container.restartPolicy === 'Always';

const byName = (a: { name: string }, b: { name: string }) =>
  a.name < b.name ? -1 : 1;

const imageIds = new Map<string, string>();

/** The digest that a registry might have for an image: the same for the same reference. */
function imageId(image: string): string {
  let id = imageIds.get(image);
  if (!id) {
    const repository = image.replace(/(@.*|:[^/:]+)$/, '');
    const digest = createHash('sha256').update(image).digest('hex');
    id = `${repository}@sha256:${digest}`;
    imageIds.set(image, id);
  }
  return id;
}

const containerId = (pod: KubeObject, name: string) =>
  `containerd://${createHash('sha256')
    .update(`${pod.metadata.uid} ${name}`)
    .digest('hex')}`;

function runningStatus(pod: KubeObject, container: Json, startedAt: string) {
  return {
    name: container.name,
    image: container.image,
    imageID: imageId(container.image),
    containerID: containerId(pod, container.name),
    ready: false,
    started: false,
    restartCount: 0,
    state: { running: { startedAt } },
    lastState: {},
  };
}

function initStatus(pod: KubeObject, container: Json, at: string) {
  const running = runningStatus(pod, container, at);
  if (isSidecar(container)) return { ...running, ready: true, started: true };
  return {
    ...running,
    ready: true,
    state: {
      terminated: {
        exitCode: 0,
        reason: 'Completed',
        startedAt: at,
        finishedAt: at,
        containerID: running.containerID,
      },
    },
  };
}

/** Statuses of a pod whose containers were just started, in the kubelet's order: by name. */
export function startedStatuses(pod: KubeObject, now: number): Json {
  const at = timestamp(now);
  const { containers, initContainers = [] } = pod.spec;
  return {
    containerStatuses: containers
      .map((c: Json) => runningStatus(pod, c, at))
      .sort(byName),
    ...(initContainers.length > 0
      ? {
          initContainerStatuses: initContainers.map((c: Json) =>
            initStatus(pod, c, at),
          ),
        }
      : {}),
  };
}

/** Statuses of a pod of which some images cannot be had. */
export function waitingStatuses(
  pod: KubeObject,
  faults: Map<string, { reason: string; message: string }>,
): Json {
  const status = (c: Json, otherwise: string) => ({
    name: c.name,
    image: c.image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: faults.get(c.name) ?? { reason: otherwise } },
    lastState: {},
  });
  const { containers, initContainers = [] } = pod.spec;
  const init = initContainers.length > 0;
  return {
    containerStatuses: containers
      .map((c: Json) =>
        status(c, init ? 'PodInitializing' : 'ContainerCreating'),
      )
      .sort(byName),
    ...(init
      ? {
          initContainerStatuses: initContainers.map((c: Json) =>
            status(c, 'PodInitializing'),
          ),
        }
      : {}),
  };
}

/** Writes the pod's conditions as its containers and readiness gates have them. Edits `pod`. */
export function settle(pod: KubeObject, now: number, reason?: string): void {
  const unready: string[] = (pod.status.containerStatuses ?? [])
    .filter((c: Json) => !c.ready)
    .map((c: Json) => c.name);
  for (const type of ['Initialized', 'PodReadyToStartContainers'] as const) {
    setCondition(pod, { type, status: 'True' }, now);
  }
  const containers = {
    status: unready.length > 0 ? ('False' as const) : ('True' as const),
    reason: unready.length > 0 ? reason ?? 'ContainersNotReady' : undefined,
    message:
      unready.length > 0 && !reason
        ? `containers with unready status: [${unready.join(' ')}]`
        : undefined,
  };
  setCondition(pod, { type: 'ContainersReady', ...containers }, now);
  const open = closedGates(pod).length === 0;
  setCondition(
    pod,
    open || unready.length > 0
      ? { type: 'Ready', ...containers }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'ReadinessGatesNotReady',
          message: closedGates(pod)
            .map(
              gate =>
                `the status of pod readiness gate "${gate}" is not "True", but ${
                  conditionOf(pod, gate)?.status ?? 'False'
                }`,
            )
            .join(', '),
        },
    now,
  );
}

/** Readiness gates of a pod that are not open. */
export function closedGates(pod: KubeObject): string[] {
  return (pod.spec.readinessGates ?? [])
    .map((gate: Json) => gate.conditionType)
    .filter((type: string) => conditionOf(pod, type)?.status !== 'True');
}
