import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  SimulationRequest,
  SimulationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { reducedSimulation } from '../access/reduced';
import type { ServiceReaders } from '../access/ServiceReaders';
import type { SimulationService } from './SimulationService';

/**
 * Simulates for a reader: all services take part, so that the figures are true; told about are those that the reader may
 * see.
 *
 * @throws NotAllowedError when the request names a service that the reader may not see
 */
export async function simulateFor(
  deps: { readers: ServiceReaders; simulation: SimulationService },
  credentials: BackstageCredentials,
  meshId: string,
  request: SimulationRequest,
): Promise<SimulationResult> {
  const { readers, simulation } = deps;
  const visible = await readers.visibleIn(credentials, meshId);
  if (!visible.everything) {
    for (const id of namedIn(request)) {
      const [namespace, name] = id.split('/');
      await readers.assertReads(credentials, { meshId, namespace, name });
    }
  }
  return reducedSimulation(
    await simulation.simulate(meshId, request, visible.sees),
    visible,
  );
}

/** Services that a request names, as `namespace/name`. */
function namedIn(request: SimulationRequest): Set<string> {
  const { edits, rules = [], calls = [], capacityPerEndpoint = {} } = request;
  return new Set([
    ...edits.flatMap(edit =>
      'service' in edit && edit.service ? [edit.service] : [],
    ),
    ...rules.flatMap(({ service }) =>
      service ? [`${service.namespace}/${service.name}`] : [],
    ),
    ...calls.flatMap(({ from, to }) => [from, to]),
    ...Object.keys(capacityPerEndpoint),
    ...(request.services ?? []),
  ]);
}
