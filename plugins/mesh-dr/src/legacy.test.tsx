import { FlatRoutes } from '@backstage/core-app-api';
import {
  catalogApiRef,
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  ScaffolderFieldExtensions,
  useCustomFieldExtensions,
} from '@backstage/plugin-scaffolder-react';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ComponentType, ReactElement } from 'react';
import { Outlet, Route, Routes } from 'react-router-dom';
import { candidate, makeApi } from './__testUtils__/mockApi';
import { reviews } from './__testUtils__/render';
import { HANGZHOU, mesh, SHANGHAI } from './__testUtils__/topology';
import { meshDrApiRef } from './api/meshDrApiRef';
import {
  EntityMeshDrCard,
  EntityMeshDrContent,
  EnvironmentPlanFieldExtension,
  HomePageMeshDrServicesAtRisk,
  JoinPlanFieldExtension,
  MeshDrPage,
  MeshServicePickerFieldExtension,
  NetworkPlanFieldExtension,
  RegionPairFieldExtension,
  RemovalPlanFieldExtension,
  RolloutPlanFieldExtension,
  RulePlanFieldExtension,
} from './legacy';

jest.setTimeout(60_000);

const REVIEWS = '/catalog/default/component/reviews';

const removed = { key: 'cen', kind: 'cen', id: 'cen-1', title: 'CEN dr' };
const planRemoval = async () => ({ steps: [removed], warnings: [] });
const previewEnvironment = async () => ({
  resources: [{ ...removed, action: 'create' as const, expectedMs: 1000 }],
  criticalPath: ['cen'],
  expectedMs: 1000,
  billed: [],
});

/** Renders an app on the old frontend system, at `path`: its home page is `home`, other pages stand where they usually do. */
const renderLegacy = (home: ReactElement, path = '/') =>
  renderInTestApp(
    <TestApiProvider
      apis={[
        [meshDrApiRef, makeApi({ previewEnvironment, planRemoval })],
        [catalogApiRef, catalogApiMock({ entities: [reviews] })],
        [permissionApiRef, mockApis.permission()],
      ]}
    >
      <FlatRoutes>
        <Route path="/" element={home} />
        <Route path="/mesh-dr" element={<MeshDrPage />} />
        <Route
          path={REVIEWS}
          element={
            <EntityProvider entity={reviews}>
              <Outlet />
            </EntityProvider>
          }
        >
          <Routes>
            <Route
              path="/disaster-recovery"
              element={<EntityMeshDrContent />}
            />
          </Routes>
        </Route>
      </FlatRoutes>
    </TestApiProvider>,
    {
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
      routeEntries: [path],
    },
  );

describe('in an app on the old frontend system', () => {
  it('the mesh page is drawn and leads from part to part', async () => {
    await renderLegacy(<>home</>, '/mesh-dr');
    expect(
      await screen.findByRole('heading', { name: mesh.name }),
    ).toBeInTheDocument();
    const services = await screen.findByRole('region', { name: 'Services' });
    expect(
      await within(services).findByRole('link', { name: 'reviews' }),
    ).toHaveAttribute('href', `${REVIEWS}/disaster-recovery`);
    await userEvent.click(
      screen.getAllByRole('button', { name: 'Join a cluster' })[0],
    );
    expect(await screen.findByRole('dialog')).toHaveTextContent('ack-shanghai');
  });

  it("a mesh has its own address below the page's", async () => {
    await renderLegacy(<>home</>, `/mesh-dr/${mesh.id}`);
    expect(
      await screen.findByRole('heading', { name: mesh.name }),
    ).toBeInTheDocument();
    expect(await screen.findAllByText('ack-hangzhou')).not.toHaveLength(0);
  });

  it("the service's tab is drawn with its controls", async () => {
    await renderLegacy(<>home</>, `${REVIEWS}/disaster-recovery`);
    const hangzhou = await screen.findByRole('group', { name: HANGZHOU });
    expect(within(hangzhou).getByText('3/4 ready')).toBeInTheDocument();
    await userEvent.click(
      await screen.findByRole('radio', { name: 'Failover' }),
    );
    expect(
      await screen.findByRole('button', {
        name: 'Set maxEjectionPercent to 100',
      }),
    ).toBeInTheDocument();
  });

  it('the overview card says the verdict and leads to the tab', async () => {
    await renderLegacy(
      <EntityProvider entity={reviews}>
        <EntityMeshDrCard />
      </EntityProvider>,
    );
    expect(
      await screen.findByRole('list', { name: 'Pods by region' }),
    ).toBeInTheDocument();
    const link = screen.getByRole('link', { name: 'Topology and controls' });
    expect(link).toHaveAttribute('href', `${REVIEWS}/disaster-recovery`);
    await userEvent.click(link);
    expect(await screen.findByTestId(`region-${SHANGHAI}`)).toBeInTheDocument();
  });

  it('the home page card lists the services at risk', async () => {
    await renderLegacy(<HomePageMeshDrServicesAtRisk limit={5} />);
    const list = await screen.findByRole('list', { name: 'Services at risk' });
    expect(
      await within(list).findByRole('link', { name: 'reviews.default' }),
    ).toHaveAttribute('href', `${REVIEWS}/disaster-recovery`);
    expect(screen.getByText('of 2 services')).toBeInTheDocument();
  });
});

/** Draws the field of that name as the scaffolder of an old app does: out of what stands in `ScaffolderFieldExtensions`. */
function Field(props: { name: string; form: object; value?: unknown }) {
  const { name, form, value } = props;
  const fields = useCustomFieldExtensions(
    <ScaffolderFieldExtensions>
      <NetworkPlanFieldExtension />
      <EnvironmentPlanFieldExtension />
      <RemovalPlanFieldExtension />
      <JoinPlanFieldExtension />
      <RolloutPlanFieldExtension />
      <RulePlanFieldExtension />
      <RegionPairFieldExtension />
      <MeshServicePickerFieldExtension />
    </ScaffolderFieldExtensions>,
  );
  const found = fields.find(field => field.name === name);
  const Found = found?.component as ComponentType<any>;
  return (
    <Found
      formData={value}
      formContext={{ formData: form }}
      schema={{}}
      uiSchema={{ 'ui:options': {} }}
      onChange={() => {}}
    />
  );
}

describe("in an old app's forms", () => {
  const component = 'component:default/reviews';
  const failover = [{ from: HANGZHOU, to: SHANGHAI }];
  const clusters = [{ id: candidate.id }];

  it.each([
    {
      name: 'NetworkPlanField',
      value: GUIDE_PLAN,
      says: /public address space/,
    },
    {
      name: 'EnvironmentPlanField',
      form: { name: 'dr', network: GUIDE_PLAN },
      says: /create: 1/,
    },
    {
      name: 'RemovalPlanField',
      form: { environment: 'dr' },
      says: /removed: 1/,
    },
    {
      name: 'JoinPlanField',
      form: { mesh: mesh.id, clusters },
      says: /joining would fail/,
    },
    {
      name: 'RolloutPlanField',
      form: { mesh: mesh.id },
      says: /ack-hangzhou/,
    },
    {
      name: 'RulePlanField',
      form: { component, mode: 'failover', failover },
      says: /cannot be applied/,
    },
    {
      name: 'RegionPairField',
      form: { component },
      value: failover,
      says: /cn-shanghai/,
    },
    { name: 'MeshServicePickerField', value: component, says: /reviews/ },
  ])('$name is drawn', async ({ name, form = {}, value, says }) => {
    await renderLegacy(<Field name={name} form={form} value={value} />);
    expect((await screen.findAllByText(says))[0]).toBeInTheDocument();
  });
});
