import { useApi } from '@backstage/frontend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import {
  ANNOTATION_HOST,
  ANNOTATION_MESH,
  parseHost,
  type MeshSummary,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useCallback } from 'react';
import { meshDrApiRef } from '../api/meshDrApiRef';
import { usePolling } from './usePolling';

/** How often the mesh itself is looked at again, ms; its locality setting may be changed elsewhere. */
const MESH_POLL_MS = 10_000;

/** Namespace and name of a service. */
export interface ServiceName {
  namespace: string;
  name: string;
}

export type ServiceTarget =
  | { state: 'loading' }
  | { state: 'no-annotation' }
  | { state: 'bad-annotation'; value: string }
  | { state: 'error'; error: Error; retry: () => void }
  | { state: 'no-mesh' }
  | { state: 'several-meshes'; meshes: MeshSummary[] }
  | {
      state: 'ready';
      service: ServiceName;
      mesh: MeshSummary;
      refreshMesh: () => void;
    };

/** Which service of which mesh an entity means. */
export function useServiceTarget(entity: Entity): ServiceTarget {
  const api = useApi(meshDrApiRef);
  const annotations = entity.metadata.annotations ?? {};
  const host = annotations[ANNOTATION_HOST];
  const wanted = annotations[ANNOTATION_MESH];
  const service = parseHost(host);
  const load = useCallback(
    async (signal: AbortSignal) =>
      wanted
        ? [await api.getMesh(wanted, { signal })]
        : api.listMeshes({ signal }),
    [api, wanted],
  );
  const meshes = usePolling(service ? load : undefined, MESH_POLL_MS);

  if (!host) {
    return { state: 'no-annotation' };
  }
  if (!service) {
    return { state: 'bad-annotation', value: host };
  }
  if (!meshes.value) {
    return meshes.error
      ? { state: 'error', error: meshes.error, retry: meshes.refresh }
      : { state: 'loading' };
  }
  if (meshes.value.length === 0) {
    return { state: 'no-mesh' };
  }
  if (meshes.value.length > 1) {
    return { state: 'several-meshes', meshes: meshes.value };
  }
  return {
    state: 'ready',
    service,
    mesh: meshes.value[0],
    refreshMesh: meshes.refresh,
  };
}
