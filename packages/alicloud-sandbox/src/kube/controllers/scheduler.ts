import type { KubeObject } from '../../contract';
import type { Json } from '../json';
import { NODES, PODS } from '../kinds';
import { isTrue, setCondition } from './conditions';
import {
  controllerOf,
  keyOf,
  splitKey,
  type Controller,
  type ControllerContext,
} from './manager';

const ZONE = 'topology.kubernetes.io/zone';

function tolerates(pod: KubeObject, taint: Json): boolean {
  return (pod.spec.tolerations ?? []).some(
    (t: Json) =>
      (!t.effect || t.effect === taint.effect) &&
      (!t.key ? t.operator === 'Exists' : t.key === taint.key) &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  );
}

function expressionFits(
  expression: Json,
  labels: Record<string, string>,
): boolean {
  const value = labels[expression.key];
  const values: string[] = expression.values ?? [];
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** Why a node cannot take a pod, in the scheduler's words; undefined when it can. */
function obstacle(
  pod: KubeObject,
  node: KubeObject,
  podsThere: number,
): string | undefined {
  const labels = node.metadata.labels ?? {};
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  if (!isTrue(node, 'Ready')) return 'node(s) were not ready';
  const taint = (node.spec.taints ?? []).find(
    (t: Json) => t.effect !== 'PreferNoSchedule' && !tolerates(pod, t),
  );
  if (taint)
    return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(
    ([k, v]) => labels[k] === v,
  );
  const terms =
    pod.spec.affinity?.nodeAffinity
      ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const affine =
    !terms ||
    terms.some((t: Json) =>
      (t.matchExpressions ?? []).every((e: Json) => expressionFits(e, labels)),
    );
  if (!selected || !affine)
    return "node(s) didn't match Pod's node affinity/selector";
  if (podsThere >= Number(node.status?.allocatable?.pods ?? 0))
    return 'Too many pods';
  return undefined;
}

/** Places pods on ready nodes: spread over zones, then nodes, by pods of the same owner, then by load. */
export function schedulerController(ctx: ControllerContext): Controller {
  const { storage } = ctx;
  const name = 'default-scheduler';

  function place(pod: KubeObject) {
    const nodes = storage.list(NODES);
    const pods = storage
      .list(PODS)
      .filter(
        p =>
          p.spec.nodeName && !['Succeeded', 'Failed'].includes(p.status?.phase),
      );
    const on = (node: KubeObject) =>
      pods.filter(p => p.spec.nodeName === node.metadata.name);
    const owner = controllerOf(pod)?.uid;
    const siblings = owner
      ? pods.filter(p => controllerOf(p)?.uid === owner)
      : [];
    const zoneOf = new Map(
      nodes.map(n => [n.metadata.name, n.metadata.labels?.[ZONE]]),
    );
    const reasons = new Map<string, number>();
    const candidates = nodes.filter(node => {
      const why = obstacle(pod, node, on(node).length);
      if (why) reasons.set(why, (reasons.get(why) ?? 0) + 1);
      return !why;
    });
    if (candidates.length === 0) {
      const text = [...reasons].map(([why, n]) => `${n} ${why}`).join(', ');
      return {
        message: `0/${nodes.length} nodes are available${
          text ? `: ${text}` : ''
        }.`,
      };
    }
    const score = (node: KubeObject) => [
      siblings.filter(
        p => zoneOf.get(p.spec.nodeName) === zoneOf.get(node.metadata.name),
      ).length,
      siblings.filter(p => p.spec.nodeName === node.metadata.name).length,
      on(node).length,
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

  return {
    name,
    keys({ object, type }) {
      if (type === 'DELETED' && object.kind === 'Pod') return waiting();
      if (object.kind === 'Pod')
        return object.spec.nodeName ? [] : [keyOf(object)];
      return object.kind === 'Node' ? waiting() : [];
    },
    reconcile(key) {
      const [namespace, at] = splitKey(key);
      const pod = storage.get(PODS, namespace, at);
      if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp) return;
      const { node, message } = place(pod);
      const before = pod.status?.conditions?.find(
        (c: Json) => c.type === 'PodScheduled',
      );
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
    },
  };

  function waiting(): string[] {
    return storage
      .list(PODS)
      .filter(p => !p.spec.nodeName)
      .map(keyOf);
  }
}
