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
