import type { KubeObject } from '../../contract';
import { byNode } from '../indexes';
import { NODES, PODS } from '../kinds';
import { conditionOf, setCondition } from './conditions';
import {
  controllerOf,
  keyOf,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';
import { lacking, repelled, skews, unsuitable } from './schedulerFilters';
import { ClusterUsage, requestsOf } from './schedulerUsage';

const ZONE = 'topology.kubernetes.io/zone';
/** Stands for all pods that wait for a node. */
const WAITING = '*';

/** Places pods on nodes: spread over zones, then nodes, by pods of the same owner, then by load. */
export function schedulerController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'default-scheduler';
  const usage = new ClusterUsage();

  function neighboursOf(pod: KubeObject): KubeObject[] {
    const choosy =
      pod.spec.topologySpreadConstraints?.length ||
      pod.spec.affinity?.podAntiAffinity;
    if (!choosy) return [];
    return storage
      .list(PODS, pod.metadata.namespace)
      .filter(
        p =>
          p.spec.nodeName &&
          !p.metadata.deletionTimestamp &&
          !['Succeeded', 'Failed'].includes(p.status?.phase),
      );
  }

  function candidatesFor(pod: KubeObject, nodes: KubeObject[]) {
    const requests = requestsOf(pod);
    const around = { nodes, neighbours: neighboursOf(pod) };
    const reasons = new Map<string, number>();
    let hopeless = 0;
    const candidates = nodes.filter(node => {
      const never = unsuitable(pod, node);
      if (never) hopeless += 1;
      const why = never
        ? [never]
        : lacking(requests, node, usage.of(node.metadata.name));
      if (why.length === 0 && skews(pod, node, around)) {
        why.push("node(s) didn't match pod topology spread constraints");
      }
      if (why.length === 0 && repelled(pod, node, around)) {
        why.push("node(s) didn't match pod anti-affinity rules");
      }
      for (const reason of why) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      return why.length === 0;
    });
    return { candidates, reasons, hopeless };
  }

  function place(pod: KubeObject): { node?: string; message?: string } {
    const nodes = storage.list(NODES);
    if (nodes.length === 0) {
      return { message: 'no nodes available to schedule pods' };
    }
    const { candidates, reasons, hopeless } = candidatesFor(pod, nodes);
    if (candidates.length === 0) {
      return { message: unschedulable(nodes.length, reasons, hopeless) };
    }
    const spread = usage.spread(controllerOf(pod)?.uid);
    const zones = new Map<string, number>();
    for (const node of nodes) {
      const zone = node.metadata.labels?.[ZONE] ?? '';
      zones.set(
        zone,
        (zones.get(zone) ?? 0) + (spread.get(node.metadata.name) ?? 0),
      );
    }
    const score = (node: KubeObject) => [
      zones.get(node.metadata.labels?.[ZONE] ?? '') ?? 0,
      spread.get(node.metadata.name) ?? 0,
      usage.of(node.metadata.name).pods,
    ];
    const ranked = candidates
      .map(node => ({ node, score: score(node) }))
      .sort((a, b) => {
        const at = a.score.findIndex((s, i) => s !== b.score[i]);
        return at < 0
          ? a.node.metadata.name.localeCompare(b.node.metadata.name)
          : a.score[at] - b.score[at];
      });
    return { node: ranked[0].node.metadata.name };
  }

  const waiting = () => storage.count(PODS, byNode('')) > 0;

  function schedule(key: string) {
    const [namespace, at] = splitKey(key);
    const pod = storage.get(PODS, namespace, at);
    const placed = pod?.spec.nodeName || pod?.metadata.deletionTimestamp;
    if (!pod || placed || pod.spec.schedulingGates?.length) return;
    const { node, message } = place(pod);
    const before = conditionOf(pod, 'PodScheduled');
    storage.update(PODS, namespace, at, o => {
      if (node) o.spec.nodeName = node;
      setCondition(
        o,
        node
          ? {
              type: 'PodScheduled',
              status: 'True',
              reason: undefined,
              message: undefined,
            }
          : {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message,
            },
        ctx.now(),
      );
    });
    if (node) {
      ctx.event(
        pod,
        'Normal',
        'Scheduled',
        `Successfully assigned ${namespace}/${at} to ${node}`,
        name,
      );
    } else if (before?.message !== message) {
      ctx.event(pod, 'Warning', 'FailedScheduling', message!, name);
    }
  }

  return {
    name,
    keys(event) {
      usage.apply(event);
      const { object, type } = event;
      const ended = ['Succeeded', 'Failed'].includes(object.status?.phase);
      if (object.kind === 'Pod' && type !== 'DELETED' && !ended) {
        return object.spec.nodeName ? [] : [keyOf(object)];
      }
      // Room was made, or there is another node.
      return ['Pod', 'Node'].includes(object.kind) && waiting()
        ? [WAITING]
        : [];
    },
    reconcile(key) {
      if (key === WAITING) return storage.find(PODS, byNode('')).map(keyOf);
      return schedule(key);
    },
  };
}

function unschedulable(
  nodes: number,
  reasons: Map<string, number>,
  hopeless: number,
): string {
  const list = [...reasons].map(([why, n]) => `${n} ${why}`).sort();
  const preemption = [
    nodes > hopeless
      ? `${nodes - hopeless} No preemption victims found for incoming pod`
      : '',
    hopeless > 0 ? `${hopeless} Preemption is not helpful for scheduling` : '',
  ];
  return `0/${nodes} nodes are available: ${list.join(
    ', ',
  )}. preemption: 0/${nodes} nodes are available: ${preemption
    .filter(Boolean)
    .join(', ')}.`;
}
