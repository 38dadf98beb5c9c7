import type { KubeObject } from '../../contract';
import { timestamp, type Json } from '../json';
import { NODES, PODS } from '../kinds';
import { isTrue, setCondition } from './conditions';
import {
  keyOf,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';
import { podAddress } from './podAddress';

/** Simulated milliseconds: pulling the image and starting, and finishing after the signal to stop. */
const START = 2_000;
const BECOME_READY = 1_500;
const FINISH = 1_000;

const containersOf = (pod: KubeObject): Json[] => pod.spec.containers;

/**
 * What the kubelets of all nodes do: start placed pods, make them ready once, run what ends by itself, and finish
 * deletions. After a container was started and ready once, its readiness belongs to whoever changes it.
 */
export function kubeletController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const timers = new Map<string, () => void>();
  const running = new Set<string>();

  /** One timer per pod and step; a step that is waited for already is left alone. */
  function later(
    pod: KubeObject,
    step: string,
    delay: number,
    task: (pod: KubeObject) => void,
  ) {
    const id = `${pod.metadata.uid} ${step}`;
    if (timers.has(id)) return;
    const { namespace, name, uid } = pod.metadata;
    timers.set(
      id,
      ctx.after(delay, () => {
        timers.delete(id);
        const current = storage.get(PODS, namespace, name);
        if (current && current.metadata.uid === uid) task(current);
      }),
    );
  }

  function edit(pod: KubeObject, mutate: (pod: KubeObject) => void) {
    return storage.update(
      PODS,
      pod.metadata.namespace,
      pod.metadata.name,
      mutate,
    );
  }

  function settle(pod: KubeObject, ready: boolean, reason?: string) {
    const status = ready ? 'True' : 'False';
    for (const type of ['Initialized', 'PodReadyToStartContainers'] as const) {
      setCondition(pod, { type, status: 'True' }, ctx.now());
    }
    for (const type of ['Ready', 'ContainersReady'] as const) {
      setCondition(
        pod,
        { type, status, reason: ready ? undefined : reason },
        ctx.now(),
      );
    }
  }

  function start(pod: KubeObject) {
    if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending')
      return;
    const node = storage.get(NODES, undefined, pod.spec.nodeName);
    if (!node || !isTrue(node, 'Ready')) return;
    const ip = podAddress(ctx, node, pod);
    if (!ip) {
      ctx.event(
        pod,
        'Warning',
        'FailedCreatePodSandBox',
        `no address is free in the Pod CIDR of node ${node.metadata.name}`,
        'kubelet',
      );
      return;
    }
    const now = timestamp(ctx.now());
    edit(pod, o => {
      const hostIP = node.status.addresses?.find(
        (a: Json) => a.type === 'InternalIP',
      )?.address;
      Object.assign(o.status, {
        phase: 'Running',
        hostIP,
        hostIPs: [{ ip: hostIP }],
        podIP: ip,
        podIPs: [{ ip }],
        startTime: o.status.startTime ?? now,
        containerStatuses: containersOf(o).map(c => ({
          name: c.name,
          image: c.image,
          imageID: '',
          containerID: `containerd://${o.metadata.uid!.replaceAll('-', '')}`,
          ready: false,
          started: false,
          restartCount: 0,
          state: { running: { startedAt: now } },
          lastState: {},
        })),
      });
      settle(o, false, 'ContainersNotReady');
    });
    for (const { name, image } of containersOf(pod)) {
      ctx.event(
        pod,
        'Normal',
        'Pulled',
        `Container image "${image}" already present on machine`,
        'kubelet',
      );
      ctx.event(
        pod,
        'Normal',
        'Created',
        `Created container: ${name}`,
        'kubelet',
      );
      ctx.event(
        pod,
        'Normal',
        'Started',
        `Started container ${name}`,
        'kubelet',
      );
    }
  }

  function becomeReady(pod: KubeObject) {
    const started = (pod.status?.containerStatuses ?? []).every(
      (c: Json) => c.started,
    );
    if (pod.status?.phase !== 'Running' || started) return;
    edit(pod, o => {
      for (const c of o.status.containerStatuses) {
        c.ready = true;
        c.started = true;
      }
      settle(o, true);
    });
  }

  async function run(pod: KubeObject) {
    const runtime = ctx.runtime();
    const uid = pod.metadata.uid!;
    if (!runtime || running.has(uid)) return;
    running.add(uid);
    let result: { exitCode: number; log: string };
    try {
      result = await runtime.run(pod);
    } catch (error) {
      result = { exitCode: 128, log: `${(error as Error).message}\n` };
    } finally {
      running.delete(uid);
    }
    // The outcome is told when the region is there to tell it.
    ctx.after(0, () => finishRun(pod, result));
  }

  function finishRun(
    pod: KubeObject,
    { exitCode, log }: { exitCode: number; log: string },
  ) {
    const current = storage.get(
      PODS,
      pod.metadata.namespace,
      pod.metadata.name,
    );
    if (
      current?.metadata.uid !== pod.metadata.uid ||
      current?.status?.phase !== 'Running'
    )
      return;
    ctx.logs.append(pod.metadata.uid!, log);
    const again = exitCode !== 0 && pod.spec.restartPolicy === 'OnFailure';
    const finishedAt = timestamp(ctx.now());
    edit(current, o => {
      for (const c of o.status.containerStatuses) {
        const terminated = {
          exitCode,
          reason: exitCode === 0 ? 'Completed' : 'Error',
          startedAt: c.state?.running?.startedAt ?? finishedAt,
          finishedAt,
        };
        c.ready = false;
        if (again) {
          c.restartCount += 1;
          c.lastState = { terminated };
          c.state = { waiting: { reason: 'CrashLoopBackOff' } };
        } else {
          c.started = false;
          c.state = { terminated };
        }
      }
      if (!again) o.status.phase = exitCode === 0 ? 'Succeeded' : 'Failed';
      settle(o, false, again ? 'ContainersNotReady' : 'PodCompleted');
    });
  }

  /** Kubernetes' back-off: 10 s, doubled each time, five minutes at most. */
  function restart(pod: KubeObject, restarts: number) {
    later(pod, 'restart', Math.min(300_000, 5_000 * 2 ** restarts), current => {
      edit(current, o => {
        for (const c of o.status.containerStatuses) {
          c.state = { running: { startedAt: timestamp(ctx.now()) } };
        }
      });
    });
  }

  function terminate(pod: KubeObject) {
    const grace = Number(pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    later(pod, 'finish', Math.min(FINISH, grace), current => {
      ctx.logs.forget(pod.metadata.uid!);
      storage.remove(storage.row(PODS), current, { gracePeriodSeconds: 0 });
    });
  }

  return {
    name: 'kubelet',
    keys({ object, type, previous }) {
      if (object.kind === 'Pod' && type !== 'DELETED') return [keyOf(object)];
      if (object.kind === 'Pod') {
        ctx.logs.forget(object.metadata.uid!);
        return [];
      }
      const woke =
        object.kind === 'Node' &&
        isTrue(object, 'Ready') &&
        !(previous && isTrue(previous, 'Ready'));
      return woke
        ? storage
            .list(PODS)
            .filter(p => p.spec.nodeName === object.metadata.name)
            .map(keyOf)
        : [];
    },
    reconcile(key) {
      const [namespace, name] = splitKey(key);
      const pod = storage.get(PODS, namespace, name);
      if (!pod?.spec.nodeName) return;
      const node = storage.get(NODES, undefined, pod.spec.nodeName);
      // A node that is lost does nothing at all; the node lifecycle cleans up behind it.
      if (!node || !isTrue(node, 'Ready')) return;
      if (pod.metadata.deletionTimestamp) {
        terminate(pod);
        return;
      }
      const phase = pod.status?.phase;
      if (phase === 'Pending') later(pod, 'start', START, start);
      if (phase !== 'Running') return;
      const first: Json = pod.status.containerStatuses?.[0];
      if (first && !first.started && first.state?.running) {
        const delay = containersOf(pod).map(
          c => Number(c.readinessProbe?.initialDelaySeconds ?? 0) * 1000,
        );
        later(pod, 'ready', Math.max(BECOME_READY, ...delay), becomeReady);
      }
      if (first?.state?.waiting) restart(pod, first.restartCount);
      if (pod.spec.restartPolicy !== 'Always' && first?.state?.running) {
        void run(pod);
      }
    },
    stop() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}
