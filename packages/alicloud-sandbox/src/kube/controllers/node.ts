import type { KubeObject } from '../../contract';
import { byNode } from '../indexes';
import { timestamp, type Json } from '../json';
import { NODES, PODS } from '../kinds';
import { conditionOf, isPodReady, isTrue, setCondition } from './conditions';
import type { Controller, ControllerContext } from './manager';
import { evictionPace, zoneOf } from './nodeDisruption';
import { tolerates } from './schedulerFilters';
import { Timers } from './timers';

/** Simulated milliseconds: a new node's way to Ready, silence until a node counts as lost, its return. */
const READY_AFTER = 5_000;
const GRACE_PERIOD = 40_000;
const RETURN = 1_000;

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
/** Marks readiness that we took away, so that only this is given back. */
const LOST = 'NodeNotReady';

const isOurs = (taint: Json) => [NOT_READY, UNREACHABLE].includes(taint.key);

/**
 * The life of nodes: new ones become Ready; one whose kubelet falls silent is Unknown after 40 s, its pods lose their
 * readiness, taints keep new pods away and evict the others when their tolerations (300 s by default) are over; pods of
 * a removed node go with it.
 */
export function nodeController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'node-controller';
  const timers = new Timers(ctx);
  /** When the next node of a zone may be evicted, in simulated milliseconds since the epoch. */
  const nextEviction = new Map<string, number>();

  const podsOn = (node: string) => storage.find(PODS, byNode(node));

  function edit(pod: KubeObject, mutate: (pod: KubeObject) => void) {
    const { namespace, name: at } = pod.metadata;
    return storage.update(PODS, namespace, at, mutate);
  }

  function editTaints(o: KubeObject, taints: Json[]) {
    const others = (o.spec.taints ?? []).filter((t: Json) => !isOurs(t));
    const all = [...others, ...taints];
    if (all.length > 0) o.spec.taints = all;
    else delete o.spec.taints;
  }

  function becomeReady(node: string) {
    const now = ctx.now();
    const ready = storage.update(NODES, undefined, node, o => {
      for (const { type, reason } of o.status.conditions) {
        if (type === 'Ready' || reason !== 'NodeStatusUnknown') continue;
        const back = {
          MemoryPressure: 'KubeletHasSufficientMemory',
          DiskPressure: 'KubeletHasNoDiskPressure',
          PIDPressure: 'KubeletHasSufficientPID',
        }[type as 'DiskPressure'];
        setCondition(
          o,
          { type, status: 'False', reason: back, message: undefined },
          now,
        );
      }
      setCondition(
        o,
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        },
        now,
      );
      editTaints(o, []);
    });
    if (ready)
      ctx.event(
        ready,
        'Normal',
        'NodeReady',
        `Node ${node} status is now: NodeReady`,
        'kubelet',
      );
  }

  function fallSilent(node: string) {
    const lost = storage.update(NODES, undefined, node, o => {
      for (const { type } of [...o.status.conditions]) {
        setCondition(
          o,
          {
            type,
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
          },
          ctx.now(),
        );
      }
    });
    if (lost)
      ctx.event(
        lost,
        'Normal',
        'NodeNotReady',
        `Node ${node} status is now: NodeNotReady`,
        name,
      );
  }

  /** New pods stay away at once; those that are there are driven out when the zone's turn comes. */
  function taint(node: KubeObject) {
    const key =
      conditionOf(node, 'Ready')?.status === 'False' ? NOT_READY : UNREACHABLE;
    const at = node.metadata.name;
    const present: Json[] = (node.spec.taints ?? []).filter(isOurs);
    const evicting = present.some(
      t => t.key === key && t.effect === 'NoExecute',
    );
    const write = (effects: string[]) =>
      storage.update(NODES, undefined, at, o =>
        editTaints(
          o,
          effects.map(
            effect =>
              present.find(t => t.key === key && t.effect === effect) ?? {
                key,
                effect,
                timeAdded: timestamp(ctx.now()),
              },
          ),
        ),
      );
    const pace = evictionPace(node, storage.list(NODES));
    if (pace === undefined || !evicting) write(['NoSchedule']);
    if (pace === undefined || evicting || timers.has(`taint ${at}`)) return;
    const now = ctx.now() * ctx.scale;
    const turn = Math.max(now, nextEviction.get(zoneOf(node)) ?? 0);
    nextEviction.set(zoneOf(node), turn + pace);
    timers.later(`taint ${at}`, turn - now, () => {
      const current = storage.get(NODES, undefined, at);
      if (!current || isTrue(current, 'Ready')) return;
      if (evictionPace(current, storage.list(NODES)) === undefined) return;
      write(['NoSchedule', 'NoExecute']);
    });
  }

  function loseReadiness(node: KubeObject) {
    for (const pod of podsOn(node.metadata.name).filter(isPodReady)) {
      edit(pod, o =>
        setCondition(
          o,
          { type: 'Ready', status: 'False', reason: LOST },
          ctx.now(),
        ),
      );
    }
  }

  function recover(node: KubeObject) {
    timers.cancel(`taint ${node.metadata.name}`);
    if (node.spec.taints?.some(isOurs)) {
      storage.update(NODES, undefined, node.metadata.name, o =>
        editTaints(o, []),
      );
    }
    const evicting = node.spec.taints?.some(
      (t: Json) => t.effect === 'NoExecute' && !isOurs(t),
    );
    for (const pod of podsOn(node.metadata.name)) {
      if (!evicting) cancelEviction(pod);
      if (conditionOf(pod, 'Ready')?.reason !== LOST) continue;
      edit(pod, o =>
        setCondition(
          o,
          { type: 'Ready', status: 'True', reason: undefined },
          ctx.now(),
        ),
      );
    }
  }

  function cancelEviction(pod: KubeObject) {
    const id = `evict ${pod.metadata.uid}`;
    if (!timers.has(id)) return;
    timers.cancel(id);
    ctx.event(
      pod,
      'Normal',
      'TaintManagerEviction',
      `Cancelling deletion of Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
      'taint-eviction-controller',
    );
  }

  /** Seconds a pod bears the taints; undefined for ever, 0 not at all. */
  function patience(pod: KubeObject, taints: Json[]): number | undefined {
    const bearing: Json[] = [];
    for (const t of taints) {
      const found = (pod.spec.tolerations ?? []).filter((toleration: Json) =>
        tolerates({ ...pod, spec: { tolerations: [toleration] } }, t),
      );
      if (found.length === 0) return 0;
      bearing.push(...found);
    }
    const limits = bearing
      .map(t => t.tolerationSeconds)
      .filter(seconds => seconds !== undefined && seconds !== null);
    return limits.length > 0 ? Math.max(0, Math.min(...limits)) : undefined;
  }

  function scheduleEvictions(node: KubeObject) {
    const taints: Json[] = (node.spec.taints ?? []).filter(
      (t: Json) => t.effect === 'NoExecute',
    );
    if (taints.length === 0) return;
    for (const pod of podsOn(node.metadata.name)) {
      const seconds = patience(pod, taints);
      if (seconds === undefined || pod.metadata.deletionTimestamp) continue;
      timers.later(`evict ${pod.metadata.uid}`, seconds * 1000, () =>
        evict(pod),
      );
    }
  }

  function evict({ metadata }: KubeObject) {
    const { namespace, name: at, uid } = metadata;
    const pod = storage.get(PODS, namespace, at);
    if (!pod || pod.metadata.uid !== uid) return;
    ctx.event(
      pod,
      'Normal',
      'TaintManagerEviction',
      `Marking for deletion Pod ${namespace}/${at}`,
      'taint-eviction-controller',
    );
    edit(pod, o =>
      setCondition(
        o,
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
        },
        ctx.now(),
      ),
    );
    storage.delete(PODS, namespace, at);
  }

  function removed(node: string) {
    timers.cancel(`taint ${node}`);
    timers.cancel(`silent ${node}`);
    for (const pod of podsOn(node)) {
      const { namespace, name: at } = pod.metadata;
      const current = storage.get(PODS, namespace, at);
      if (current) {
        storage.remove(storage.row(PODS), current, { gracePeriodSeconds: 0 });
      }
    }
  }

  function watchKubelet(node: KubeObject) {
    const at = node.metadata.name;
    const ready = conditionOf(node, 'Ready');
    if (ctx.nodeLost(node)) {
      timers.cancel(`back ${at}`);
      if (ready?.reason !== 'NodeStatusUnknown') {
        timers.later(`silent ${at}`, GRACE_PERIOD, () => fallSilent(at));
      }
      return;
    }
    timers.cancel(`silent ${at}`);
    const wait = {
      KubeletNotReady: READY_AFTER,
      NodeStatusUnknown: RETURN,
    }[ready?.reason as 'KubeletNotReady'];
    if (wait) timers.later(`back ${at}`, wait, () => becomeReady(at));
  }

  return {
    name: 'node-lifecycle',
    keys({ object, previous, type }) {
      if (object.kind !== 'Node') return [];
      const same =
        type === 'MODIFIED' &&
        previous &&
        isTrue(previous, 'Ready') === isTrue(object, 'Ready');
      // How fast a node may be evicted depends on all others.
      return same
        ? [object.metadata.name]
        : [
            object.metadata.name,
            ...storage
              .list(NODES)
              .filter(n => !isTrue(n, 'Ready'))
              .map(n => n.metadata.name),
          ];
    },
    reconcile(at) {
      const node = storage.get(NODES, undefined, at);
      if (!node) {
        removed(at);
        return;
      }
      watchKubelet(node);
      if (isTrue(node, 'Ready')) {
        recover(node);
        scheduleEvictions(node);
      } else if (conditionOf(node, 'Ready')?.reason !== 'KubeletNotReady') {
        loseReadiness(node);
        taint(node);
        scheduleEvictions(storage.get(NODES, undefined, at)!);
      }
    },
    stop: () => timers.stop(),
  };
}
