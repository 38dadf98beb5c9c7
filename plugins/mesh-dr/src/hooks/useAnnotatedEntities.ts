import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback } from 'react';
import { usePolling } from './usePolling';
import type { ServiceName } from './useServiceTarget';

/** A mesh as annotations name it: by its id or its name. */
export interface MeshName {
  id: string;
  name?: string;
}

/** The component that stands for a service of a mesh; undefined while there is none, or the catalog is not read yet. */
export type EntityOf = (
  mesh: MeshName,
  service: ServiceName,
) => Entity | undefined;

const keyOf = ({ namespace, name }: ServiceName) => `${namespace}/${name}`;

/** Components of the catalog that name their mesh service, read once. */
export function useAnnotatedEntities(): EntityOf {
  const catalog = useApi(catalogApiRef);
  const load = useCallback(async () => {
    const { items } = await catalog.getEntities({
      filter: { kind: 'Component' },
      fields: [
        'kind',
        'metadata.name',
        'metadata.namespace',
        'metadata.title',
        'metadata.annotations',
      ],
    });
    const found = new Map<string, Entity[]>();
    for (const entity of items) {
      const service = parseHost(entity.metadata.annotations?.[ANNOTATION_HOST]);
      if (service) {
        const key = keyOf(service);
        found.set(key, [...(found.get(key) ?? []), entity]);
      }
    }
    return found;
  }, [catalog]);
  const entities = usePolling(load, 0).value;
  return useCallback(
    (mesh, service) =>
      entities?.get(keyOf(service))?.find(({ metadata }) => {
        const meant = metadata.annotations?.[ANNOTATION_MESH];
        return !meant || meant === mesh.id || meant === mesh.name;
      }),
    [entities],
  );
}
