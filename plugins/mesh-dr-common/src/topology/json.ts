import type { ClusterTopology, ServiceTopology } from '../api/types';
import { remembered } from './remembered';

/** JSON of a list that nobody changes once it is made. */
export const listJson = remembered((list: object[]) => JSON.stringify(list));

const joined = (items: string[]) => `[${items.join()}]`;

/**
 * JSON of a topology, with what has been written before for an earlier one and still stands: nearly all of it are the
 * lists of endpoints, of which a change touches those of one cluster.
 */
export function topologyJson({ regions, ...rest }: ServiceTopology): string {
  const written = regions.map(({ clusters, ...region }) =>
    extended(region, { clusters: joined(clusters.map(clusterJson)) }),
  );
  return extended(rest, { regions: joined(written) });
}

function clusterJson({ workloads, endpoints, ...rest }: ClusterTopology) {
  return extended(rest, {
    workloads: listJson(workloads),
    endpoints: listJson(endpoints),
  });
}

/** An object that is not empty, with further fields whose values are JSON already. */
function extended(object: object, fields: Record<string, string>): string {
  const more = Object.entries(fields).map(([key, json]) => `"${key}":${json}`);
  return `${JSON.stringify(object).slice(0, -1)},${more.join()}}`;
}
