import type { KubeObject } from '../../contract';
import { byAge, hostSpecificity, resolveShortName } from './hosts';
import type { TrafficPolicy } from './trafficPolicy';

const ROOT_NAMESPACE = 'istio-system';

/** A merged DestinationRule as one client sees it. */
export interface VisibleRule {
  trafficPolicy?: TrafficPolicy;
  subsets: {
    name: string;
    labels: Record<string, string>;
    trafficPolicy?: TrafficPolicy;
  }[];
}

/** Whom a rule is looked for. */
interface Client {
  namespace: string;
  labels: Record<string, string>;
}

/**
 * The DestinationRule for `host` that a client gets: from its own namespace, else from those that the service's namespace
 * exports, else from those that the root namespace exports. A client in the root namespace has only the private rules there
 * for its own; the public ones come last for it as for everybody.
 */
export function selectDestinationRule(
  rules: KubeObject[],
  client: Client,
  service: { host: string; namespace: string },
  mergeByExportTo = false,
): VisibleRule | undefined {
  const all = rules
    .filter(rule => !selectorOf(rule) || isMeantFor(rule, client))
    .sort(byAge);
  const inNamespace = (name: string, counts: (rule: KubeObject) => boolean) =>
    mostSpecific(
      all.filter(r => r.metadata.namespace === name && counts(r)),
      service.host,
    );
  const exported = (namespace: string) =>
    inNamespace(namespace, rule => !isPrivate(rule)).filter(rule =>
      reaches(rule, client.namespace),
    );
  const own = inNamespace(
    client.namespace,
    client.namespace === ROOT_NAMESPACE ? isPrivate : isLocal,
  );
  const found = [
    own,
    ...(own.length > 0
      ? []
      : [exported(service.namespace), exported(ROOT_NAMESPACE)]),
  ].find(some => some.length > 0);
  return found && merge(independent(found, mergeByExportTo));
}

function selectorOf(rule: KubeObject): Record<string, string> | undefined {
  return rule.spec?.workloadSelector?.matchLabels;
}

/** A rule for selected pods counts in its own namespace alone. */
function isMeantFor(rule: KubeObject, { namespace, labels }: Client): boolean {
  return (
    rule.metadata.namespace === namespace &&
    Object.entries(selectorOf(rule)!).every(([k, v]) => labels[k] === v)
  );
}

function exportsOf(rule: KubeObject): Set<string> {
  return new Set(selectorOf(rule) ? ['.'] : rule.spec?.exportTo ?? []);
}

function reaches(rule: KubeObject, namespace: string): boolean {
  const to = exportsOf(rule);
  return to.size === 0 || to.has('*') || to.has(namespace);
}

/** Whether a rule applies to its own namespace, which `exportTo` may leave out. */
function isLocal(rule: KubeObject): boolean {
  return exportsOf(rule).has('.') || reaches(rule, rule.metadata.namespace!);
}

function isPrivate(rule: KubeObject): boolean {
  const [only, ...others] = exportsOf(rule);
  return (
    others.length === 0 && (only === '.' || only === rule.metadata.namespace)
  );
}

function mostSpecific(rules: KubeObject[], host: string): KubeObject[] {
  let best = -1;
  let chosen: KubeObject[] = [];
  for (const rule of rules) {
    const pattern = resolveShortName(
      String(rule.spec?.host ?? ''),
      rule.metadata.namespace ?? 'default',
    );
    const specificity = hostSpecificity(pattern, host);
    if (specificity !== undefined && specificity >= best) {
      chosen = specificity > best ? [rule] : [...chosen, rule];
      best = specificity;
    }
  }
  return chosen;
}

/**
 * Rules for one host become one, that for selected pods before the others. Since Istio 1.24 those of unequal `exportTo` stay
 * apart: the set that came last is used, and a rule for selected pods takes over only from rules that are exported to its
 * own namespace by `.`.
 */
function independent(
  rules: KubeObject[],
  mergeByExportTo: boolean,
): KubeObject[] {
  const general = rules.filter(rule => !selectorOf(rule));
  const [first] = rules.filter(selectorOf);
  if (first) {
    const wanted = sorted(Object.entries(selectorOf(first)!).flat());
    return [
      ...rules.filter(rule => {
        const selector = selectorOf(rule);
        return selector && sorted(Object.entries(selector).flat()) === wanted;
      }),
      ...general.filter(rule => !mergeByExportTo || exportsOf(rule).has('.')),
    ];
  }
  if (!mergeByExportTo) {
    return general;
  }
  const scopes = general.map(rule => sorted([...exportsOf(rule)]));
  const last = [...new Set(scopes)].pop();
  return general.filter((_, i) => scopes[i] === last);
}

function sorted(words: string[]): string {
  return [...words].sort().join();
}

function merge(rules: KubeObject[]): VisibleRule {
  const subsets = new Map<string, VisibleRule['subsets'][number]>();
  for (const rule of rules) {
    for (const subset of rule.spec?.subsets ?? []) {
      if (!subsets.has(subset.name)) {
        subsets.set(subset.name, { ...subset, labels: subset.labels ?? {} });
      }
    }
  }
  return {
    trafficPolicy: rules.find(r => r.spec?.trafficPolicy)?.spec.trafficPolicy,
    subsets: [...subsets.values()],
  };
}
