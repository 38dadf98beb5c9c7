import {
  connectionPoolOf,
  destinationRuleRef,
  hostMatches,
  outlierDetectionOf,
  resolveHost,
  serviceHost,
  type DestinationRuleLike,
  type TrafficPolicyLike,
} from './destinationRule';
import type {
  EffectiveRule,
  LocalityIntent,
  LocalityLbSetting,
  OutlierDetection,
} from './types';

/** Namespace whose rules apply to every caller. */
const ROOT_NAMESPACE = 'istio-system';

/**
 * The rule a proxy in `callerNamespace` obeys for one service (and port, and subset).
 *
 * Order as in istiod: rules of the caller's namespace, then of the service's, then of `istio-system`; inside one the most
 * specific host; several rules for one host merge, the oldest policy wins. A `portLevelSettings` entry replaces the whole
 * policy for its port; a subset's policy goes over it field by field; any locality setting of a DestinationRule replaces
 * the mesh-wide one in its entirety.
 */
export function effectiveRule(input: {
  callerNamespace: string;
  service: { namespace: string; name: string; port?: number };
  destinationRules: DestinationRuleLike[];
  meshSetting: LocalityLbSetting;
  subset?: string;
}): EffectiveRule {
  const { service, meshSetting, subset } = input;
  const { chosen, shadowed } = selectRules(input);
  const base = chosen.find(rule => rule.spec.trafficPolicy);
  const ofSubset = chosen.find(rule =>
    rule.spec.subsets?.some(({ name }) => name === subset),
  );
  const top = forPort(base?.spec.trafficPolicy, service.port);
  const own = ofSubset?.spec.subsets?.find(
    ({ name }) => name === subset,
  )?.trafficPolicy;
  const policy = own ? mergeSubset(top, own, service.port) : top;

  for (const rule of chosen) {
    if (rule !== base && rule.spec.trafficPolicy && base) {
      shadowed.push({
        object: destinationRuleRef(rule),
        reason: `its traffic policy is ignored because the older ${destinationRuleRef(
          base,
        )} sets one for the same host`,
      });
    }
  }
  if (base && base.spec.trafficPolicy && policyOfPort(base, service.port)) {
    shadowed.push({
      object: `${destinationRuleRef(base)} trafficPolicy`,
      reason: `portLevelSettings for port ${service.port} replace the whole policy for that port`,
    });
  }

  const fromDestinationRule = policy?.loadBalancer?.localityLbSetting;
  const object = (field: keyof TrafficPolicyLike) =>
    destinationRuleRef(own?.[field] !== undefined ? ofSubset! : base!);
  if (fromDestinationRule && hasRules(meshSetting)) {
    shadowed.push({
      object: 'mesh-wide locality setting',
      reason: `${object(
        'loadBalancer',
      )} sets its own locality rule, which replaces the mesh-wide one in its entirety`,
    });
  }
  const outlierDetection = outlierDetectionOf(policy);
  const connectionPool = connectionPoolOf(policy);
  return {
    locality: fromDestinationRule
      ? {
          setting: fromDestinationRule,
          source: 'destination-rule',
          object: object('loadBalancer'),
        }
      : {
          setting: meshSetting,
          source: isSet(meshSetting) ? 'mesh' : 'default',
        },
    ...(outlierDetection && {
      outlierDetection: {
        settings: outlierDetection,
        object: object('outlierDetection'),
      },
    }),
    ...(connectionPool && {
      connectionPool: {
        settings: connectionPool,
        object: object('connectionPool'),
      },
    }),
    ...(policy?.loadBalancer?.simple && {
      loadBalancer: policy.loadBalancer.simple,
    }),
    shadowed,
  };
}

