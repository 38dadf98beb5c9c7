import {
  catalogApiRef,
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { screen, within } from '@testing-library/react';
import type { ReactElement } from 'react';
import { Route, Routes } from 'react-router-dom';
import { makeApi } from './__testUtils__/mockApi';
import { reviews } from './__testUtils__/render';
import { meshDrApiRef } from './api/meshDrApiRef';
import {
  EntityMeshDrCard,
  HomePageMeshDrServicesAtRisk,
  MeshDrPage,
} from './legacy';

jest.setTimeout(60_000);

/** Renders in an app on the old frontend system whose pages stand where they usually do. */
const renderLegacy = (element: ReactElement) =>
  renderInTestApp(
    <TestApiProvider
      apis={[
        [meshDrApiRef, makeApi()],
        [catalogApiRef, catalogApiMock({ entities: [reviews] })],
      ]}
    >
      <Routes>
        <Route path="/" element={element} />
        <Route path="/mesh-dr/*" element={<MeshDrPage />} />
      </Routes>
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef } },
  );

describe('in an app on the old frontend system', () => {
  it('the overview card says the verdict and leads to the tab', async () => {
    await renderLegacy(
      <EntityProvider entity={reviews}>
        <EntityMeshDrCard />
      </EntityProvider>,
    );
    expect(
      await screen.findByRole('list', { name: 'Pods by region' }),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'Topology and controls' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/reviews/disaster-recovery',
    );
  });

  it('the home page card lists the services at risk', async () => {
    await renderLegacy(<HomePageMeshDrServicesAtRisk limit={5} />);
    const list = await screen.findByRole('list', { name: 'Services at risk' });
    expect(
      await within(list).findByRole('link', { name: 'reviews.default' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/reviews/disaster-recovery',
    );
    expect(screen.getByText('of 2 services')).toBeInTheDocument();
  });
});
