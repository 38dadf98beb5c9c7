import {
  destinationRuleRef,
  hostMatches,
  resolveHost,
  serviceHost,
  type DestinationRuleLike,
} from './destinationRule';
import type { EffectiveRule } from './types';

/** Namespace whose rules apply to every caller. */
export const ROOT_NAMESPACE = 'istio-system';

type Shadowed = EffectiveRule['shadowed'];

/** Who asks, for which service, and how istiod merges. */
export interface RuleQuery {
  callerNamespace: string;
  /** Labels of the calling pod, for rules with a `workloadSelector`; without them such rules count as not applying. */
  callerLabels?: Record<string, string>;
  service: { namespace: string; name: string };
  destinationRules: DestinationRuleLike[];
  /** Istio ≥ 1.24: rules for one host merge only if their `exportTo` is equal. */
  mergeByExportTo?: boolean;
}

/** The DestinationRules a caller obeys for a host, in the order in which they merge, and those that name it in vain. */
export interface SelectedRules {
  chosen: DestinationRuleLike[];
  /** Namespace they were found in. */
  namespace?: string;
  shadowed: Shadowed;
}

interface Candidate {
  rule: DestinationRuleLike;
  namespace: string;
  pattern: string;
}

const namespaceOf = (rule: DestinationRuleLike) =>
  rule.metadata.namespace ?? 'default';

/**
 * Which DestinationRules a caller obeys for a host (istio `pilot/pkg/model/push_context.go`: setDestinationRules,
 * destinationRule; `destination_rule.go`: mergeDestinationRule). Looked for in the caller's namespace, then among the
 * exported ones of the service's, then of the root namespace; a caller in the root namespace looks first at rules that are
 * private there. In the first namespace that has any for the host, the most precise host counts.
 */
export function selectRules(query: RuleQuery): SelectedRules {
  const shadowed: Shadowed = [];
  const candidates = candidatesFor(query, shadowed);
  for (const step of steps(query)) {
    const index = candidates.filter(
      ({ rule, namespace }) =>
        namespace === step.namespace && step.indexed(rule),
    );
    const best = mostPrecise(index);
    const found = best.filter(({ rule }) => step.visible(rule));
    if (found.length) {
      const chosen = merged(query, found);
      tellShadowed(query, shadowed, candidates, index, chosen);
      return {
        chosen: chosen.map(({ rule }) => rule),
        namespace: step.namespace,
        shadowed,
      };
    }
  }
  tellUnseen(query, shadowed, candidates);
  return { chosen: [], shadowed };
}

/** Rules whose host covers the service and whose selector, if any, fits the caller; oldest first. */
function candidatesFor(query: RuleQuery, shadowed: Shadowed): Candidate[] {
  const { callerNamespace, callerLabels, service } = query;
  const host = serviceHost(service);
  const candidates: Candidate[] = [];
  // Most rules are about other hosts; sorting those would cost most of the time.
  const named = query.destinationRules.filter(rule => mayName(rule, service));
  for (const rule of named.sort(oldestFirst)) {
    const namespace = namespaceOf(rule);
    const pattern = resolveHost(rule.spec.host, namespace);
    const object = destinationRuleRef(rule);
    if (!hostMatches(pattern, host)) {
      if (pattern === `${service.name}.${service.namespace}`) {
        shadowed.push({
          object,
          reason: `its host "${pattern}" contains a dot and is therefore taken as a full name, which no service has; write ${host}`,
        });
      }
    } else if (
      rule.spec.workloadSelector &&
      !(
        namespace === callerNamespace &&
        selectsCaller(rule.spec.workloadSelector, callerLabels)
      )
    ) {
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
    } else {
      candidates.push({ rule, namespace, pattern });
    }
  }
  return candidates;
}

/**
 * Labels of a subset as the caller's rules define it; undefined when none of them does: then there is no such Envoy
 * cluster and calls end in 503.
 */
export function subsetLabels(
  { chosen }: SelectedRules,
  subset: string,
): Record<string, string> | undefined {
  const found = chosen
    .flatMap(rule => rule.spec.subsets ?? [])
    .find(({ name }) => name === subset);
  return found && (found.labels ?? {});
}

interface Step {
  namespace: string;
  /** Whether istiod looks at the rule at all in this step; the most precise host is found among these. */
  indexed(rule: DestinationRuleLike): boolean;
  visible(rule: DestinationRuleLike): boolean;
}

function steps({ callerNamespace, service }: RuleQuery): Step[] {
  const exported = (namespace: string): Step => ({
    namespace,
    indexed: rule => !isPrivate(rule),
    visible: rule => isExportedTo(rule, callerNamespace),
  });
  const own: Step = {
    namespace: callerNamespace,
    indexed: rule =>
      callerNamespace === ROOT_NAMESPACE
        ? isPrivate(rule)
        : appliesAtHome(rule),
    visible: () => true,
  };
  return [own, exported(service.namespace), exported(ROOT_NAMESPACE)];
}

