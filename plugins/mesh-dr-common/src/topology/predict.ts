import type { PredictedSplit } from '../api/types';
import { effectiveRule } from '../locality/effective';
import type { DestinationRuleLike } from '../locality/destinationRule';
import { composeHops, type HopMatrix, type Shares } from '../locality/hops';
import { selectRules, subsetLabels } from '../locality/selectRules';
import { predictSplit, type SplitInput } from '../locality/split';
import type {
  CallerLocality,
  EffectiveRule,
  LocalityEndpoints,
  LocalityLbSetting,
} from '../locality/types';
import { modelVersions } from '../versions';
import { endpointsOf } from './facts';
import { remembered } from './remembered';
import { serviceIn } from './snapshotIndex';
import { findGateways, meshRoutes, type RouteToService } from './gateways';
import { gatewayCaller, type Caller } from './callers';
import type { ClusterFacts, GatewayLike, VirtualServiceLike } from './types';

/** What a prediction rests on; a `TopologyInput` fits. */
export interface PredictionFacts {
  mesh: { version: string };
  clusters: ClusterFacts[];
  destinationRules: DestinationRuleLike[];
  virtualServices: VirtualServiceLike[];
  /** Tell which services are ingress gateways, and so the zone of one. */
  gateways?: GatewayLike[];
  meshSetting: LocalityLbSetting;
}

/** One Envoy cluster a caller uses for a service: its endpoints, its rule and the part of the calls it gets (percent). */
export interface Pool {
  subset?: string;
  /** What endpoints of the subset have in common; absent when nobody defined it. */
  labels?: Record<string, string>;
  weight: number;
  endpoints: LocalityEndpoints[];
  rule: EffectiveRule;
}

/** What the Service asks for, in the first cluster whose Service asks for anything. */
export function trafficDistributionOf(
  clusters: ClusterFacts[],
  service: { namespace: string; name: string },
): string | undefined {
  return clusters
    .map(cluster => serviceIn(cluster, service)?.trafficDistribution)
    .find(found => found !== undefined);
}

/** Labels that the locality of an endpoint tells already. */
const BY_LOCALITY = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
];

/**
 * The Envoy clusters behind a service for callers in a namespace.
 *
 * @param callerLabels - of the calling pods, where it is known which they are
 */
export function poolsFor(
  facts: PredictionFacts,
  service: { namespace: string; name: string },
  callerNamespace: string,
  routes: RouteToService[] = meshRoutes(service, facts.virtualServices),
  callerLabels?: Record<string, string>,
): Pool[] {
  const port = facts.clusters
    .map(cluster => serviceIn(cluster, service)?.ports[0]?.port)
    .find(found => found !== undefined);
  const trafficDistribution = trafficDistributionOf(facts.clusters, service);
  const versions = modelVersions(facts.mesh.version);
  const selected = selectRules({
    callerNamespace,
    callerLabels,
    service,
    destinationRules: facts.destinationRules,
    mergeByExportTo: versions.mergeByExportTo,
  });
  return routes.map(({ subset, weight }) => {
    const rule = effectiveRule({
      callerNamespace,
      callerLabels,
      service: { ...service, port, trafficDistribution },
      destinationRules: facts.destinationRules,
      meshSetting: facts.meshSetting,
      subset,
      versions,
    });
    const splitBy = (rule.locality.setting.failoverPriority ?? [])
      .map(label => label.split('=')[0])
      .filter(key => !BY_LOCALITY.includes(key));
    const labels = subset && subsetLabels(selected, subset);
    return {
      ...(subset && { subset }),
      ...(labels && { labels }),
      weight,
      // A subset nobody defined has no Envoy cluster: 503.
      endpoints:
        subset && !labels
          ? []
          : endpointsOf(facts.clusters, service, labels || undefined, splitBy),
      rule,
    };
  });
}

/** The parts of an effective rule that decide about a split. */
export function splitRule(
  rule: EffectiveRule,
): Pick<
  SplitInput,
  'setting' | 'outlierDetection' | 'forced' | 'consistentHash'
> {
  return {
    setting: rule.locality.setting,
    outlierDetection: rule.outlierDetection?.settings,
    forced: rule.locality.forced,
    consistentHash: rule.loadBalancer === 'CONSISTENT_HASH',
  };
}

/** Split of one caller over all pools of a service; shares by region and by `region/zone`. */
export function splitOver(
  pools: Pool[],
  caller: CallerLocality,
  meshVersion: string,
): { shares: Shares; byLocality: Shares; noHealthyUpstream: boolean } {
  const shares: Shares = {};
  const byLocality: Shares = {};
  const versions = modelVersions(meshVersion);
  for (const { endpoints, rule, weight } of pools) {
    const split = predictSplit({
      ...splitRule(rule),
      caller,
      endpoints,
      versions,
    });
    add(shares, split.shares, weight);
    add(byLocality, split.byLocality, weight);
  }
  return {
    shares,
    byLocality,
    noHealthyUpstream: Object.keys(shares).length === 0,
  };
}

