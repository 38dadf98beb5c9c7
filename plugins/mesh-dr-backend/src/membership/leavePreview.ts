import { NotFoundError } from '@backstage/errors';
import {
  endpointsOf,
  podsOf,
  type ClusterFacts,
  type LeavePreview,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { FleetMesh } from '../fleet/Fleet';

/** How many services a preview lists; the rest are counted. */
const LISTED = 200;

interface ServiceName {
  namespace: string;
  name: string;
}

/**
 * Which services could answer from one region less, and from one or none at most, once a cluster has left: their pods go
 * on running there, but the mesh does not know them any more. Throws NotFoundError for a cluster that is no member.
 */
export function previewLeave(
  mesh: FleetMesh,
  services: ServiceName[],
  clusterId: string,
): LeavePreview {
  const member = mesh.members.find(m => m.clusterId === clusterId);
  if (!member) {
    throw new NotFoundError(
      `Cluster '${clusterId}' is no member of ASM mesh '${
        mesh.mesh.name
      }'; its members are ${
        mesh.members.map(m => `${m.name} (${m.clusterId})`).join(', ') || 'none'
      }`,
    );
  }
  const clusters = [...mesh.clusters.values()].map(watch => watch.facts());
  const leaving = clusters.find(({ id }) => id === clusterId);
  const staying = clusters.filter(({ id }) => id !== clusterId);
  const losing = (leaving ? services : [])
    .filter(service => podsOf(leaving!, service).length > 0)
    .map(service => ({
      ...service,
      regions: readyRegions(clusters, service),
      remaining: readyRegions(staying, service),
    }))
    .filter(
      ({ regions, remaining }) =>
        remaining.length < 2 && remaining.length < regions.length,
    )
    .sort((a, b) => a.remaining.length - b.remaining.length);
  return {
    cluster: { id: clusterId, name: member.name, region: member.regionId },
    total: losing.length,
    services: losing.slice(0, LISTED),
    outdated: clusters
      .filter(({ freshness }) => freshness.state !== 'ok')
      .map(({ name }) => name),
  };
}

function readyRegions(
  clusters: ClusterFacts[],
  service: ServiceName,
): string[] {
  const regions = endpointsOf(clusters, service)
    .filter(({ healthy }) => healthy > 0)
    .map(({ region }) => region);
  return [...new Set(regions)].sort();
}
