import { DepGraph } from 'dependency-graph';

/** A node of a graph that is walked in dependency order. */
export interface GraphNode {
  readonly key: string;
  readonly dependencies: string[];
}

/**
 * Builds a graph and proves it sound.
 *
 * @throws Error naming a missing dependency or the cycle
 */
export function buildGraph<T extends GraphNode>(nodes: T[]): DepGraph<T> {
  const graph = new DepGraph<T>();
  for (const node of nodes) {
    if (graph.hasNode(node.key)) {
      throw new Error(`Two resources share the key ${node.key}`);
    }
    graph.addNode(node.key, node);
  }
  for (const node of nodes) {
    for (const dependency of node.dependencies) {
      if (!graph.hasNode(dependency)) {
        throw new Error(
          `Resource ${node.key} depends on ${dependency}, which is not part of the graph`,
        );
      }
      graph.addDependency(node.key, dependency);
    }
  }
  // Sorting throws DepGraphCycleError with the cycle's path.
  graph.overallOrder();
  return graph;
}

/** How the visit of one node ended. */
export type Outcome =
  | { state: 'done' }
  | { state: 'failed'; error: unknown }
  | { state: 'skipped'; because: string[] }
  | { state: 'cancelled' };

/**
 * Visits every node the moment its dependencies are done. A failure skips what depends on it and nothing else;
 * an abort leaves what has not begun as `cancelled`. Never rejects.
 */
export async function walk<T extends GraphNode>(
  graph: DepGraph<T>,
  visit: (node: T) => Promise<void>,
  options: { signal?: AbortSignal } = {},
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Promise<Outcome>>();
  const start = async (key: string): Promise<Outcome> => {
    const dependencies = graph.directDependenciesOf(key);
    const results = await Promise.all(
      dependencies.map(dependency => outcomes.get(dependency)!),
    );
    if (options.signal?.aborted) return { state: 'cancelled' };
    const because = dependencies.filter(
      (_, index) => results[index].state !== 'done',
    );
    if (because.length) return { state: 'skipped', because };
    try {
      await visit(graph.getNodeData(key));
      return { state: 'done' };
    } catch (error) {
      return options.signal?.aborted
        ? { state: 'cancelled' }
        : { state: 'failed', error };
    }
  };
  // In this order every dependency's promise exists before its dependants ask for it.
  for (const key of graph.overallOrder()) outcomes.set(key, start(key));
  const settled = new Map<string, Outcome>();
  for (const [key, outcome] of outcomes) settled.set(key, await outcome);
  return settled;
}
