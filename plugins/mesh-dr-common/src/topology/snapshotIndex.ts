import type { ClusterFacts, NodeFacts, PodFacts, ServiceFacts } from './types';

/**
 * Look-ups over a cluster's facts, made once per list. A page about every service of a mesh would otherwise walk all pods
 * for each of them. Lists are snapshots: whoever has new facts makes a new list.
 */
function perList<T extends object, V>(make: (list: T) => V): (list: T) => V {
  const made = new WeakMap<T, V>();
  return list => {
    let value = made.get(list);
    if (value === undefined) {
      value = make(list);
      made.set(list, value);
    }
    return value;
  };
}

const byNamespace = perList((pods: PodFacts[]) => {
  const groups = new Map<string, PodFacts[]>();
  for (const pod of pods) {
    const group = groups.get(pod.namespace);
    if (group) {
      group.push(pod);
    } else {
      groups.set(pod.namespace, [pod]);
    }
  }
  return groups;
});

const byName = perList(
  (nodes: NodeFacts[]) => new Map(nodes.map(node => [node.name, node])),
);

const byKey = perList(
  (services: ServiceFacts[]) =>
    new Map(
      services.map(service => [
        `${service.namespace}/${service.name}`,
        service,
      ]),
    ),
);

/** Pods of a namespace. */
export function podsIn(cluster: ClusterFacts, namespace: string): PodFacts[] {
  return byNamespace(cluster.pods).get(namespace) ?? [];
}

/** Node by name. */
export function nodeOf(
  cluster: ClusterFacts,
  name: string | undefined,
): NodeFacts | undefined {
  return name === undefined ? undefined : byName(cluster.nodes).get(name);
}

/** The service as one cluster has it. */
export function serviceIn(
  cluster: ClusterFacts,
  service: { namespace: string; name: string },
): ServiceFacts | undefined {
  return byKey(cluster.services).get(`${service.namespace}/${service.name}`);
}
