import { parseDuration } from '../locality/rules';
import {
  costOf,
  KnownForecasts,
  OFFERED_CONNECT_TIMEOUT,
  sparesCalls,
  sparesTime,
  type OutageComparison,
  type OutageRemedies,
} from '../outage/remedies';
import type { Failure, OutageInput } from '../outage/types';
import { callerRoute, type CallerRoute } from './callerRoutes';
import { findCallers, type Caller } from './callers';
import { findGateways, type IngressGateway } from './gateways';
import { outagesOf } from './outageInputs';
import { placeOf, poolsOfCallers, splitOver, type Pool } from './predict';
import { remoteRetries, retryPatch } from './retryPatch';
import type { TopologyInput } from './types';
import { worstLosses } from './verdict';

const REQUESTS_PER_SECOND = 10;
/** Learning takes seconds; two minutes hold the first re-tests, too. */
const OUTAGE_SECONDS = 120;
/** Requests played per forecast: a page has a tenth of a second for a dozen of them. */
const EFFORT = 300;
/** A forecast lives through every host: beyond so many endpoints it takes longer than a page should. */
const MOST_ENDPOINTS = 200;
const LOST: Failure = { kind: 'black-hole' };
const REFUSED: Failure = { kind: 'refuse' };
/** Istio's, where nobody sets one. */
const DEFAULT_CONNECT_TIMEOUT = '10s';

interface Entry {
  caller: Caller;
  pools: Pool[];
  route: CallerRoute;
}

/** Who calls a service, and by which rules. */
interface FoundCallers {
  ingress: IngressGateway[];
  callers: Caller[];
  pooled: { caller: Caller; pools: Pool[] }[];
}

function callersOf(facts: TopologyInput): FoundCallers {
  const ingress = findGateways(facts.clusters, facts.gateways);
  const callers = findCallers(facts, ingress);
  const pooled = poolsOfCallers(facts, facts.service, callers);
  return { ingress, callers, pooled };
}

type Change = (input: OutageInput) => OutageInput;
const asIs: Change = input => input;

/**
 * Works out which of two settings decide how the loss of a region ends for the callers of a service: the connect timeout of
 * its DestinationRule, and retries that may leave the failing region, which are in the VirtualService of the route.
 */
export class RemedyPredictor {
  private readonly forecasts = new KnownForecasts();

  /**
   * For the rules as they are in the facts.
   *
   * @param found - of the same facts, where they are known already
   * @returns undefined when nobody calls, no region whose loss would matter has a ready endpoint, or there are more than 200
   *   endpoints
   */
  of(
    facts: TopologyInput,
    found: FoundCallers = callersOf(facts),
  ): OutageRemedies | undefined {
    const { service, mesh } = facts;
    const { ingress, pooled } = found;
    const region = worstLosses(pooled, mesh.version)[0]?.region;
    const many = pooled.some(({ pools }) => sizeOf(pools) > MOST_ENDPOINTS);
    if (region === undefined || many) return undefined;
    const entries = pooled
      .filter(({ caller, pools }) => {
        const split = splitOver(pools, placeOf(caller), mesh.version);
        return (split.shares[region] ?? 0) > 0;
      })
      .map(entry => ({
        ...entry,
        route: callerRoute(entry.caller, service, facts, ingress),
      }));
    if (entries.length === 0) return undefined;
    const proxies = proxiesOf(entries);
    const compare = (some: Entry[], failure: Failure, change: Change) => ({
      now: this.cost(some, region, mesh.version, failure, asIs),
      then: this.cost(some, region, mesh.version, failure, change),
    });
    const connectTimeout = offeredTimeout(entries, compare);
    return {
      region,
      proxies,
      requestsPerSecondPerProxy: REQUESTS_PER_SECOND,
      outageSeconds: OUTAGE_SECONDS,
      requests: proxies * REQUESTS_PER_SECOND * OUTAGE_SECONDS,
      ...(connectTimeout && { connectTimeout }),
      retries: byRoute(entries).flatMap(some =>
        offeredRetries(service, some, compare),
      ),
    };
  }

  private cost(
    entries: Entry[],
    region: string,
    version: string,
    failure: Failure,
    change: Change,
  ) {
    const inputs = entries.flatMap(({ route, ...entry }) =>
      outagesOf(entry, {
        region,
        failure,
        version,
        route,
        requestsPerSecond: REQUESTS_PER_SECOND,
      }).map(input =>
        change({ ...input, outageSeconds: OUTAGE_SECONDS, effort: EFFORT }),
      ),
    );
    return costOf(
      inputs.map(input => ({ input, forecast: this.forecasts.of(input) })),
    );
  }
}

type Compare = (
  some: Entry[],
  failure: Failure,
  change: Change,
) => OutageComparison;

function offeredTimeout(
  entries: Entry[],
  compare: Compare,
): OutageComparison | undefined {
  const offered = parseDuration(OFFERED_CONNECT_TIMEOUT);
  const set = entries.flatMap(({ pools }) =>
    pools.map(
      ({ rule }) =>
        rule.connectionPool?.settings.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
    ),
  );
  if (set.every(timeout => parseDuration(timeout) <= offered)) return undefined;
  const found = compare(entries, LOST, input => ({
    ...input,
    connectTimeout: OFFERED_CONNECT_TIMEOUT,
  }));
  const proxies = proxiesOf(entries);
  const costsCalls = found.then.failed > 1.05 * found.now.failed + proxies;
  return !costsCalls && (sparesTime(found) || sparesCalls(found, proxies))
    ? found
    : undefined;
}

function offeredRetries(
  service: TopologyInput['service'],
  entries: Entry[],
  compare: Compare,
): OutageRemedies['retries'] {
  const [{ route }] = entries;
  const retries = remoteRetries(route.retries);
  const patch = retries && retryPatch(service, route);
  if (!patch) return [];
  const change: Change = input => ({ ...input, retries });
  const refused = compare(entries, REFUSED, change);
  const lost = compare(entries, LOST, change);
  const proxies = proxiesOf(entries);
  return sparesCalls(refused, proxies) || sparesCalls(lost, proxies)
    ? [{ refused, lost, patch }]
    : [];
}

function sizeOf(pools: Pool[]): number {
  return pools
    .flatMap(({ endpoints }) => endpoints)
    .reduce((sum, { total }) => sum + total, 0);
}

function proxiesOf(entries: Entry[]): number {
  return entries.reduce((sum, { caller }) => sum + caller.topology.proxies, 0);
}

/** Callers whose route is in the same VirtualService, or in none. */
function byRoute(entries: Entry[]): Entry[][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { namespace = 'default', name } = entry.route.virtualService
      ?.metadata ?? { name: '' };
    const key = `${namespace}/${name}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}
