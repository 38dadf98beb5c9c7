import {
  serviceReadPermission,
  simulationRequestSchema,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { parse } from '../routes/parse';
import { simulateFor } from '../whatif/simulateFor';
import { simulationInput } from './schemas';
import type { Admit, AssistantServices } from './registerActions';

/** The action that plays a loss through the whole mesh, on paper. */
export function registerSimulating(
  { actions, readers, simulation }: AssistantServices,
  admit: Admit,
): void {
  actions.register({
    name: 'simulate',
    title: 'Simulate the loss of regions or pods',
    description:
      'Says what would happen to the calls through a whole mesh if a region, a zone, a version or pods were gone, or if other locality rules held: the percentage of requests that fail, shares per hop and caller region, load of the services, traffic between regions, each before and after. Figures are a prediction for the time after ejections have settled; nothing is touched. For one rule of one service, preview-rule says more.',
    attributes: { readOnly: true, idempotent: true },
    visibilityPermission: serviceReadPermission,
    schema: {
      input: simulationInput,
      output: z => z.object({ simulation: z.record(z.any()) }),
    },
    action: async ({ credentials, input: { mesh, ...asked } }) => {
      await admit(credentials, serviceReadPermission);
      const request = parse(simulationRequestSchema, asked);
      const result = await simulateFor(
        { readers, simulation },
        credentials,
        mesh,
        request,
      );
      return { output: { simulation: { ...result } } };
    },
  });
}