/** The DestinationRules a caller obeys for a host, oldest first, and those that name the host in vain. */
function selectRules(input: {
  callerNamespace: string;
  service: { namespace: string; name: string };
  destinationRules: DestinationRuleLike[];
}): { chosen: DestinationRuleLike[]; shadowed: EffectiveRule['shadowed'] } {
  const { callerNamespace, service } = input;
  const host = serviceHost(service);
  const shadowed: EffectiveRule['shadowed'] = [];
  const candidates: { rule: DestinationRuleLike; pattern: string }[] = [];
  // Most rules are about other hosts; sorting those would cost most of the time.
  const named = input.destinationRules.filter(rule => mayName(rule, service));
  for (const rule of named.sort(oldestFirst)) {
    const namespace = rule.metadata.namespace ?? 'default';
    const pattern = resolveHost(rule.spec.host, namespace);
    const object = destinationRuleRef(rule);
    if (!hostMatches(pattern, host)) {
      if (pattern === `${service.name}.${service.namespace}`) {
        shadowed.push({
          object,
          reason: `its host "${pattern}" contains a dot and is therefore taken as a full name, which no service has; write ${host}`,
        });
      }
    } else if (rule.spec.workloadSelector) {
      shadowed.push({
        object,
        reason: 'it has a workloadSelector and applies to selected pods only',
      });
    } else if (
      ![callerNamespace, service.namespace, ROOT_NAMESPACE].includes(namespace)
    ) {
      shadowed.push({
        object,
        reason: `it is in namespace ${namespace}; only rules in the caller's namespace (${callerNamespace}), the service's (${service.namespace}) or ${ROOT_NAMESPACE} apply`,
      });
    } else if (
      namespace !== callerNamespace &&
      !exported(rule, callerNamespace)
    ) {
      shadowed.push({
        object,
        reason: `exportTo ${JSON.stringify(
          rule.spec.exportTo,
        )} does not include the caller's namespace ${callerNamespace}`,
      });
    } else {
      candidates.push({ rule, pattern });
    }
  }

  for (const namespace of [
    callerNamespace,
    service.namespace,
    ROOT_NAMESPACE,
  ]) {
    const own = candidates.filter(
      ({ rule }) => (rule.metadata.namespace ?? 'default') === namespace,
    );
    if (own.length) {
      const best = own.reduce((a, b) =>
        specificity(b.pattern) > specificity(a.pattern) ? b : a,
      ).pattern;
      const chosen = own.filter(({ pattern }) => pattern === best);
      for (const other of candidates.filter(c => !chosen.includes(c))) {
        shadowed.push({
          object: destinationRuleRef(other.rule),
          reason: `${destinationRuleRef(chosen[0].rule)} ${
            own.includes(other)
              ? `names the host more precisely ("${best}")`
              : `comes first for callers in namespace ${callerNamespace}`
          }`,
        });
      }
      return { chosen: chosen.map(({ rule }) => rule), shadowed };
    }
  }
  return { chosen: [], shadowed };
}

/** Whether a rule's host is the service's, covers it, or was meant to. */
function mayName(
  rule: DestinationRuleLike,
  service: { namespace: string; name: string },
): boolean {
  const { host } = rule.spec;
  return (
    host.startsWith('*') ||
    host === service.name ||
    host.startsWith(`${service.name}.`)
  );
}

function oldestFirst(a: DestinationRuleLike, b: DestinationRuleLike): number {
  const key = (rule: DestinationRuleLike) =>
    `${rule.metadata.creationTimestamp ?? ''} ${rule.metadata.name} ${
      rule.metadata.namespace ?? ''
    }`;
  const [left, right] = [key(a), key(b)];
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}

function exported(rule: DestinationRuleLike, callerNamespace: string): boolean {
  const exportTo = rule.spec.exportTo ?? [];
  return (
    exportTo.length === 0 ||
    exportTo.includes('*') ||
    exportTo.includes(callerNamespace)
  );
}

/** Exact hosts before wildcards, longer wildcards before shorter. */
function specificity(pattern: string): number {
  return pattern.startsWith('*') ? pattern.length : 1000 + pattern.length;
}

function policyOfPort(rule: DestinationRuleLike, port: number | undefined) {
  return rule.spec.trafficPolicy?.portLevelSettings?.find(
    entry => port !== undefined && entry.port?.number === port,
  );
}

