import type { ControlApi } from '../contract';
import { callOf, type KubeDisturbance } from './kubernetes';

/** Counts the authenticated requests to all API servers, by cluster and by verb and resource, on the way to `next`. */
export function countRequests(
  next: KubeDisturbance,
  control: ControlApi,
): KubeDisturbance {
  const clusters = new Map<string, Map<string, number>>();
  let total = 0;
  control.route('GET', '/calls/kubernetes', () => ({
    total,
    clusters: Object.fromEntries(
      [...clusters].map(([id, counts]) => [
        id,
        Object.fromEntries([...counts].sort()),
      ]),
    ),
  }));
  return {
    around(cluster, request, response, serve) {
      const call = callOf(cluster, request);
      // Discovery, versions and health are about no resource.
      const name = call ? `${call.verb} ${call.resources[0]}` : 'other';
      const counts = clusters.get(cluster.id) ?? new Map<string, number>();
      clusters.set(cluster.id, counts);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      total++;
      return next.around(cluster, request, response, serve);
    },
  };
}
