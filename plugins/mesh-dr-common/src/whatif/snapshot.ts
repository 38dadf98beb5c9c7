import type { EffectiveRule } from '../locality/types';
import { gatewayCaller, type Caller } from '../topology/callers';
import { endpointsOf } from '../topology/facts';
import { entryServices, findGateways, meshRoutes } from '../topology/gateways';
import {
  poolsFor,
  splitRule,
  type Pool,
  type PredictionFacts,
} from '../topology/predict';
import type { ObservedTraffic } from './observed';
import type {
  CallSource,
  WhatIfEntry,
  WhatIfHop,
  WhatIfPool,
  WhatIfRule,
  WhatIfService,
  WhatIfSnapshot,
} from './types';

/** A call between two services that somebody knows of: from the catalog, or from observed traffic. */
export interface KnownCall {
  /** `namespace/name`. */
  from: string;
  to: string;
  callsPerRequest?: number;
  bytesPerCall?: number;
  optional?: boolean;
}

/** What the portal knows beside the facts of a mesh. */
export interface WhatIfKnowledge {
  calls: (KnownCall & { source?: CallSource })[];
  /** Requests that were seen: they give gateways their rates and parts, and add workloads that start requests. */
  observed?: Pick<ObservedTraffic, 'gateways' | 'starters'>;
  /** Requests per second by id of an entry (`gateway:<cluster>/<namespace>/<name>`); wins over what was seen. */
  requestsPerSecond?: Record<string, number>;
  /** Requests per second that one ready endpoint takes, by `namespace/name`. */
  capacityPerEndpoint?: Record<string, number>;
}

/** Label by which the portal tells versions of a service apart. */
const VERSION = 'version';

/** Labels by which endpoints have to be told apart: by subsets, by priorities, and as versions. */
export function comparedLabels(
  pools: Pick<Pool, 'labels' | 'rule'>[],
): string[] {
  const keys = pools.flatMap(({ labels = {}, rule }) => [
    ...Object.keys(labels),
    ...(rule.locality.setting.failoverPriority ?? []).map(
      label => label.split('=')[0],
    ),
  ]);
  return [...new Set([VERSION, ...keys])].filter(
    key => !key.startsWith('topology.kubernetes.io/'),
  );
}

function partsOf(id: string): { namespace: string; name: string } {
  const [namespace, name] = id.split('/');
  if (!namespace || !name) {
    throw new RangeError(
      `"${id}" is no service; write namespace/name, e.g. default/reviews`,
    );
  }
  return { namespace, name };
}

/** Pools by callee and kind of caller, so that callers that obey the same rule share its results. */
class RuleCache {
  private readonly known = new Map<string, WhatIfPool[]>();
  private readonly made = new Map<string, Pool[]>();

  constructor(private readonly facts: PredictionFacts) {}

  pools(to: string, namespace: string, gateway?: Caller): WhatIfPool[] {
    const key = [to, namespace, gateway?.topology.id].join(' ');
    const pools = this.known.get(key) ?? this.make(to, namespace, gateway);
    this.known.set(key, pools);
    return pools;
  }

  /** Labels by which endpoints of a service have to be told apart. */
  labelsOf(id: string): string[] {
    return comparedLabels(this.made.get(id) ?? []);
  }

  private make(
    to: string,
    namespace: string,
    gateway: Caller | undefined,
  ): WhatIfPool[] {
    const service = partsOf(to);
    // A VirtualService for sidecars does not bind gateways, which have routes of their own.
    const routes = gateway
      ? [{ weight: 100 }]
      : meshRoutes(service, this.facts.virtualServices);
    const pools = poolsFor(
      this.facts,
      service,
      namespace,
      routes,
      gateway?.labels,
    );
    this.made.set(to, [...(this.made.get(to) ?? []), ...pools]);
    return pools.map(pool => whatIfPool(pool, whatIfRule(pool.rule)));
  }
}

/** A pool as a what-if needs it, with the parts of its rule. */
export function whatIfPool(
  { subset, labels, weight }: Pool,
  rule: WhatIfRule,
): WhatIfPool {
  return {
    weight,
    ...(labels && { subset: labels }),
    ...(subset && !labels && { undefinedSubset: true }),
    rule,
  };
}

/** The parts of an effective rule that a what-if needs. */
export function whatIfRule(rule: EffectiveRule): WhatIfRule {
  return {
    ...splitRule(rule),
    meshWide: ['mesh', 'default'].includes(rule.locality.source),
  };
}

