import {
  resolveHost,
  type VirtualServiceLike,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

interface ServiceName {
  namespace: string;
  name: string;
}

interface StringMatch {
  exact?: string;
  prefix?: string;
}

/**
 * The services a request through a gateway passes until it reaches `service`: the one that the gateway routes the path
 * to, and `service` if that is another one. Undefined when no route for the path is known.
 */
export function chainTo(
  virtualServices: VirtualServiceLike[],
  fullPath: string,
  service: ServiceName,
): ServiceName[] | undefined {
  const [path] = fullPath.split('?');
  for (const { metadata, spec } of virtualServices) {
    const throughGateway = spec.gateways?.some(gateway => gateway !== 'mesh');
    const route = spec.http?.find(
      ({ match }) =>
        !match?.length ||
        match.some(condition =>
          matches((condition as { uri?: StringMatch }).uri, path),
        ),
    );
    const host = route?.route?.[0]?.destination.host;
    if (!throughGateway || !host) continue;
    const full = resolveHost(host, metadata.namespace ?? 'default');
    const [, name, namespace] =
      /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(full) ?? [];
    if (!name) return undefined;
    return name === service.name && namespace === service.namespace
      ? [service]
      : [{ namespace, name }, service];
  }
  return undefined;
}

function matches(uri: StringMatch | undefined, path: string): boolean {
  if (!uri) return true;
  if (uri.exact !== undefined) return path === uri.exact;
  return uri.prefix !== undefined && path.startsWith(uri.prefix);
}
