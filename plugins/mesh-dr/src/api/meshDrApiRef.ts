import { createApiRef } from '@backstage/frontend-plugin-api';
import type { MeshDrApi } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** The mesh-dr REST API as the pages see it; replace it in tests or to add caching. */
export const meshDrApiRef = createApiRef<MeshDrApi>({
  id: 'plugin.mesh-dr.api',
});
