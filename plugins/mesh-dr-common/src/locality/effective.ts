import {
  connectionPoolOf,
  destinationRuleRef,
  outlierDetectionOf,
  type DestinationRuleLike,
  type TrafficPolicyLike,
} from './destinationRule';
import { selectRules, type SelectedRules } from './selectRules';
import { trafficDistributionSetting } from './trafficDistribution';
import type { EffectiveRule, LocalityLbSetting, ModelVersions } from './types';

/** What `effectiveRule` looks at. */
export interface EffectiveRuleInput {
  callerNamespace: string;
  /** Labels of the calling pod, for rules with a `workloadSelector`. */
  callerLabels?: Record<string, string>;
  service: {
    namespace: string;
    name: string;
    port?: number;
    /** `spec.trafficDistribution` of the Service, or the annotation of the same meaning. */
    trafficDistribution?: string;
  };
  destinationRules: DestinationRuleLike[];
  meshSetting: LocalityLbSetting;
  subset?: string;
  /** Default: as ASM 1.22. */
  versions?: Partial<ModelVersions>;
}

/**
 * The rule a proxy in `callerNamespace` obeys for one service (and port, and subset), why, and what it overrides.
 *
 * Order as in istiod: rules of the caller's namespace, then of the service's, then of `istio-system`; inside one the most
 * specific host; several rules for one host merge, the oldest policy wins. A `portLevelSettings` entry replaces the whole
 * policy for its port; a subset's policy goes over it field by field; any locality setting of a DestinationRule replaces
 * the Service's `trafficDistribution`, and that the mesh-wide setting, in its entirety.
 */
export function effectiveRule(input: EffectiveRuleInput): EffectiveRule {
  const selected = selectRules({
    ...input,
    mergeByExportTo: input.versions?.mergeByExportTo,
  });
  const policies = layersOf(selected, input);
  const { policy, objectOf } = policies;
  const shadowed = [...selected.shadowed, ...policies.shadowed];
  const locality = localityOf(input, selected, policies);
  const outlierDetection = outlierDetectionOf(policy);
  const connectionPool = connectionPoolOf(policy);
  return {
    locality: locality.inForce,
    ...(outlierDetection && {
      outlierDetection: {
        settings: outlierDetection,
        object: objectOf('outlierDetection'),
      },
    }),
    ...(connectionPool && {
      connectionPool: {
        settings: connectionPool,
        object: objectOf('connectionPool'),
      },
    }),
    ...(policy?.loadBalancer?.simple && {
      loadBalancer: policy.loadBalancer.simple,
    }),
    ...(policy?.loadBalancer?.consistentHash !== undefined && {
      loadBalancer: 'CONSISTENT_HASH',
    }),
    shadowed: [...shadowed, ...locality.shadowed],
  };
}

/** Fields of a policy that a subset replaces one by one. */
const OVERLAID = [
  'loadBalancer',
  'outlierDetection',
  'connectionPool',
] as const;

interface Layers {
  policy?: TrafficPolicyLike;
  /** The object a field of the policy comes from. */
  objectOf(field: keyof TrafficPolicyLike): string;
  shadowed: EffectiveRule['shadowed'];
}

/** The policy for a port and subset out of the rules that merge, and which parts of them it leaves without effect. */
function layersOf(
  { chosen }: SelectedRules,
  { service: { port }, subset }: EffectiveRuleInput,
): Layers {
  const shadowed: EffectiveRule['shadowed'] = [];
  const base = chosen.find(rule => rule.spec.trafficPolicy);
  for (const rule of chosen) {
    if (base && rule !== base && rule.spec.trafficPolicy) {
      shadowed.push({
        object: destinationRuleRef(rule),
        reason: `its traffic policy is ignored because the older ${destinationRuleRef(
          base,
        )} sets one for the same host`,
      });
    }
  }
  const ofPort = entryFor(base?.spec.trafficPolicy, port);
  if (ofPort) {
    shadowed.push({
      object: `${destinationRuleRef(base!)} trafficPolicy`,
      reason: `portLevelSettings for port ${port} replace the whole policy for that port`,
    });
  }
  const top = ofPort ?? base?.spec.trafficPolicy;
  const ofSubset = chosen.find(rule => subsetOf(rule, subset));
  const own = ofSubset && subsetOf(ofSubset, subset)?.trafficPolicy;
  if (!own) {
    return {
      policy: top,
      objectOf: () => destinationRuleRef(base!),
      shadowed,
    };
  }
  const ownOfPort = entryFor(own, port);
  const laid = ownOfPort ?? own;
  const overridden = OVERLAID.filter(
    field => top?.[field] && (ownOfPort || own[field]),
  );
  if (overridden.length) {
    shadowed.push({
      object: `${destinationRuleRef(base!)} trafficPolicy`,
      reason: `subset ${subset} of ${destinationRuleRef(ofSubset)} replaces ${
        ownOfPort
          ? `the whole policy by its portLevelSettings for port ${port}`
          : overridden.join(', ')
      }`,
    });
  }
  return {
    policy: ownOfPort ?? overlay(top, own),
    objectOf: field =>
      destinationRuleRef(
        ownOfPort || laid[field] !== undefined ? ofSubset : base!,
      ),
    shadowed,
  };
}

