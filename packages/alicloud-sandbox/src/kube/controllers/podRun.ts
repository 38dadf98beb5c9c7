import type { KubeObject } from '../../contract';
import { timestamp, type Json } from '../json';
import { NODES, PODS } from '../kinds';
import { isSidecar, settle } from './containers';
import type { ControllerContext } from './manager';

/** Runs the commands of pods that end by themselves, and writes how they ended. */
export function runToEnd(ctx: ControllerContext): {
  /** Starts the pod's commands, unless they run already. */
  run(pod: KubeObject): void;
} {
  const { storage } = ctx;
  const running = new Set<string>();

  async function execute(pod: KubeObject) {
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
    ctx.after(0, () => finish(pod, result));
  }

  function finish(
    pod: KubeObject,
    { exitCode, log }: { exitCode: number; log: string },
  ) {
    const { namespace, name, uid } = pod.metadata;
    const current = storage.get(PODS, namespace, name);
    if (current?.metadata.uid !== uid || current?.status?.phase !== 'Running')
      return;
    const node = storage.get(NODES, undefined, current.spec.nodeName);
    if (!node || ctx.nodeLost(node)) return;
    ctx.logs.append(uid!, log);
    const again = exitCode !== 0 && pod.spec.restartPolicy === 'OnFailure';
    storage.update(PODS, namespace, name, o => {
      end(o, exitCode, again, timestamp(ctx.now()));
      settle(o, ctx.now(), again ? undefined : 'PodCompleted');
    });
  }

  return { run: pod => void execute(pod) };
}

/** A pod with a sidecar does not end with its own containers: the proxy runs on, as it does in Istio before 1.27. */
function end(
  pod: KubeObject,
  exitCode: number,
  again: boolean,
  finishedAt: string,
) {
  const statuses: Json[] = pod.status.containerStatuses;
  for (const c of statuses.filter(s => !isSidecar(s))) {
    const terminated = {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: c.state?.running?.startedAt ?? finishedAt,
      finishedAt,
      containerID: c.containerID,
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
  if (!again && !statuses.some(c => isSidecar(c))) {
    pod.status.phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  }
}
