import type { KubeObject } from '../../contract';
import type { Json } from '../json';

const TOPOLOGY_LABELS = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
];

/** `cn-hangzhou/*` and `cn-hangzhou` name the same places. */
const segmentsOf = (locality: string) =>
  locality.split('/').filter(segment => segment !== '*');

/** Whether some place is named by both. */
function overlap(one: string, other: string): boolean {
  const a = segmentsOf(one);
  return segmentsOf(other).every(
    (segment, i) => i >= a.length || segment === a[i],
  );
}

function localitiesFault(localities: string[]): string | undefined {
  for (const [i, locality] of localities.entries()) {
    const stars = locality.split('*').length - 1;
    if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) {
      return `locality ${locality} wildcard '*' number can not exceed 1 and must be in the end`;
    }
    if (locality.split('/').includes('')) {
      return `locality ${locality} must not contain empty region/zone/subzone info`;
    }
    if (localities.slice(0, i).some(earlier => overlap(earlier, locality))) {
      return `locality ${locality} overlap with previous specified ones`;
    }
  }
  return undefined;
}

function distributeFault(rules: Json[]): string | undefined {
  for (const { to = {} } of rules) {
    const weights = Object.values(to) as number[];
    if (weights.some(weight => weight < 1 || weight > 100)) {
      return 'locality weight must be in range [1, 100]';
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total !== 100) return `total locality weight ${total} != 100`;
    const fault = localitiesFault(Object.keys(to));
    if (fault) return fault;
  }
  return localitiesFault(rules.map(({ from = '' }) => from));
}

function failoverFault(rules: Json[]): string | undefined {
  for (const { from = '', to = '' } of rules) {
    if (from === to) {
      return 'locality lb failover settings must specify different regions';
    }
    if (from.includes('/') || to.includes('/')) {
      return 'locality lb failover only specify region';
    }
    if (from.includes('*') || to.includes('*')) {
      return "locality lb failover region should not contain '*' wildcard";
    }
  }
  return undefined;
}

function settingFault(setting: Json): string | undefined {
  const { distribute = [], failover = [], failoverPriority = [] } = setting;
  if (distribute.length && failover.length) {
    return "can not simultaneously specify 'distribute' and 'failover'";
  }
  const label = failoverPriority.find((l: string) =>
    TOPOLOGY_LABELS.includes(l),
  );
  if (failover.length && label) {
    return `can not simultaneously set 'failover' and topology label '${label}' in 'failover_priority'`;
  }
  return distributeFault(distribute) ?? failoverFault(failover);
}

/**
 * What istiod's validating webhook has against the `localityLbSetting`s of a DestinationRule, in its words
 * (istio/istio, pkg/config/validation/agent/validation.go, validateLocalityLbSetting); undefined when nothing.
 * Failover without outlier detection is let through as there: the webhook only warns about it.
 */
export function localityFault({ spec }: KubeObject): string | undefined {
  const policies = [
    spec?.trafficPolicy,
    ...(spec?.subsets ?? []).map((subset: Json) => subset.trafficPolicy),
  ].flatMap(policy => [policy, ...(policy?.portLevelSettings ?? [])]);
  for (const policy of policies) {
    const setting = policy?.loadBalancer?.localityLbSetting;
    const fault = setting && settingFault(setting);
    if (fault) return fault;
  }
  return undefined;
}
