import {
  coreExtensionData,
  createExtensionInput,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef, EntityProvider } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { makeApi } from '../__testUtils__/mockApi';
import { renderWithApi, reviews } from '../__testUtils__/render';
import { makeTopology } from '../__testUtils__/topology';
import { meshDrApiRef } from '../api/meshDrApiRef';
import { CheckLine } from '../components/ServiceTab/CheckLine';
import plugin from '../plugin';
import { ServiceCheckBlueprint, ServicePanelBlueprint } from './blueprints';
import type { ServiceCheck } from './types';

/** The catalog's page of an entity, as far as tabs need it. */
const entityPage = createFrontendPlugin({
  pluginId: 'catalog',
  extensions: [
    PageBlueprint.makeWithOverrides({
      name: 'entity',
      inputs: {
        contents: createExtensionInput([
          coreExtensionData.routePath,
          coreExtensionData.reactElement,
        ]),
      },
      factory: (make, { inputs }) =>
        make({
          path: '/entity',
          loader: async () => (
            <EntityProvider entity={reviews}>
              {inputs.contents.map(content => (
                <div key={content.node.spec.id}>
                  {content.get(coreExtensionData.reactElement)}
                </div>
              ))}
            </EntityProvider>
          ),
        }),
    }),
  ],
});

const replicated = ServiceCheckBlueprint.make({
  name: 'replicated',
  params: {
    title: 'Data replicated',
    check: async ({ service }) => ({
      state: 'unmet',
      message: `The tables of ${service.name} are in one region.`,
      href: 'https://example.com/tables',
    }),
  },
});
const broken = ServiceCheckBlueprint.make({
  name: 'broken',
  params: {
    title: language => (language === 'en' ? 'On call' : '值班'),
    check: () => {
      throw new Error('the roster is closed');
    },
  },
});
const costs = ServicePanelBlueprint.make({
  name: 'costs',
  params: {
    title: 'Costs',
    loader:
      async () =>
      ({ topology }) =>
        <p>{topology.regions.length} regions to pay for</p>,
  },
});

describe('what an organisation adds', () => {
  it("stands in the service's tab", async () => {
    renderTestApp({
      features: [
        plugin,
        entityPage,
        createFrontendModule({
          pluginId: 'mesh-dr',
          extensions: [replicated, broken, costs],
        }),
      ],
      initialRouteEntries: ['/entity'],
      apis: [
        [meshDrApiRef, makeApi()],
        [catalogApiRef, catalogApiMock({ entities: [reviews] })],
      ],
    });
    const check = await screen.findByRole(
      'group',
      { name: 'Data replicated' },
      { timeout: 20_000 },
    );
    expect(check).toHaveTextContent(
      'Data replicated: not metThe tables of reviews are in one region.',
    );
    expect(within(check).getByRole('link', { name: 'Open' })).toHaveAttribute(
      'href',
      'https://example.com/tables',
    );
    expect(screen.getByRole('group', { name: 'On call' })).toHaveTextContent(
      'On call: unknownThis check failed: the roster is closed',
    );
    const panel = await screen.findByRole('region', { name: 'Costs' });
    expect(
      await within(panel).findByText('2 regions to pay for'),
    ).toBeInTheDocument();
  });

  it('is asked again when the topology changed, and keeps its line meanwhile', async () => {
    const asked: { version: string; signal: AbortSignal }[] = [];
    const slow: ServiceCheck = {
      id: 'slow',
      title: 'Slow',
      check: ({ version }, { signal }) => {
        asked.push({ version, signal });
        return asked.length === 1
          ? { state: 'met', message: `seen ${version}` }
          : new Promise(() => {});
      },
    };
    function Changing() {
      const [topology, setTopology] = useState(makeTopology());
      return (
        <>
          <CheckLine check={slow} topology={topology} />
          <button onClick={() => setTopology(makeTopology({ version: 'v2' }))}>
            change
          </button>
        </>
      );
    }
    renderWithApi(<Changing />, makeApi());
    expect(await screen.findByText('seen v1')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'change' }));
    expect(asked.map(({ version }) => version)).toEqual(['v1', 'v2']);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(screen.getByText('seen v1')).toBeInTheDocument();
  });
});
