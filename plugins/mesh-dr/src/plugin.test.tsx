import {
  createExtensionTester,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { makeApi } from './__testUtils__/mockApi';
import { reviews } from './__testUtils__/render';
import { meshDrApiRef } from './api/meshDrApiRef';
import * as legacy from './legacy';
import plugin, { entityServiceContent } from './plugin';
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
