import type { KubeObject } from '../../contract';
import { byService, SERVICE_NAME } from '../indexes';
import type { Json } from '../json';
import { ENDPOINT_SLICES } from '../kinds';
import { ownerReference, type ControllerContext } from './manager';

const MANAGED = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';
const PER_SLICE = 100;

/** Endpoints that agree on the numbers behind the service's ports: they share slices. */
export interface EndpointGroup {
  ports: Json[];
  endpoints: Json[];
}

interface Page {
  slice?: KubeObject;
  ports: Json[];
  endpoints: Json[];
}

const portsKey = (ports: Json[]) => JSON.stringify(ports);
const addressOf = (endpoint: Json): string =>
  endpoint.targetRef?.uid ?? endpoint.addresses[0];

/** Deals the endpoints out so that as few slices change as possible: each stays where it is, new ones fill the gaps. */
function deal(groups: EndpointGroup[], existing: KubeObject[]): Page[] {
  const pages: Page[] = [];
  for (const { ports, endpoints } of groups) {
    const left = new Map(endpoints.map(e => [addressOf(e), e]));
    const own = existing.filter(
      s => portsKey(s.ports ?? []) === portsKey(ports),
    );
    const kept = own.map(slice => {
      const stay: Json[] = [];
      for (const before of slice.endpoints ?? []) {
        const now = left.get(addressOf(before));
        if (!now) continue;
        stay.push(now);
        left.delete(addressOf(before));
      }
      return { slice, ports, endpoints: stay };
    });
    const rest = [...left.values()];
    for (const page of kept) {
      page.endpoints.push(...rest.splice(0, PER_SLICE - page.endpoints.length));
    }
    pages.push(...kept.filter(p => p.endpoints.length > 0));
    while (rest.length > 0) {
      pages.push({ ports, endpoints: rest.splice(0, PER_SLICE) });
    }
  }
  // A service without endpoints keeps one empty slice; slices nobody needs are used again before new ones are made.
  if (pages.length === 0) pages.push({ ports: [], endpoints: [] });
  const used = new Set(pages.map(p => p.slice));
  const spare = existing.filter(s => !used.has(s));
  for (const page of pages) page.slice ??= spare.shift();
  return pages;
}

/** Writes the EndpointSlices of a service. */
export function writeSlices(
  { storage }: ControllerContext,
  service: KubeObject,
  groups: EndpointGroup[],
): void {
  const { namespace = '', name } = service.metadata;
  const existing = storage
    .find(ENDPOINT_SLICES, byService(namespace, name))
    .filter(s => s.metadata.labels?.[MANAGED] === MANAGER)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const labels = {
    ...service.metadata.labels,
    ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
    [SERVICE_NAME]: name,
    [MANAGED]: MANAGER,
  };
  const pages = deal(groups, existing);
  const used = new Set(pages.map(p => p.slice));
  for (const { slice, endpoints, ports } of pages) {
    if (slice) {
      storage.update(ENDPOINT_SLICES, namespace, slice.metadata.name, o => {
        o.metadata.labels = labels;
        o.endpoints = endpoints;
        o.ports = ports;
      });
    } else {
      storage.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: '',
          generateName: `${name}-`,
          namespace,
          labels,
          ownerReferences: [ownerReference(service)],
        },
        addressType: 'IPv4',
        endpoints,
        ports,
      });
    }
  }
  for (const slice of existing.filter(s => !used.has(s))) {
    storage.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
  }
}
