import type { OfferedPatch, PatchOperation } from '../api/patches';
import { serviceHost } from '../locality/destinationRule';
import type { RetrySettings } from '../outage/types';
import { leadsTo, type CallerRoute } from './callerRoutes';

/** Envoy leaves a priority after two attempts in it (`update_frequency` 2), so the second retry is the first elsewhere. */
const LEAST_ATTEMPTS = 2;

/**
 * Retries of a route as they would be with `retryRemoteLocalities`; undefined when they have it, or were switched off on
 * purpose (`attempts: 0`).
 */
export function remoteRetries(
  retries: RetrySettings | undefined,
): RetrySettings | undefined {
  const { attempts = LEAST_ATTEMPTS, retryRemoteLocalities } = retries ?? {};
  const leaves = retryRemoteLocalities && attempts >= LEAST_ATTEMPTS;
  return leaves || attempts === 0
    ? undefined
    : {
        ...retries,
        attempts: Math.max(LEAST_ATTEMPTS, attempts),
        retryRemoteLocalities: true,
      };
}

/** The patch that lets retries on a route leave the failing region; undefined where there is nothing to add. */
export function retryPatch(
  service: { namespace: string; name: string },
  { virtualService }: CallerRoute,
): OfferedPatch | undefined {
  if (!virtualService) return newRoute(service);
  const {
    name,
    namespace = 'default',
    resourceVersion,
  } = virtualService.metadata;
  const additions = (virtualService.spec.http ?? []).flatMap(
    (http, index): PatchOperation[] => {
      const value = remoteRetries(http.retries as RetrySettings | undefined);
      return value && leadsTo(http, virtualService, service)
        ? [{ op: 'add', path: `/spec/http/${index}/retries`, value }]
        : [];
    },
  );
  if (additions.length === 0) return undefined;
  const operations: PatchOperation[] = [
    ...(resourceVersion !== undefined
      ? [
          {
            op: 'test' as const,
            path: '/metadata/resourceVersion',
            value: resourceVersion,
          },
        ]
      : []),
    ...additions,
  ];
  const patch = JSON.stringify(operations).replace(/'/g, `'\\''`);
  return {
    object: `VirtualService ${namespace}/${name}`,
    operations,
    command: `kubectl --kubeconfig "$ASM_KUBECONFIG" --namespace ${namespace} patch virtualservice ${name} --type json --patch '${patch}'`,
  };
}

/** Nobody routes calls of sidecars to the service yet. `create` does not touch a VirtualService that came meanwhile. */
function newRoute(service: { namespace: string; name: string }): OfferedPatch {
  const { namespace, name } = service;
  const host = serviceHost(service);
  const manifest = [
    'apiVersion: networking.istio.io/v1beta1',
    'kind: VirtualService',
    'metadata:',
    `  name: ${JSON.stringify(name)}`,
    `  namespace: ${JSON.stringify(namespace)}`,
    'spec:',
    '  hosts:',
    `    - ${host}`,
    '  http:',
    '    - retries:',
    `        attempts: ${LEAST_ATTEMPTS}`,
    '        retryRemoteLocalities: true',
    '      route:',
    '        - destination:',
    `            host: ${host}`,
    '',
  ].join('\n');
  return {
    object: `VirtualService ${namespace}/${name}`,
    manifest,
    command: `kubectl --kubeconfig "$ASM_KUBECONFIG" create --filename - <<'YAML'\n${manifest}YAML`,
  };
}
