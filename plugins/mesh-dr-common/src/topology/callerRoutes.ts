import { resolveHost, serviceHost } from '../locality/destinationRule';
import type { RetrySettings } from '../outage/types';
import type { Caller } from './callers';
import { boundTo, meshRoute, type IngressGateway } from './gateways';
import type { GatewayLike, VirtualServiceLike } from './types';

interface ServiceName {
  namespace: string;
  name: string;
}

/** How the requests of one kind of caller are routed to a service. */
export interface CallerRoute {
  /** Absent: no VirtualService has a say, and Istio's defaults hold. */
  virtualService?: VirtualServiceLike;
  retries?: RetrySettings;
  timeout?: string;
}

/** What a caller's route to a service sets. Sidecars and gateways have VirtualServices of their own. */
export function callerRoute(
  { topology }: Caller,
  service: ServiceName,
  facts: {
    virtualServices: VirtualServiceLike[];
    gateways?: GatewayLike[];
  },
  ingress: IngressGateway[],
): CallerRoute {
  const { virtualServices, gateways = [] } = facts;
  if (topology.kind === 'sidecars') {
    const { found, chosen } = meshRoute(service, virtualServices);
    return routeOf(found, chosen);
  }
  const gateway = ingress.find(
    ({ topology: { clusterId, namespace, name } }) =>
      topology.id === `gateway:${clusterId}/${namespace}/${name}`,
  );
  for (const virtualService of virtualServices) {
    if (!gateway || !boundTo(virtualService, gateway, gateways)) continue;
    const leading = (virtualService.spec.http ?? []).filter(http =>
      leadsTo(http, virtualService, service),
    );
    if (leading.length > 0) {
      const whole = leading.find(({ match }) => !match?.length);
      return routeOf(virtualService, whole ?? leading[0]);
    }
  }
  return {};
}

/** Whether a route of a VirtualService has the service among its destinations. */
export function leadsTo(
  http: NonNullable<VirtualServiceLike['spec']['http']>[number],
  { metadata }: VirtualServiceLike,
  service: ServiceName,
): boolean {
  const host = serviceHost(service);
  return (http.route ?? []).some(
    ({ destination }) =>
      resolveHost(destination.host, metadata.namespace ?? 'default') === host,
  );
}

function routeOf(
  virtualService: VirtualServiceLike | undefined,
  chosen: object = {},
): CallerRoute {
  const { retries, timeout } = chosen as Omit<CallerRoute, 'virtualService'>;
  return {
    ...(virtualService && { virtualService }),
    ...(retries && { retries }),
    ...(timeout && { timeout }),
  };
}
