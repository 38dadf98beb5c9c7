import { remembered } from './remembered';
import type { ClusterFacts, NodeFacts, PodFacts, ServiceFacts } from './types';

// Look-ups over a cluster's facts. A page about every service of a mesh would otherwise walk all pods for each of them.

const byNamespace = remembered((pods: PodFacts[]) => {
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

const byName = remembered(
  (nodes: NodeFacts[]) => new Map(nodes.map(node => [node.name, node])),
);

const byKey = remembered(
  (services: ServiceFacts[]) =>
    new Map(
      services.map(service => [
        `${service.namespace}/${service.name}`,
        service,
      ]),
    ),
);

/** Pods of a namespace. */
export function podsIn(
  cluster: Pick<ClusterFacts, 'pods'>,
  namespace: string,
): PodFacts[] {
  return byNamespace(cluster.pods).get(namespace) ?? [];
}

/** Node by name. */
export function nodeOf(
  cluster: Pick<ClusterFacts, 'nodes'>,
  name: string | undefined,
): NodeFacts | undefined {
  return name === undefined ? undefined : byName(cluster.nodes).get(name);
}

/** The service as one cluster has it. */
export function serviceIn(
  cluster: Pick<ClusterFacts, 'services'>,
  service: { namespace: string; name: string },
): ServiceFacts | undefined {
  return byKey(cluster.services).get(`${service.namespace}/${service.name}`);
}