function overlay(
  top: TrafficPolicyLike | undefined,
  own: TrafficPolicyLike,
): TrafficPolicyLike {
  const result: TrafficPolicyLike = { ...top };
  for (const field of OVERLAID) {
    if (own[field]) {
      result[field] = own[field] as never;
    }
  }
  return result;
}

function subsetOf(rule: DestinationRuleLike, subset: string | undefined) {
  return subset === undefined
    ? undefined
    : rule.spec.subsets?.find(({ name }) => name === subset);
}

function entryFor(
  policy: TrafficPolicyLike | undefined,
  port: number | undefined,
): TrafficPolicyLike | undefined {
  return policy?.portLevelSettings?.find(
    entry => port !== undefined && entry.port?.number === port,
  );
}

/** Which locality setting is in force, with the reason, and the settings below it that it replaces. */
function localityOf(
  input: EffectiveRuleInput,
  { namespace }: SelectedRules,
  { policy, objectOf }: Layers,
): {
  inForce: EffectiveRule['locality'];
  shadowed: EffectiveRule['shadowed'];
} {
  const { meshSetting, callerNamespace, service } = input;
  const ofMesh = hasRules(meshSetting) ? ['mesh-wide locality setting'] : [];
  const ofService = trafficDistributionSetting(
    service.trafficDistribution,
    input.versions,
  );
  const below = [
    ...(ofService ? [`Service ${service.namespace}/${service.name}`] : []),
    ...ofMesh,
  ];
  const zoneAware = zoneAwareSetting(policy, input.versions);
  const setting = zoneAware ?? policy?.loadBalancer?.localityLbSetting;
  if (setting) {
    const object = objectOf('loadBalancer');
    return {
      inForce: {
        setting,
        source: 'destination-rule',
        object,
        reason: `${object} is the rule for callers in namespace ${callerNamespace} (found in ${namespace}) and has a locality setting, which replaces any other`,
        ...(zoneAware && { forced: true as const }),
      },
      shadowed: below.map(other => ({
        object: other,
        reason: `${object} sets its own locality rule, which replaces ${
          other.startsWith('mesh') ? 'the mesh-wide one' : 'trafficDistribution'
        } in its entirety`,
      })),
    };
  }
  if (ofService) {
    return {
      inForce: {
        setting: ofService,
        source: 'service',
        object: `Service ${service.namespace}/${service.name}`,
        reason: `the Service asks for trafficDistribution ${service.trafficDistribution} and no DestinationRule has a locality setting`,
        forced: true,
      },
      shadowed: ofMesh.map(object => ({
        object,
        reason: `trafficDistribution of the Service replaces the mesh-wide one in its entirety`,
      })),
    };
  }
  return {
    inForce: isSet(meshSetting)
      ? {
          setting: meshSetting,
          source: 'mesh',
          reason: `no DestinationRule for callers in namespace ${callerNamespace} has a locality setting, so the mesh-wide one applies`,
        }
      : {
          setting: meshSetting,
          source: 'default',
          reason: 'nothing sets a locality rule, so Istio’s default applies',
        },
    shadowed: [],
  };
}

/** Zone-aware balancing of a policy, where the release knows it; Istio's validation keeps it apart from other rules. */
function zoneAwareSetting(
  policy: TrafficPolicyLike | undefined,
  versions: EffectiveRuleInput['versions'],
): LocalityLbSetting | undefined {
  const setting = policy?.loadBalancer?.zoneAwareLbSetting;
  return versions?.zoneAware && setting && setting.enabled !== false
    ? { ...setting, enabled: true, zoneAware: true }
    : undefined;
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
