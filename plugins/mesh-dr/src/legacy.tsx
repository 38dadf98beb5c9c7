/**
 * The same plugin for apps on the old frontend system.
 *
 * @packageDocumentation
 */
import type { Entity } from '@backstage/catalog-model';
import {
  compatWrapper,
  convertLegacyRouteRef,
} from '@backstage/core-compat-api';
import {
  createApiFactory,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import {
  ANNOTATION_HOST,
  MeshDrClient,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { meshDrApiRef } from './api/meshDrApiRef';
import { meshRouteRef, rootRouteRef, serviceContentRouteRef } from './routes';

export const meshDrPlugin = createPlugin({
  id: 'mesh-dr',
  apis: [
    createApiFactory({
      api: meshDrApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new MeshDrClient({ discoveryApi, fetchApi }),
    }),
  ],
  routes: {
    root: convertLegacyRouteRef(rootRouteRef),
    mesh: convertLegacyRouteRef(meshRouteRef),
  },
});

/** `<Route path="/mesh-dr" element={<MeshDrPage />} />` */
export const MeshDrPage = meshDrPlugin.provide(
  createRoutableExtension({
    name: 'MeshDrPage',
    mountPoint: convertLegacyRouteRef(rootRouteRef),
    component: () =>
      import('./components/MeshPage/MeshPage').then(
        ({ MeshPage }) =>
          () =>
            compatWrapper(<MeshPage />),
      ),
  }),
);

/** `<EntityLayout.Route path="/disaster-recovery" title="Disaster recovery" if={isMeshDrAvailable}>` */
export const EntityMeshDrContent = meshDrPlugin.provide(
  createRoutableExtension({
    name: 'EntityMeshDrContent',
    mountPoint: convertLegacyRouteRef(serviceContentRouteRef),
    component: () =>
      import('./components/ServiceTab/ServiceTab').then(
        ({ ServiceTab }) =>
          () =>
            compatWrapper(<ServiceTab />),
      ),
  }),
);

/** True for entities that name their mesh service. */
export const isMeshDrAvailable = (entity: Entity): boolean =>
  Boolean(entity.metadata.annotations?.[ANNOTATION_HOST]);

export { meshDrApiRef } from './api/meshDrApiRef';
export { meshDrTranslationRef } from './translation/ref';