/**
 * The graph of a mesh for `simulate`: entries are its ingress gateways and what their VirtualServices route to, further hops
 * are the known calls, each with the rule that the calling service's proxies obey. Workloads that were seen to start requests
 * are entries, too.
 */
export function whatIfSnapshot(
  facts: PredictionFacts,
  knowledge: WhatIfKnowledge,
): WhatIfSnapshot {
  const { calls, observed, capacityPerEndpoint = {} } = knowledge;
  const gateways = findGateways(facts.clusters, facts.gateways ?? []).map(
    gateway => {
      const caller = gatewayCaller(gateway);
      const seen = observed?.gateways[caller.topology.id];
      const routed = entryServices(
        gateway,
        facts.virtualServices,
        facts.gateways ?? [],
      ).map(({ namespace, name }) => `${namespace}/${name}`);
      return { caller, seen, services: entryCalls(routed, seen) };
    },
  );
  const starters = observed?.starters ?? [];
  const rules = new RuleCache(facts);
  const hops = [
    ...gateways.flatMap(({ caller, services, seen }) =>
      services.map(
        ({ to, source }): WhatIfHop => ({
          from: caller.topology.id,
          to,
          ...(seen?.requestsPerSecond && {
            callsPerRequest: seen.callsPerRequest[to] ?? 0,
          }),
          source,
          pools: rules.pools(to, caller.namespace, caller),
        }),
      ),
    ),
    ...starters.flatMap(({ id, namespace, callsPerRequest }) =>
      Object.entries(callsPerRequest).map(
        ([to, part]): WhatIfHop => ({
          from: id,
          to,
          callsPerRequest: part,
          source: 'observed',
          pools: rules.pools(to, namespace),
        }),
      ),
    ),
    ...calls.map(
      ({
        from,
        to,
        callsPerRequest,
        bytesPerCall,
        optional,
        source,
      }): WhatIfHop => ({
        from,
        to,
        ...(callsPerRequest !== undefined && { callsPerRequest }),
        ...(bytesPerCall !== undefined && { bytesPerCall }),
        ...(optional !== undefined && { optional }),
        ...(source && { source }),
        pools: rules.pools(to, partsOf(from).namespace),
      }),
    ),
  ];
  const ids = new Set([
    ...gateways.flatMap(({ services }) => services.map(({ to }) => to)),
    ...starters.flatMap(({ callsPerRequest }) => Object.keys(callsPerRequest)),
    ...calls.flatMap(({ from, to }) => [from, to]),
  ]);
  const entries = [
    ...gateways.map(({ caller: { topology, labels } }) => ({
      id: topology.id,
      region: topology.region,
      ...(topology.zone && { zone: topology.zone }),
      ...(labels && { labels }),
    })),
    ...starters.map(({ id, region, labels }) => ({
      id,
      region,
      ...(labels && { labels }),
    })),
  ].map((entry): WhatIfEntry => {
    const rate = entryRate(entry.id, knowledge);
    return rate === undefined ? entry : { ...entry, requestsPerSecond: rate };
  });
  for (const { id } of entries) {
    ids.delete(id);
  }
  return {
    meshVersion: facts.mesh.version,
    services: [...ids].map(
      (id): WhatIfService => ({
        id,
        endpoints: endpointsOf(
          facts.clusters,
          partsOf(id),
          undefined,
          rules.labelsOf(id),
        ),
        ...(capacityPerEndpoint[id] !== undefined && {
          capacityPerEndpoint: capacityPerEndpoint[id],
        }),
      }),
    ),
    hops,
    entries,
  };
}

/** Requests per second of an entry: as the request says, else as seen. */
function entryRate(
  id: string,
  { requestsPerSecond = {}, observed }: WhatIfKnowledge,
): number | undefined {
  return (
    requestsPerSecond[id] ??
    observed?.gateways[id]?.requestsPerSecond ??
    observed?.starters.find(starter => starter.id === id)?.requestsPerSecond
  );
}

/** Services a gateway calls: those it routes to, and those it was seen to call although no route is understood to say so. */
function entryCalls(
  routed: string[],
  seen: ObservedTraffic['gateways'][string] | undefined,
): { to: string; source: CallSource }[] {
  const others = Object.keys(seen?.callsPerRequest ?? {}).filter(
    to => !routed.includes(to),
  );
  return [
    ...routed.map(to => ({ to, source: 'gateway' as const })),
    ...others.map(to => ({ to, source: 'observed' as const })),
  ];
}
