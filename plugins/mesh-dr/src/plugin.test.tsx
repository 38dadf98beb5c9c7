import {
  createExtensionTester,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { screen, within } from '@testing-library/react';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { makeApi } from './__testUtils__/mockApi';
import { renderWithApi, reviews } from './__testUtils__/render';
import { meshDrApiRef } from './api/meshDrApiRef';
import * as legacy from './legacy';
import plugin, {
  atRiskHomeWidget,
  entityServiceCard,
  entityServiceContent,
} from './plugin';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';

describe('plugin', () => {
  it('offers the tab to components that name their service, and only to them', () => {
    const filter = createExtensionTester(entityServiceContent).get(
      EntityContentBlueprint.dataRefs.filterFunction,
    );
    expect(filter?.(reviews)).toBe(true);
    expect(filter?.({ ...reviews, kind: 'API' })).toBe(false);
    expect(filter?.({ ...reviews, metadata: { name: 'reviews' } })).toBe(false);
  });

  it('offers the overview card to the same components, as wide as the page', () => {
    const card = createExtensionTester(entityServiceCard);
    expect(card.get(EntityCardBlueprint.dataRefs.type)).toBe('content');
    const filter = card.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect(filter?.(reviews)).toBe(true);
    expect(filter?.({ ...reviews, metadata: { name: 'reviews' } })).toBe(false);
  });

  it('lets the configuration say where tab and card stand and what they are called', () => {
    const production = { 'spec.lifecycle': 'production' };
    const tab = createExtensionTester(entityServiceContent, {
      config: { title: 'Failover', filter: production },
    });
    expect(tab.get(EntityContentBlueprint.dataRefs.title)).toBe('Failover');
    const card = createExtensionTester(entityServiceCard, {
      config: { filter: production, type: 'info' },
    });
    expect(card.get(EntityCardBlueprint.dataRefs.type)).toBe('info');
    const experiment = {
      ...reviews,
      spec: { ...reviews.spec, lifecycle: 'experimental' },
    };
    for (const filter of [
      tab.get(EntityContentBlueprint.dataRefs.filterFunction),
      card.get(EntityCardBlueprint.dataRefs.filterFunction),
    ]) {
      expect(filter?.(reviews)).toBe(true);
      expect(filter?.(experiment)).toBe(false);
    }
  });

  it('draws the card as configured', async () => {
    const { unmount } = renderWithApi(
      createExtensionTester(entityServiceCard).reactElement(),
      makeApi(),
    );
    expect(
      await screen.findByRole('list', { name: 'Predicted shares of calls' }),
    ).toBeInTheDocument();
    unmount();
    renderWithApi(
      createExtensionTester(entityServiceCard, {
        config: { shares: false },
      }).reactElement(),
      makeApi(),
    );
    expect(
      await screen.findByRole('list', { name: 'Pods by region' }),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('list', { name: 'Predicted shares of calls' }),
    ).not.toBeInTheDocument();
  });

  it('has a widget for home pages, titled in the language of its reader', async () => {
    const widgetOf = (config?: { title?: string; levels?: ['protected'] }) =>
      createExtensionTester(atRiskHomeWidget, { config }).get(
        HomePageWidgetBlueprint.dataRefs.widget,
      ).component;
    const { unmount } = renderWithApi(widgetOf(), makeApi(), {
      language: 'zh-CN',
    });
    const card = await screen.findByRole('region', { name: '有风险的服务' });
    expect(
      await within(card).findByText('reviews.default'),
    ).toBeInTheDocument();
    unmount();
    renderWithApi(
      widgetOf({ title: 'All is well', levels: ['protected'] }),
      makeApi(),
    );
    const renamed = await screen.findByRole('region', { name: 'All is well' });
    expect(
      await within(renamed).findByText('productpage.default'),
    ).toBeInTheDocument();
    expect(within(renamed).queryByText('reviews.default')).toBeNull();
  });

  it('has its page at /mesh-dr', async () => {
    renderTestApp({
      features: [plugin],
      initialRouteEntries: ['/mesh-dr'],
      apis: [
        [meshDrApiRef, makeApi()],
        [catalogApiRef, catalogApiMock()],
      ],
    });
    expect(
      await screen.findByRole(
        'heading',
        { name: 'mesh-dr' },
        { timeout: 20_000 },
      ),
    ).toBeInTheDocument();
  });

  it('serves old apps too', () => {
    expect(legacy.isMeshDrAvailable(reviews)).toBe(true);
    expect(
      legacy.isMeshDrAvailable({ ...reviews, metadata: { name: 'x' } }),
    ).toBe(false);
    expect(
      [...legacy.meshDrPlugin.getApis()].map(factory => factory.api.id),
    ).toEqual([meshDrApiRef.id]);
  });
});
