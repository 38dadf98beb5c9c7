import type { KubeObject } from '../../contract';
import { NODES, PODS } from '../kinds';
import type { Json } from '../json';
import { isPodReady, isTrue, setCondition, conditionOf } from './conditions';
import type { Controller, ControllerContext } from './manager';

const READY_AFTER = 5_000;
const UNREACHABLE = 'node.kubernetes.io/unreachable';
/** Marks readiness that we took away, so that only this is given back. */
const LOST = 'NodeNotReady';

/**
 * The life of nodes: new ones become Ready; pods of a node that is not Ready any more lose their readiness at once
 * and are evicted when their toleration (300 s by default) is over; pods of a removed node go with it.
 */
export function nodeController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const timers = new Map<string, () => void>();

  const podsOn = (node: string) =>
    storage.list(PODS).filter(p => p.spec.nodeName === node);

  function cancel(name: string) {
    timers.get(name)?.();
    timers.delete(name);
  }

  function later(name: string, delay: number, task: () => void) {
    if (timers.has(name)) return;
    timers.set(
      name,
      ctx.after(delay, () => {
        timers.delete(name);
        task();
      }),
    );
  }

  function becomeReady(name: string) {
    const node = storage.update(NODES, undefined, name, o => {
      if (conditionOf(o, 'Ready')?.reason !== 'KubeletNotReady') return;
      setCondition(
        o,
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        },
        ctx.now(),
      );
      o.spec.taints = o.spec.taints?.filter(
        (t: Json) => t.key !== 'node.kubernetes.io/not-ready',
      );
      if (!o.spec.taints?.length) delete o.spec.taints;
    });
    if (node)
      ctx.event(
        node,
        'Normal',
        'NodeReady',
        `Node ${name} status is now: NodeReady`,
        'kubelet',
      );
  }

  function lose(node: KubeObject) {
    for (const pod of podsOn(node.metadata.name).filter(isPodReady)) {
      storage.update(PODS, pod.metadata.namespace, pod.metadata.name, o => {
        setCondition(
          o,
          { type: 'Ready', status: 'False', reason: LOST },
          ctx.now(),
        );
      });
    }
  }

  function recover(node: KubeObject) {
    for (const pod of podsOn(node.metadata.name)) {
      if (conditionOf(pod, 'Ready')?.reason !== LOST) continue;
      storage.update(PODS, pod.metadata.namespace, pod.metadata.name, o => {
        setCondition(
          o,
          { type: 'Ready', status: 'True', reason: undefined },
          ctx.now(),
        );
      });
    }
  }

  function evict(name: string) {
    for (const pod of podsOn(name))
      storage.delete(PODS, pod.metadata.namespace, pod.metadata.name);
  }

  const toleration = (pod: KubeObject): number =>
    pod.spec.tolerations?.find((t: Json) => t.key === UNREACHABLE)
      ?.tolerationSeconds ?? 300;

  return {
    name: 'node-lifecycle',
    keys({ object }) {
      return object.kind === 'Node' ? [object.metadata.name] : [];
    },
    reconcile(name) {
      const node = storage.get(NODES, undefined, name);
      if (!node) {
        cancel(name);
        for (const pod of podsOn(name)) {
          const row = storage.row(PODS);
          const current = storage.get(
            PODS,
            pod.metadata.namespace,
            pod.metadata.name,
          );
          if (current) storage.remove(row, current, { gracePeriodSeconds: 0 });
        }
        return;
      }
      const ready = conditionOf(node, 'Ready');
      if (ready?.reason === 'KubeletNotReady') {
        later(name, READY_AFTER, () => becomeReady(name));
        return;
      }
      if (isTrue(node, 'Ready')) {
        cancel(name);
        recover(node);
        return;
      }
      lose(node);
      const soonest = Math.min(300, ...podsOn(name).map(toleration));
      later(name, soonest * 1000, () => evict(name));
    },
    stop() {
      for (const key of [...timers.keys()]) cancel(key);
    },
  };
}
