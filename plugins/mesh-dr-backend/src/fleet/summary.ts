import {
  intentOf,
  versionGates,
  type Freshness,
  type LocalityLbSetting,
  type MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { MeshLocality } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import type { FleetMesh } from './Fleet';

/** The mesh-wide setting in Istio's terms; absent lists mean that nobody set one. */
export function meshSetting(locality?: MeshLocality): LocalityLbSetting {
  if (!locality) return {};
  return {
    enabled: locality.enabled,
    ...(locality.failover.length > 0 && { failover: locality.failover }),
    ...(locality.distribute.length > 0 && { distribute: locality.distribute }),
  };
}

/** A mesh as the REST API shows it. */
export function toMeshSummary(entry: FleetMesh): MeshSummary {
  const { mesh, members, clusters } = entry;
  return {
    id: mesh.serviceMeshId,
    name: mesh.name,
    account: entry.account,
    region: mesh.regionId,
    version: mesh.version,
    state: mesh.state,
    gates: versionGates(mesh.version),
    freshness: meshFreshness(entry),
    clusters: members.map(member => ({
      id: member.clusterId,
      name: member.name,
      region: member.regionId,
      vpcId: member.vpcId,
      version: member.version,
      state: member.state,
      ...(member.errorMessage && { errorMessage: member.errorMessage }),
      connection: clusters.get(member.clusterId)?.freshness ?? {
        state: 'syncing',
      },
    })),
    locality: intentOf(meshSetting(mesh.locality)),
  };
}

function meshFreshness(entry: FleetMesh): Freshness {
  if (entry.trouble) return { state: 'stale', ...entry.trouble };
  const { freshness } = entry.rules;
  return freshness.state === 'ok'
    ? { state: 'ok', observedAt: entry.readAt }
    : freshness;
}
