import type { GatewayTopology } from '../api/types';
import { resolveHost, serviceHost } from '../locality/destinationRule';
import { podsOf, selects } from './facts';
import { remembered } from './remembered';
import type {
  ClusterFacts,
  GatewayLike,
  PodFacts,
  ServiceFacts,
  VirtualServiceLike,
} from './types';

/** One route to a service: a subset (or all of it) and its weight in percent. */
export interface RouteToService {
  subset?: string;
  weight: number;
}

/** An ingress gateway of one cluster, with its pods. */
export interface IngressGateway {
  topology: GatewayTopology;
  pods: PodFacts[];
  cluster: ClusterFacts;
  service: ServiceFacts;
}

const gatewayServices = remembered(
  (services: ServiceFacts[], gateways: GatewayLike[]) =>
    services.filter(service => isGateway(service, gateways)),
);

/** Every ingress gateway: a service whose selector fits an Istio Gateway (or Istio's usual label) and that is no app's. */
export function findGateways(
  clusters: ClusterFacts[],
  gateways: GatewayLike[],
): IngressGateway[] {
  return clusters.flatMap(cluster =>
    gatewayServices(cluster.services, gateways).map(service => {
      const pods = podsOf(cluster, service);
      const ingress = service.loadBalancerIngress?.[0];
      const address = ingress?.ip ?? ingress?.hostname;
      return {
        cluster,
        service,
        pods,
        topology: {
          name: service.name,
          namespace: service.namespace,
          clusterId: cluster.id,
          region: cluster.region,
          ...(address && { address }),
          ports: service.ports.map(({ port }) => port),
          ready: pods.filter(({ ready }) => ready).length,
        },
      };
    }),
  );
}

function isGateway(service: ServiceFacts, gateways: GatewayLike[]): boolean {
  const selector = service.selector ?? {};
  const label = selector.istio ?? selector['istio.io/gateway-name'];
  return (
    gateways.some(({ spec }) => selects(spec.selector, selector)) ||
    Boolean(label && /ingress/.test(label))
  );
}

/** Whether a VirtualService hangs on an Istio Gateway served by these gateway pods. */
export function boundTo(
  virtualService: VirtualServiceLike,
  gateway: IngressGateway,
  gateways: GatewayLike[],
): boolean {
  const namespace = virtualService.metadata.namespace ?? 'default';
  return (virtualService.spec.gateways ?? []).some(reference => {
    const [ns, name] = reference.includes('/')
      ? reference.split('/')
      : [namespace, reference];
    const found = gateways.find(
      candidate =>
        candidate.metadata.name === name &&
        (candidate.metadata.namespace ?? 'default') === ns,
    );
    return found && selects(found.spec.selector, gateway.service.selector);
  });
}

/** Services an ingress gateway routes to, in the order of its VirtualServices. */
export function entryServices(
  gateway: IngressGateway,
  virtualServices: VirtualServiceLike[],
  gateways: GatewayLike[],
): { namespace: string; name: string }[] {
  const entries = new Map<string, { namespace: string; name: string }>();
  for (const virtualService of virtualServices) {
    if (!boundTo(virtualService, gateway, gateways)) {
      continue;
    }
    const own = virtualService.metadata.namespace ?? 'default';
    for (const { destination } of routesOf(virtualService)) {
      const host = resolveHost(destination.host, own);
      const match = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host);
      if (match) {
        entries.set(host, { name: match[1], namespace: match[2] });
      }
    }
  }
  return [...entries.values()];
}

function routesOf(virtualService: VirtualServiceLike) {
  return (virtualService.spec.http ?? []).flatMap(({ route }) => route ?? []);
}

/**
 * How calls inside the mesh are routed to a service: by the VirtualService for its host that applies to sidecars; its
 * last route (the one without a match, by custom) counts. Without one, calls go to the whole service.
 */
export function meshRoutes(
  service: { namespace: string; name: string },
  virtualServices: VirtualServiceLike[],
): RouteToService[] {
  const host = serviceHost(service);
  const { chosen, namespace } = meshRoute(service, virtualServices);
  const own = (chosen?.route ?? []).filter(
    ({ destination }) => resolveHost(destination.host, namespace) === host,
  );
  if (!own.length) {
    return [{ weight: 100 }];
  }
  const sum = own.reduce((total, { weight }) => total + (weight ?? 0), 0);
  return own.map(({ destination, weight }) => ({
    ...(destination.subset && { subset: destination.subset }),
    weight: sum > 0 ? (100 * (weight ?? 0)) / sum : 100 / own.length,
  }));
}

/** The VirtualService that binds sidecars calling a service, and the route of it that counts. */
export function meshRoute(
  service: { namespace: string; name: string },
  virtualServices: VirtualServiceLike[],
) {
  const host = serviceHost(service);
  const found = virtualServices.find(({ metadata, spec }) => {
    const namespace = metadata.namespace ?? 'default';
    return (
      (spec.gateways ?? ['mesh']).includes('mesh') &&
      spec.hosts?.some(name => resolveHost(name, namespace) === host)
    );
  });
  const http = found?.spec.http ?? [];
  return {
    found,
    chosen: http.find(({ match }) => !match?.length) ?? http[0],
    namespace: found?.metadata.namespace ?? 'default',
  };
}
