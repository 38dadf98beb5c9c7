import {
  createRouteRef,
  createSubRouteRef,
} from '@backstage/frontend-plugin-api';

/** The list of meshes. */
export const rootRouteRef = createRouteRef();

/** One mesh; `mesh` is its id or name. */
export const meshRouteRef = createSubRouteRef({
  parent: rootRouteRef,
  path: '/:mesh',
});

/** The tab of a catalog entity. */
export const serviceContentRouteRef = createRouteRef();
