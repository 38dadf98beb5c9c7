import {
  resolveHost,
  serviceHost,
  type DestinationRuleLike,
  type TrafficPolicyLike,
} from './destinationRule';
import { intentToTrafficPolicy } from './intent';
import type { LocalityIntent } from './types';

/**
 * The DestinationRule a service-scope change writes to: the oldest one in the service's namespace that names exactly this
 * host and applies to every pod, preferring one that has a traffic policy (the one istiod would take). Undefined: a new
 * one has to be made.
 */
export function ownedDestinationRule<T extends DestinationRuleLike>(
  destinationRules: T[],
  service: { namespace: string; name: string },
): T | undefined {
  const age = (rule: T) =>
    `${rule.metadata.creationTimestamp ?? ''} ${rule.metadata.name}`;
  const candidates = destinationRules
    .filter(
      rule =>
        (rule.metadata.namespace ?? 'default') === service.namespace &&
        !rule.spec.workloadSelector &&
        resolveHost(rule.spec.host, service.namespace) === serviceHost(service),
    )
    .sort((a, b) => (age(a) < age(b) ? -1 : 1));
  return candidates.find(rule => rule.spec.trafficPolicy) ?? candidates[0];
}

/**
 * The DestinationRules as they would be after applying an intent to one service: the top-level fields an intent owns
 * (`loadBalancer.localityLbSetting`, `outlierDetection`, our two `connectionPool` fields) are set, the rest stays.
 */
export function applyIntent(
  destinationRules: DestinationRuleLike[],
  service: { namespace: string; name: string },
  intent: LocalityIntent,
): DestinationRuleLike[] {
  const policy = intentToTrafficPolicy(intent);
  const owned = ownedDestinationRule(destinationRules, service);
  if (!owned) {
    return [
      ...destinationRules,
      {
        metadata: { name: service.name, namespace: service.namespace },
        spec: { host: serviceHost(service), trafficPolicy: { ...policy } },
      },
    ];
  }
  const before = owned.spec.trafficPolicy ?? {};
  const after: DestinationRuleLike = {
    ...owned,
    spec: {
      ...owned.spec,
      trafficPolicy: {
        ...before,
        ...policy,
        loadBalancer: { ...before.loadBalancer, ...policy.loadBalancer },
        ...(policy.connectionPool && {
          connectionPool: mergePool(
            before.connectionPool,
            policy.connectionPool,
          ),
        }),
      },
    },
  };
  return destinationRules.map(rule => (rule === owned ? after : rule));
}

type Pool = NonNullable<TrafficPolicyLike['connectionPool']>;

function mergePool(before: Pool | undefined, own: Pool): Pool {
  return {
    ...before,
    ...(own.tcp && { tcp: { ...before?.tcp, ...own.tcp } }),
    ...(own.http && { http: { ...before?.http, ...own.http } }),
  };
}