/** A rule with a selector is private, whatever its `exportTo` says. */
function scopesOf(rule: DestinationRuleLike): string[] {
  return rule.spec.workloadSelector ? ['.'] : rule.spec.exportTo ?? [];
}

function appliesAtHome(rule: DestinationRuleLike): boolean {
  const scopes = scopesOf(rule);
  return (
    scopes.length === 0 ||
    scopes.some(scope => ['*', '.', namespaceOf(rule)].includes(scope))
  );
}

function isPrivate(rule: DestinationRuleLike): boolean {
  const scopes = [...new Set(scopesOf(rule))];
  return (
    scopes.length === 1 &&
    (scopes[0] === '.' || scopes[0] === namespaceOf(rule))
  );
}

function isExportedTo(rule: DestinationRuleLike, namespace: string): boolean {
  const scopes = scopesOf(rule);
  return (
    scopes.length === 0 || scopes.includes('*') || scopes.includes(namespace)
  );
}

function selectsCaller(
  selector: unknown,
  labels: Record<string, string> | undefined,
): boolean {
  const wanted =
    (selector as { matchLabels?: Record<string, string> }).matchLabels ?? {};
  return (
    labels !== undefined &&
    Object.entries(wanted).every(([key, value]) => labels[key] === value)
  );
}

function selectorKey({ rule }: Candidate): string | undefined {
  const { matchLabels = {} } = (rule.spec.workloadSelector ?? {}) as {
    matchLabels?: Record<string, string>;
  };
  return (rule.spec.workloadSelector &&
    JSON.stringify(Object.entries(matchLabels).sort())) as string | undefined;
}

function mostPrecise(candidates: Candidate[]): Candidate[] {
  const best = Math.max(...candidates.map(c => specificity(c.pattern)));
  return candidates.filter(c => specificity(c.pattern) === best);
}

/**
 * Of rules for one host, those that become one: the rule selected for the caller's pod before all others; from Istio 1.24
 * on, only rules of equal `exportTo`, of which the youngest set counts (a selected one takes over from those with `.`).
 */
function merged(query: RuleQuery, found: Candidate[]): Candidate[] {
  const general = found.filter(({ rule }) => !rule.spec.workloadSelector);
  const first = found.find(({ rule }) => rule.spec.workloadSelector);
  if (first) {
    const selector = selectorKey(first);
    return [
      ...found.filter(candidate => selectorKey(candidate) === selector),
      ...general.filter(
        ({ rule }) => !query.mergeByExportTo || scopesOf(rule).includes('.'),
      ),
    ];
  }
  if (!query.mergeByExportTo) {
    return general;
  }
  const sets = new Map<string, Candidate[]>();
  for (const candidate of general) {
    const key = [...new Set(scopesOf(candidate.rule))].sort().join();
    sets.set(key, [...(sets.get(key) ?? []), candidate]);
  }
  return [...sets.values()].pop()!;
}

function tellShadowed(
  query: RuleQuery,
  shadowed: Shadowed,
  candidates: Candidate[],
  index: Candidate[],
  chosen: Candidate[],
): void {
  const [{ rule, pattern }] = chosen;
  const winner = destinationRuleRef(rule);
  for (const other of candidates) {
    if (!chosen.includes(other)) {
      shadowed.push({
        object: destinationRuleRef(other.rule),
        reason: reasonAgainst(query, other) ?? beatenBy(other),
      });
    }
  }
  function beatenBy(other: Candidate): string {
    if (!index.includes(other)) {
      return `${winner} comes first for callers in namespace ${query.callerNamespace}`;
    }
    return other.pattern === pattern
      ? `${winner} names the same host with another exportTo and is younger; since Istio 1.24 such rules do not merge`
      : `${winner} names the host more precisely ("${pattern}")`;
  }
}

function tellUnseen(
  query: RuleQuery,
  shadowed: Shadowed,
  candidates: Candidate[],
): void {
  for (const candidate of candidates) {
    shadowed.push({
      object: destinationRuleRef(candidate.rule),
      reason:
        reasonAgainst(query, candidate) ??
        'a rule that names the host more precisely comes first, but is not exported to the caller',
    });
  }
}

/** Why a rule cannot apply to the caller at all; undefined when it could. */
function reasonAgainst(
  { callerNamespace }: RuleQuery,
  { rule, namespace }: Candidate,
): string | undefined {
  const reaches =
    namespace === callerNamespace
      ? appliesAtHome(rule)
      : isExportedTo(rule, callerNamespace);
  return reaches
    ? undefined
    : `exportTo ${JSON.stringify(
        rule.spec.exportTo,
      )} does not include the caller's namespace ${callerNamespace}`;
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

/** Exact hosts before wildcards, longer wildcards before shorter. */
function specificity(pattern: string): number {
  return pattern.startsWith('*') ? pattern.length : 1000 + pattern.length;
}
