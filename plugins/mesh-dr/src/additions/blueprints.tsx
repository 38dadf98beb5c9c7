import {
  createExtensionBlueprint,
  createExtensionDataRef,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';
import type { JSX } from 'react';
import type { ServiceCheck, ServicePanel, ServicePanelProps } from './types';

/** The extension with the service's tab, to which checks and panels are attached. */
const TAB = 'entity-content:mesh-dr/disaster-recovery';

export const serviceCheckDataRef = createExtensionDataRef<ServiceCheck>().with({
  id: 'mesh-dr.service-check',
});

export const servicePanelDataRef = createExtensionDataRef<ServicePanel>().with({
  id: 'mesh-dr.service-panel',
});

/** A check of one's own below the verdict of every service; its id is that of the extension. */
export const ServiceCheckBlueprint = createExtensionBlueprint({
  kind: 'mesh-dr-service-check',
  attachTo: { id: TAB, input: 'checks' },
  output: [serviceCheckDataRef],
  dataRefs: { check: serviceCheckDataRef },
  *factory(params: Omit<ServiceCheck, 'id'>, { node }) {
    yield serviceCheckDataRef({ ...params, id: node.spec.id });
  },
});

/** A panel of one's own at the end of every service's tab. It is loaded when it is shown; an error in it stays in it. */
export const ServicePanelBlueprint = createExtensionBlueprint({
  kind: 'mesh-dr-service-panel',
  attachTo: { id: TAB, input: 'panels' },
  output: [servicePanelDataRef],
  dataRefs: { panel: servicePanelDataRef },
  *factory(
    {
      title,
      loader,
    }: Pick<ServicePanel, 'title'> & {
      loader: () => Promise<(props: ServicePanelProps) => JSX.Element>;
    },
    { node },
  ) {
    yield servicePanelDataRef({
      id: node.spec.id,
      title,
      Component: ExtensionBoundary.lazyComponent(node, loader),
    });
  },
});
