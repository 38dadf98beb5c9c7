import {
  topologyJson,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

const bodies = new WeakMap<ServiceTopology, Buffer>();

/** A topology as it is sent, the same bytes for all who read it. */
export function bodyOf(topology: ServiceTopology): Buffer {
  let body = bodies.get(topology);
  if (!body) {
    body = Buffer.from(topologyJson(topology));
    bodies.set(topology, body);
  }
  return body;
}
