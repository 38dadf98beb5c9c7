import { isGatewayPod } from '../mesh/gateway';
import type { Registry } from '../mesh/registry';
import type { PodView } from '../mesh/types';
import type { MeshMetrics } from './meshMetrics';
import type { Target } from './scraper';

/** The proxies of all meshes: sidecars and gateways. Those of a lost region are known, and down. */
export function scrapeTargets(
  registry: Registry,
  metrics: MeshMetrics,
  hasSidecar: (pod: PodView) => boolean,
): Target[] {
  const counted = new Map(metrics.alive().map(proxy => [proxy.pod.uid, proxy]));
  return registry.clusters().flatMap(cluster => {
    const meshId = registry.meshOf(cluster.id)?.mesh.id;
    if (meshId === undefined) return [];
    const up = !registry.isRegionLost(cluster.region);
    return [...cluster.pods.values()]
      .filter(pod => pod.running && (isGatewayPod(pod) || hasSidecar(pod)))
      .map(pod => ({ pod, meshId, up, metrics: counted.get(pod.uid) }));
  });
}
