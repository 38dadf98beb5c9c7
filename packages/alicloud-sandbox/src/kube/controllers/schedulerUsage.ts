import type { KubeObject, StorageEvent } from '../../contract';
import type { Json } from '../json';
import { quantity } from './quantity';

/** What pods ask for, in cores and bytes. */
export interface Requests {
  cpu: number;
  memory: number;
}

/** What is taken of a node. */
export interface NodeUsage extends Requests {
  pods: number;
}

const NOTHING: NodeUsage = { pods: 0, cpu: 0, memory: 0 };

function total(containers: Json[], resource: keyof Requests): number {
  return containers.reduce(
    (sum, c) =>
      sum +
      quantity(
        c.resources?.requests?.[resource] ?? c.resources?.limits?.[resource],
      ),
    0,
  );
}

/** A pod's requests: what runs together, or the greediest init container if that is more. */
export function requestsOf(pod: KubeObject): Requests {
  const init: Json[] = pod.spec.initContainers ?? [];
  const lasting = init.filter(c => c.restartPolicy === 'Always');
  const passing = init.filter(c => c.restartPolicy !== 'Always');
  const need = (resource: keyof Requests) =>
    Math.max(
      total([...pod.spec.containers, ...lasting], resource),
      ...passing.map(c => total([c], resource)),
    );
  return { cpu: need('cpu'), memory: need('memory') };
}

const ended = (pod: KubeObject) =>
  ['Succeeded', 'Failed'].includes(pod.status?.phase);

const ownerOf = (pod: KubeObject) =>
  pod.metadata.ownerReferences?.find(o => o.controller)?.uid;

/** What the nodes of a cluster carry, kept by the changes of pods, as the scheduler's own cache is. */
export class ClusterUsage {
  private readonly nodes = new Map<string, NodeUsage>();
  private readonly owners = new Map<string, Map<string, number>>();

  /** Must hear of every change, in order. */
  apply({ type, object, previous }: StorageEvent): void {
    if (object.kind !== 'Pod') return;
    const before = type === 'ADDED' ? undefined : previous;
    const after = type === 'DELETED' ? undefined : object;
    const same =
      before &&
      after &&
      before.spec === after.spec &&
      ended(before) === ended(after);
    if (same) return;
    if (before) this.count(before, -1);
    if (after) this.count(after, 1);
  }

  of(node: string): NodeUsage {
    return this.nodes.get(node) ?? NOTHING;
  }

  /** How many pods of a controller are on each node. */
  spread(ownerUid: string | undefined): Map<string, number> {
    return this.owners.get(ownerUid ?? '') ?? new Map();
  }

  private count(pod: KubeObject, sign: 1 | -1) {
    const node = pod.spec.nodeName as string | undefined;
    if (!node || ended(pod)) return;
    const { cpu, memory } = requestsOf(pod);
    const usage = this.of(node);
    this.nodes.set(node, {
      pods: usage.pods + sign,
      cpu: usage.cpu + sign * cpu,
      memory: usage.memory + sign * memory,
    });
    const owner = ownerOf(pod);
    if (!owner) return;
    const spread = this.owners.get(owner) ?? new Map<string, number>();
    this.owners.set(owner, spread);
    const left = (spread.get(node) ?? 0) + sign;
    if (left > 0) spread.set(node, left);
    else spread.delete(node);
    if (spread.size === 0) this.owners.delete(owner);
  }
}
