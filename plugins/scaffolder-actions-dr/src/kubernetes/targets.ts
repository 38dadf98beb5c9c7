import { NotFoundError } from '@backstage/errors';
import type {
  Alicloud,
  MeshMember,
  ServiceMesh,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

/**
 * The mesh with an id or name.
 *
 * @throws NotFoundError naming the meshes the account has
 */
export async function findMesh(
  cloud: Alicloud,
  mesh: string,
  signal?: AbortSignal,
): Promise<ServiceMesh> {
  const meshes = await cloud.asm.describeServiceMeshes({ signal });
  const found =
    meshes.find(item => item.serviceMeshId === mesh) ??
    meshes.find(item => item.name === mesh);
  if (!found) {
    throw new NotFoundError(
      `mesh = ${mesh}: account ${cloud.account} has no such mesh. It has: ${
        meshes.map(item => `${item.name} (${item.serviceMeshId})`).join(', ') ||
        'none'
      }`,
    );
  }
  return found;
}

/** A cluster as an action's target. */
export interface ClusterTarget {
  id: string;
  region: string;
  name: string;
}

/**
 * The member clusters of a mesh, or those of them that are wanted.
 *
 * @throws NotFoundError when a wanted cluster is no member, or the mesh has none
 */
export async function memberTargets(
  cloud: Alicloud,
  mesh: ServiceMesh,
  wanted: string[] | undefined,
  signal?: AbortSignal,
): Promise<ClusterTarget[]> {
  const members: MeshMember[] = await cloud.asm.describeMembers(
    { serviceMeshId: mesh.serviceMeshId },
    { signal },
  );
  const missing = (wanted ?? []).filter(
    id => !members.some(member => member.clusterId === id),
  );
  if (missing.length) {
    throw new NotFoundError(
      `clusters = ${missing.join(', ')}: not members of mesh ${
        mesh.name
      }; add them with dr:clusters:join. Members: ${
        members.map(member => member.clusterId).join(', ') || 'none'
      }`,
    );
  }
  const chosen = members.filter(
    member => !wanted || wanted.includes(member.clusterId),
  );
  if (!chosen.length) {
    throw new NotFoundError(
      `Mesh ${mesh.name} has no member clusters; add some with dr:clusters:join`,
    );
  }
  return chosen.map(({ clusterId, regionId, name }) => ({
    id: clusterId,
    region: regionId,
    name: name || clusterId,
  }));
}