function forPort(
  policy: TrafficPolicyLike | undefined,
  port: number | undefined,
): TrafficPolicyLike | undefined {
  return (
    policy?.portLevelSettings?.find(
      entry => port !== undefined && entry.port?.number === port,
    ) ?? policy
  );
}

function mergeSubset(
  top: TrafficPolicyLike | undefined,
  own: TrafficPolicyLike,
  port: number | undefined,
): TrafficPolicyLike {
  const ofPort = own.portLevelSettings?.find(
    entry => port !== undefined && entry.port?.number === port,
  );
  if (ofPort) {
    return ofPort;
  }
  return {
    ...top,
    ...(own.loadBalancer && { loadBalancer: own.loadBalancer }),
    ...(own.outlierDetection && { outlierDetection: own.outlierDetection }),
    ...(own.connectionPool && { connectionPool: own.connectionPool }),
  };
}

function hasRules(setting: LocalityLbSetting): boolean {
  return (
    setting.enabled !== false &&
    Boolean(
      setting.failover?.length ||
        setting.distribute?.length ||
        setting.failoverPriority?.length,
    )
  );
}

function isSet(setting: LocalityLbSetting): boolean {
  return setting.enabled !== undefined || hasRules(setting);
}

/** `cn-hangzhou/*` and `cn-hangzhou` mean the same; people see the region. */
function regionOf(pattern: string): string {
  return pattern.replace(/(?:\/\*)+$/, '');
}

/**
 * Reads a setting back as an intent. A setting without any list (Istio's default, which merely prefers near endpoints
 * once outlier detection is on) reads as `off`: nobody asked for anything.
 */
export function intentOf(
  setting: LocalityLbSetting,
  outlierDetection?: OutlierDetection,
): LocalityIntent {
  const extra = outlierDetection && { outlierDetection };
  if (setting.enabled === false) {
    return { mode: 'off' };
  }
  if (setting.distribute?.length) {
    return {
      mode: 'distribution',
      distribute: setting.distribute.map(({ from, to }) => ({
        from: regionOf(from),
        to: Object.fromEntries(
          Object.entries(to).map(([key, weight]) => [regionOf(key), weight]),
        ),
      })),
      ...extra,
    };
  }
  if (setting.failover?.length) {
    return {
      mode: 'failover',
      failover: setting.failover.map(({ from, to }) => ({ from, to })),
      ...extra,
    };
  }
  return { mode: 'off' };
}

/** The `localityLbSetting` that an intent stands for. */
export function intentToSetting(intent: LocalityIntent): LocalityLbSetting {
  switch (intent.mode) {
    case 'failover':
      return { enabled: true, failover: intent.failover };
    case 'distribution':
      return { enabled: true, distribute: intent.distribute };
    default:
      return { enabled: false };
  }
}

/**
 * The top-level DestinationRule `trafficPolicy` fields that an intent owns. `off` switches locality balancing off for
 * the host and leaves outlier detection and connection settings unowned.
 */
export function intentToTrafficPolicy(intent: LocalityIntent): {
  loadBalancer: { localityLbSetting: LocalityLbSetting };
  outlierDetection?: OutlierDetection;
  connectionPool?: {
    tcp?: { connectTimeout: string };
    http?: { maxRequestsPerConnection: number };
  };
} {
  const loadBalancer = { localityLbSetting: intentToSetting(intent) };
  if (intent.mode === 'off') {
    return { loadBalancer };
  }
  const { connectTimeout, maxRequestsPerConnection } =
    intent.connectionPool ?? {};
  const connectionPool = {
    ...(connectTimeout !== undefined && { tcp: { connectTimeout } }),
    ...(maxRequestsPerConnection !== undefined && {
      http: { maxRequestsPerConnection },
    }),
  };
  return {
    loadBalancer,
    ...(intent.outlierDetection && {
      outlierDetection: intent.outlierDetection,
    }),
    ...(Object.keys(connectionPool).length > 0 && { connectionPool }),
  };
}
