import type { CatalogApi } from '@backstage/plugin-catalog-react';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
  type MeshDrApi,
  type MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ServiceName } from '../hooks/useServiceTarget';

/** The service that a component of the catalog stands for, and its mesh. */
export interface ComponentService {
  mesh: MeshSummary;
  service: ServiceName;
}

/**
 * Which service of which mesh a component means, by its annotations.
 *
 * @param component - entity ref
 * @throws NotFoundError without such a component; InputError when it names no service or not which of several meshes
 */
export async function serviceOfComponent(
  deps: { catalog: CatalogApi; api: MeshDrApi },
  component: string,
  signal?: AbortSignal,
): Promise<ComponentService> {
  const { catalog, api } = deps;
  const entity = await catalog.getEntityByRef(component);
  if (!entity) throw new NotFoundError(`There is no ${component}`);
  const annotations = entity.metadata.annotations ?? {};
  const service = parseHost(annotations[ANNOTATION_HOST]);
  if (!service) {
    throw new InputError(
      `${component} names no mesh service; give it the annotation ${ANNOTATION_HOST}, e.g. reviews.default`,
    );
  }
  const mesh = annotations[ANNOTATION_MESH];
  const meshes = mesh
    ? [await api.getMesh(mesh, { signal })]
    : await api.listMeshes({ signal });
  if (meshes.length !== 1) {
    throw new InputError(
      `${component} does not say which mesh it is in; give it the annotation ${ANNOTATION_MESH}`,
    );
  }
  return { mesh: meshes[0], service };
}
