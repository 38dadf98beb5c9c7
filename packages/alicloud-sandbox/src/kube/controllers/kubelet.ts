import type { KubeObject } from '../../contract';
import { byNode } from '../indexes';
import { timestamp, type Json } from '../json';
import { NODES, PODS } from '../kinds';
import { conditionOf, isTrue } from './conditions';
import {
  closedGates,
  isSidecar,
  settle,
  startedStatuses,
  waitingStatuses,
} from './containers';
import { imageFault, type ImageFault } from './images';
import {
  keyOf,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';
import { podAddress } from './podAddress';
import { runToEnd } from './podRun';
import { Timers } from './timers';

/** Simulated milliseconds: pulling the image and starting, becoming ready, finishing after the signal to stop. */
const START = 2_000;
const BECOME_READY = 1_500;
const FINISH = 1_000;
/** Kubernetes' back-off for pulls and restarts: doubled each time, five minutes at most. */
const backOff = (attempt: number) =>
  Math.min(300_000, 10_000 * 2 ** (attempt - 1));

const containersOf = (pod: KubeObject): Json[] => [
  ...(pod.spec.initContainers ?? []),
  ...pod.spec.containers,
];

/**
 * What the kubelets of all nodes do: start placed pods, make them ready once, run what ends by itself, and finish
 * deletions. After a container was started and ready once, its readiness belongs to the control API, or to whoever
 * writes the pod's status.
 */
export function kubeletController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const timers = new Timers(ctx);
  const runner = runToEnd(ctx);
  /** Failed pulls of pods that wait for an image, by uid. */
  const pulls = new Map<string, number>();

  /** One timer per pod and step; a step that is waited for already is left alone. */
  function later(
    pod: KubeObject,
    step: string,
    delay: number,
    task: (pod: KubeObject) => void,
  ) {
    const { namespace, name, uid } = pod.metadata;
    timers.later(`${uid} ${step}`, delay, () => {
      const current = storage.get(PODS, namespace, name);
      if (!current || current.metadata.uid !== uid) return;
      if (nodeOf(current)) task(current);
    });
  }

  function edit(pod: KubeObject, mutate: (pod: KubeObject) => void) {
    const { namespace, name } = pod.metadata;
    return storage.update(PODS, namespace, name, mutate);
  }

  /** The pod's node, if its kubelet works: one that is lost does nothing at all. */
  function nodeOf(pod: KubeObject): KubeObject | undefined {
    const node = storage.get(NODES, undefined, pod.spec.nodeName);
    const works = node && isTrue(node, 'Ready') && !ctx.nodeLost(node);
    return works ? node : undefined;
  }

  function say(
    pod: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ) {
    ctx.event(pod, type, reason, message, 'kubelet');
  }

  function start(pod: KubeObject) {
    if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending')
      return;
    const node = nodeOf(pod)!;
    const ip = pod.status.podIP ?? podAddress(ctx, node, pod);
    if (!ip) {
      say(
        pod,
        'Warning',
        'FailedCreatePodSandBox',
        `no address is free in the Pod CIDR of node ${node.metadata.name}`,
      );
      return;
    }
    const hostIP = node.status.addresses?.find(
      (a: Json) => a.type === 'InternalIP',
    )?.address;
    const addresses = {
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP: ip,
      podIPs: [{ ip }],
      startTime: pod.status.startTime ?? timestamp(ctx.now()),
    };
    const faults = new Map<string, ImageFault>();
    for (const { name, image } of containersOf(pod)) {
      const fault = imageFault(String(image));
      if (fault) faults.set(name, fault);
    }
    if (faults.size > 0) failPull(pod, addresses, faults);
    else run(pod, addresses);
  }

  function run(pod: KubeObject, addresses: Json) {
    pulls.delete(pod.metadata.uid!);
    edit(pod, o => {
      Object.assign(o.status, addresses, startedStatuses(o, ctx.now()), {
        phase: 'Running',
      });
      settle(o, ctx.now());
    });
    for (const { name, image } of containersOf(pod)) {
      say(
        pod,
        'Normal',
        'Pulled',
        `Container image "${image}" already present on machine`,
      );
      say(pod, 'Normal', 'Created', `Created container: ${name}`);
      say(pod, 'Normal', 'Started', `Started container ${name}`);
    }
  }

  function failPull(
    pod: KubeObject,
    addresses: Json,
    faults: Map<string, ImageFault>,
  ) {
    const attempt = (pulls.get(pod.metadata.uid!) ?? 0) + 1;
    pulls.set(pod.metadata.uid!, attempt);
    const shown = new Map<string, { reason: string; message: string }>();
    for (const { name, image } of containersOf(pod)) {
      const fault = faults.get(name);
      if (!fault) continue;
      const again = attempt > 1 && fault.reason === 'ErrImagePull';
      const waiting = again
        ? {
            reason: 'ImagePullBackOff',
            message: `Back-off pulling image "${image}": ErrImagePull: ${fault.message}`,
          }
        : { reason: fault.reason, message: fault.message };
      shown.set(name, waiting);
      if (again)
        say(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
      else {
        say(
          pod,
          'Warning',
          fault.reason === 'ErrImagePull' ? 'Failed' : 'InspectFailed',
          fault.reason === 'ErrImagePull'
            ? `Failed to pull image "${image}": ${fault.message}`
            : fault.message,
        );
      }
      say(pod, 'Warning', 'Failed', `Error: ${waiting.reason}`);
    }
    edit(pod, o => {
      Object.assign(o.status, addresses, waitingStatuses(o, shown));
      settle(o, ctx.now());
    });
  }

  function becomeReady(pod: KubeObject) {
    const started = (pod.status?.containerStatuses ?? []).every(
      (c: Json) => c.started,
    );
    if (pod.status?.phase !== 'Running' || started) return;
    edit(pod, o => {
      for (const c of o.status.containerStatuses) {
        c.ready = !ctx.unready(o, c.name);
        c.started = true;
      }
      settle(o, ctx.now());
    });
  }

  /** Containers that the control API made unready, to give the readiness back when it takes that back. */
  const failing = new Set<string>();

  /** What probes and readiness gates change in a pod that was ready once. */
  function probe(pod: KubeObject) {
    const statuses: Json[] = pod.status.containerStatuses ?? [];
    const changed = new Map<string, boolean>();
    for (const { name, ready, state, started } of statuses) {
      const id = `${pod.metadata.uid} ${name}`;
      const unready = ctx.unready(pod, name);
      if (!started || !state?.running) continue;
      if (unready && ready) {
        failing.add(id);
        changed.set(name, false);
        say(
          pod,
          'Warning',
          'Unhealthy',
          'Readiness probe failed: HTTP probe failed with statuscode: 503',
        );
      }
      if (!unready && !ready && failing.delete(id)) changed.set(name, true);
    }
    const gated =
      pod.spec.readinessGates?.length > 0 &&
      isTrue(pod, 'ContainersReady') &&
      isTrue(pod, 'Ready') !== (closedGates(pod).length === 0) &&
      conditionOf(pod, 'Ready')?.reason !== 'NodeNotReady';
    if (changed.size === 0 && !gated) return;
    edit(pod, o => {
      for (const c of o.status.containerStatuses) {
        c.ready = changed.get(c.name) ?? c.ready;
      }
      settle(o, ctx.now());
    });
  }

  function restart(pod: KubeObject, restarts: number) {
    later(pod, 'restart', backOff(restarts), current => {
      edit(current, o => {
        for (const c of o.status.containerStatuses) {
          if (c.state?.waiting)
            c.state = { running: { startedAt: timestamp(ctx.now()) } };
        }
      });
    });
  }

  function terminate(pod: KubeObject) {
    const grace = Number(pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    later(pod, 'finish', Math.min(FINISH, grace), current => {
      storage.remove(storage.row(PODS), current, { gracePeriodSeconds: 0 });
    });
  }

  function keepRunning(pod: KubeObject) {
    const statuses: Json[] = pod.status.containerStatuses ?? [];
    if (statuses.some(c => !c.started && c.state?.running)) {
      const delay = containersOf(pod).map(
        c => Number(c.readinessProbe?.initialDelaySeconds ?? 0) * 1000,
      );
      later(pod, 'ready', Math.max(BECOME_READY, ...delay), becomeReady);
    }
    const main = statuses.filter(c => !isSidecar(c));
    const stopped = main.find(c => c.state?.waiting);
    if (stopped) restart(pod, stopped.restartCount);
    const runs = main.some(c => c.state?.running);
    if (pod.spec.restartPolicy !== 'Always' && runs) runner.run(pod);
    else probe(pod);
  }

  return {
    name: 'kubelet',
    keys({ object, type, previous }) {
      if (object.kind === 'Pod' && type !== 'DELETED') return [keyOf(object)];
      if (object.kind === 'Pod') {
        ctx.logs.forget(object.metadata.uid!);
        pulls.delete(object.metadata.uid!);
        return [];
      }
      const woke =
        object.kind === 'Node' &&
        isTrue(object, 'Ready') &&
        !(previous && isTrue(previous, 'Ready'));
      return woke
        ? storage.find(PODS, byNode(object.metadata.name)).map(keyOf)
        : [];
    },
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const pod = storage.get(PODS, namespace, name);
      if (!pod?.spec.nodeName || !nodeOf(pod)) return;
      if (pod.metadata.deletionTimestamp) terminate(pod);
      else if (pod.status?.phase === 'Pending') {
        const failed = pulls.get(pod.metadata.uid!);
        later(pod, 'start', failed ? backOff(failed) : START, start);
      } else if (pod.status?.phase === 'Running') keepRunning(pod);
    },
    stop: () => timers.stop(),
  };
}
