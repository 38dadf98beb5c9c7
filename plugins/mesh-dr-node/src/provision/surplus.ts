import type { Alicloud, CallOptions } from '../alicloud/types';
import type { FoundEnvironment } from './find';
import { buildGraph } from './graph';
import { environmentRemovals, type Removal } from './removals';
import type { Resource } from './types';

/**
 * The removals of the chosen resources together with those that have to come first, because they use what is removed:
 * a cluster goes before its VPC even when only the VPC was chosen.
 */
export function removalsOf(
  cloud: Alicloud,
  found: FoundEnvironment,
  chosen: (removal: Removal) => boolean,
  call: CallOptions,
): Removal[] {
  const graph = buildGraph(environmentRemovals(cloud, found, call));
  const keys = new Set<string>();
  for (const key of graph.overallOrder()) {
    if (!chosen(graph.getNodeData(key))) continue;
    keys.add(key);
    for (const before of graph.dependenciesOf(key)) keys.add(before);
  }
  return graph
    .overallOrder()
    .filter(key => keys.has(key))
    .map(key => graph.getNodeData(key));
}

/** What carries the environment's tag and has no place in the spec any more, e.g. after a region was taken out of it. */
export function surplusRemovals(
  cloud: Alicloud,
  found: FoundEnvironment,
  resources: Resource[],
  call: CallOptions,
): Removal[] {
  const wanted = new Set(resources.map(({ key }) => key));
  return removalsOf(
    cloud,
    found,
    ({ resource }) => resource !== undefined && !wanted.has(resource),
    call,
  );
}