function add(into: Shares, shares: Shares, weight: number) {
  for (const [key, share] of Object.entries(shares)) {
    into[key] = (into[key] ?? 0) + (share * weight) / 100;
  }
}

/** The pools each caller uses. Callers of one namespace and kind share them. */
export function poolsOfCallers(
  facts: PredictionFacts,
  service: { namespace: string; name: string },
  callers: Caller[],
): { caller: Caller; pools: Pool[] }[] {
  const known = new Map<string, Pool[]>();
  return callers.map(caller => {
    const { kind, id } = caller.topology;
    // Whose pods are known, obeys rules of its own.
    const key = caller.labels ? id : `${kind}/${caller.namespace}`;
    // A VirtualService for sidecars does not bind gateways, which have routes of their own.
    const routes =
      kind === 'gateway'
        ? [{ weight: 100 }]
        : meshRoutes(service, facts.virtualServices);
    const pools =
      known.get(key) ??
      poolsFor(facts, service, caller.namespace, routes, caller.labels);
    known.set(key, pools);
    return { caller, pools };
  });
}

/** Where a caller stands, with what istiod knows of its labels. */
export function placeOf({ topology, labels }: Caller): CallerLocality {
  const { region, zone } = topology;
  return { region, ...(zone && { zone }), ...(labels && { labels }) };
}

/** Split of a caller over the pools it uses, as they are. */
export const splitOf = remembered(
  ({ caller, pools }: { caller: Caller; pools: Pool[] }, meshVersion: string) =>
    splitOver(pools, placeOf(caller), meshVersion),
);

/** Predicted split of every caller of a service over the pools it uses. */
export function predictCallers(
  pooled: { caller: Caller; pools: Pool[] }[],
  meshVersion: string,
): PredictedSplit[] {
  return pooled.map(entry => {
    const { caller } = entry;
    const { shares, noHealthyUpstream } = splitOf(entry, meshVersion);
    return {
      callerId: caller.topology.id,
      callerRegion: caller.topology.region,
      shares: rounded(shares),
      noHealthyUpstream,
    };
  });
}

/** Shares to a hundredth of a percent: finer is not meant. */
export function rounded(shares: Shares): Shares {
  return Object.fromEntries(
    Object.entries(shares)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, Math.round(value * 100) / 100]),
  );
}

/**
 * Where requests through a gateway end: hop by hop along `chain` (e.g. productpage, then reviews), each hop by the rule
 * its callers obey. Percent by region of the last service; what is missing to 100 gets no answer.
 *
 * @param gatewayRegion - region of the gateway's proxy; its zone is looked up among the gateway's pods unless given
 */
export function predictThroughGateway(input: {
  gatewayRegion: string;
  gatewayZone?: string;
  gatewayNamespace?: string;
  chain: { namespace: string; name: string }[];
  facts: PredictionFacts;
}): Shares {
  const { facts, chain } = input;
  const region = input.gatewayRegion;
  const zone = input.gatewayZone ?? zoneOfGateway(facts, region);
  let at: Shares = { [localityKey({ region, zone })]: 100 };
  let namespace = input.gatewayNamespace ?? 'istio-system';
  chain.forEach((service, index) => {
    const routes =
      index === 0
        ? [{ weight: 100 }]
        : meshRoutes(service, facts.virtualServices);
    const pools = poolsFor(facts, service, namespace, routes);
    const matrix: HopMatrix = Object.fromEntries(
      Object.keys(at).map(key => {
        const [fromRegion, fromZone] = key.split('/');
        const caller = { region: fromRegion, zone: fromZone };
        return [key, splitOver(pools, caller, facts.mesh.version).byLocality];
      }),
    );
    at = composeHops(at, matrix);
    namespace = service.namespace;
  });
  const byRegion: Shares = {};
  for (const [key, share] of Object.entries(at)) {
    const [last] = key.split('/');
    byRegion[last] = (byRegion[last] ?? 0) + share;
  }
  return rounded(byRegion);
}

function zoneOfGateway(
  facts: PredictionFacts,
  region: string,
): string | undefined {
  return findGateways(facts.clusters, facts.gateways ?? [])
    .map(gateway => gatewayCaller(gateway).topology)
    .find(topology => topology.region === region)?.zone;
}

function localityKey({ region, zone }: CallerLocality): string {
  return zone ? `${region}/${zone}` : `${region ?? ''}`;
}
