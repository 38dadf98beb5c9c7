import type { EffectiveRule } from '../locality/types';
import type { CallerPools } from '../topology/regionLoss';
import { endpointsOf } from '../topology/facts';
import type { ClusterFacts } from '../topology/types';
import { comparedLabels, whatIfPool, whatIfRule } from './snapshot';
import type { WhatIfRule, WhatIfSnapshot } from './types';

/**
 * The graph of one service for `simulate`: its callers are the entries, each with as many requests as it has proxies, so
 * that all figures are relative.
 */
export function serviceWhatIf(
  facts: { mesh: { version: string }; clusters: ClusterFacts[] },
  service: { namespace: string; name: string },
  callers: CallerPools[],
): WhatIfSnapshot {
  const id = `${service.namespace}/${service.name}`;
  const known = new Map<EffectiveRule, WhatIfRule>();
  const ruleOf = (rule: EffectiveRule) => {
    const made = known.get(rule) ?? whatIfRule(rule);
    known.set(rule, made);
    return made;
  };
  const told = comparedLabels(callers.flatMap(({ pools }) => pools));
  return {
    meshVersion: facts.mesh.version,
    services: [
      { id, endpoints: endpointsOf(facts.clusters, service, undefined, told) },
    ],
    hops: callers.map(({ caller, pools }) => ({
      from: caller.topology.id,
      to: id,
      pools: pools.map(pool => whatIfPool(pool, ruleOf(pool.rule))),
    })),
    entries: callers.map(({ caller: { topology, labels } }) => ({
      id: topology.id,
      region: topology.region,
      ...(topology.zone && { zone: topology.zone }),
      ...(labels && { labels }),
      requestsPerSecond: topology.proxies,
      proxies: topology.proxies,
    })),
  };
}

const shared = new WeakMap<WhatIfSnapshot, WhatIfSnapshot>();

/**
 * A snapshot that came as JSON, in which callers with equal rules share one object again, so that `simulate` works out
 * what they share once. The same snapshot gives the same object.
 */
export function withSharedRules(snapshot: WhatIfSnapshot): WhatIfSnapshot {
  const known = shared.get(snapshot);
  if (known) {
    return known;
  }
  const rules = new Map<string, WhatIfRule>();
  const share = (rule: WhatIfRule) => {
    const key = JSON.stringify(rule);
    const first = rules.get(key) ?? rule;
    rules.set(key, first);
    return first;
  };
  const made: WhatIfSnapshot = {
    ...snapshot,
    hops: snapshot.hops.map(hop => ({
      ...hop,
      pools: hop.pools.map(pool => ({ ...pool, rule: share(pool.rule) })),
    })),
  };
  shared.set(snapshot, made);
  return made;
}
