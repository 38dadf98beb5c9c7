import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { identityApiRef } from '@backstage/frontend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import {
  catalogApiRef,
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  permissionApiRef,
  type PermissionApi,
} from '@backstage/plugin-permission-react';
import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import type { MeshDrApi } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ReactElement } from 'react';
import { meshDrApiRef } from '../api/meshDrApiRef';
import { rootRouteRef } from '../routes';

export const reviews: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'reviews',
    namespace: 'default',
    annotations: { 'mesh-dr.io/host': 'reviews.default' },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'guests' },
};

const allowAllBut = (denied: string[]): PermissionApi => ({
  authorize: async ({ permission }) => ({
    result: denied.includes(permission.name)
      ? AuthorizeResult.DENY
      : AuthorizeResult.ALLOW,
  }),
});

/** Renders in an app with both languages, a mesh API and a catalog that knows `reviews`. */
export function renderWithApi(
  element: ReactElement,
  api: MeshDrApi,
  options: {
    language?: string;
    entity?: Entity;
    path?: string;
    /** What the catalog holds; default: `reviews`. */
    catalog?: Entity[];
    /** What the reader may do; default: everything that is not denied. */
    permissions?: PermissionApi;
    /** Reference of the reader. */
    user?: string;
    /** Names of permissions that the reader lacks. */
    denied?: string[];
  } = {},
) {
  const {
    language = 'en',
    entity = reviews,
    path = '/',
    catalog = [reviews],
    user = 'user:default/reader',
    denied = [],
    permissions = allowAllBut(denied),
  } = options;
  // The app remembers the language of its reader, also across tests.
  window.localStorage.setItem('language', language);
  return renderInTestApp(
    <EntityProvider entity={entity}>{element}</EntityProvider>,
    {
      apis: [
        [meshDrApiRef, api],
        [identityApiRef, mockApis.identity({ userEntityRef: user })],
        [catalogApiRef, catalogApiMock({ entities: catalog })],
        [permissionApiRef, permissions],
      ],
      initialRouteEntries: [path],
      mountedRoutes: {
        '/mesh-dr': rootRouteRef,
        '/catalog/:namespace/:kind/:name':
          convertLegacyRouteRef(entityRouteRef),
      },
      config: {
        app: {
          baseUrl: 'http://localhost',
          extensions: [
            {
              'api:app/app-language': {
                config: {
                  defaultLanguage: language,
                  availableLanguages: ['en', 'zh-CN'],
                },
              },
            },
          ],
        },
        backend: { baseUrl: 'http://localhost' },
      },
    },
  );
}
