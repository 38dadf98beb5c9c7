/*
 * The tab and the mesh page on canned answers, to look at without a backend: `yarn start` in this folder.
 * `?case=dead|three|gate|evacuated` on /tab and /cards picks another topology, `&shift` adds a gradual shift under way.
 * `?services=5000` on /mesh-dr gives the mesh that many services.
 */
// The app imports it; here there is no app.
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend
import '@backstage/ui/css/styles.css';
import type { Entity } from '@backstage/catalog-model';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { catalogApiRef, EntityProvider } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import ReactDOM from 'react-dom/client';
import { ConfigReader } from '@backstage/core-app-api';
import { makeApi } from '../src/__testUtils__/mockApi';
import { makeShift } from '../src/__testUtils__/shifts';
import {
  makeDeadRegionTopology,
  makeEvacuatedTopology,
  makeThreeRegionTopology,
  makeTopology,
  mesh,
} from '../src/__testUtils__/topology';
import { meshDrApiRef } from '../src/api/meshDrApiRef';
import { AtRisk } from '../src/components/cards/AtRisk';
import { AtRiskSection } from '../src/components/cards/AtRiskSection';
import { EntityDrCard } from '../src/components/cards/EntityDrCard';
import { ServiceTab } from '../src/components/ServiceTab/ServiceTab';
import { LEVELS } from '../src/lib/services';
import plugin from '../src/plugin';

const params = new URLSearchParams(window.location.search);
const topology =
  {
    dead: makeDeadRegionTopology,
    three: makeThreeRegionTopology,
    evacuated: makeEvacuatedTopology,
  }[params.get('case') ?? ''] ?? makeTopology;

const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'reviews',
    annotations: { 'mesh-dr.io/host': 'reviews.default' },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'guests' },
};
const unannotated: Entity = {
  ...entity,
  metadata: { name: 'ratings' },
};

/** As many services as `?services=5000` says. */
const many = Array.from({ length: Number(params.get('services')) }, (_, i) => ({
  meshId: mesh.id,
  namespace: `team-${i % 12}`,
  name: `service-${String(i).padStart(4, '0')}`,
  regions: ['cn-hangzhou', 'cn-shanghai'].map((region, at) => ({
    region,
    ready: (i + at) % 4,
    total: 3,
  })),
  protection: LEVELS[i % LEVELS.length],
}));

const harness = createFrontendPlugin({
  pluginId: 'harness',
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/tab',
        title: 'Tab',
        loader: async () => (
          <div style={{ padding: 24 }}>
            <EntityProvider
              entity={params.get('case') === 'none' ? unannotated : entity}
            >
              <ServiceTab />
            </EntityProvider>
          </div>
        ),
      },
    }),
    PageBlueprint.make({
      name: 'cards',
      params: {
        path: '/cards',
        title: 'Cards',
        loader: async () => (
          <div
            style={{
              display: 'grid',
              gap: 24,
              padding: 24,
              gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))',
            }}
          >
            <EntityProvider entity={entity}>
              <EntityDrCard />
            </EntityProvider>
            <AtRiskSection>
              <AtRisk limit={5} />
            </AtRiskSection>
          </div>
        ),
      },
    }),
    ApiBlueprint.make({
      name: 'catalog',
      params: defineParams =>
        defineParams({
          api: catalogApiRef,
          deps: {},
          factory: () => catalogApiMock({ entities: [entity] }),
        }),
    }),
  ],
});

const canned = createFrontendModule({
  pluginId: 'mesh-dr',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: meshDrApiRef,
          deps: {},
          factory: () => {
            const current = topology();
            return makeApi({
              ...(params.has('services') && {
                listServices: async ({ limit = 50, cursor = '0' }) => {
                  const end = Number(cursor) + limit;
                  return {
                    items: many.slice(Number(cursor), end),
                    ...(end < many.length && { nextCursor: String(end) }),
                  };
                },
              }),
              ...(params.has('shift') && {
                listShifts: async () => ({ items: [makeShift()] }),
              }),
              topology:
                params.get('case') === 'gate'
                  ? {
                      ...current,
                      mesh: {
                        ...current.mesh,
                        version: 'v1.20.6.35',
                        gates: {
                          distribution: {
                            allowed: false,
                            requires: '1.22.6.66',
                          },
                        },
                      },
                    }
                  : current,
            });
          },
        }),
    }),
  ],
});

const app = createApp({
  features: [plugin, harness, canned],
  advanced: {
    configLoader: async () => ({
      config: new ConfigReader({
        app: {
          title: 'Mesh DR',
          baseUrl: window.location.origin,
          extensions: [
            { 'sign-in-page:app': false },
            {
              'api:app/app-language': {
                config: { availableLanguages: ['en', 'zh-CN'] },
              },
            },
          ],
        },
        backend: { baseUrl: window.location.origin },
      }),
    }),
  },
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
