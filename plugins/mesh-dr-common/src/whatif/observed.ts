import type { ClusterFacts, GatewayLike } from '../topology/types';
import { ObservedCallers, type ObservedCaller } from './observedCallers';
import type { KnownCall } from './snapshot';

/** Requests from the workload of one cluster to a service in one cluster, as the callers' proxies counted them. */
export interface ObservedFlow {
  from: {
    namespace: string;
    workload: string;
    /** Istio's canonical service of the caller. */
    service?: string;
    /** Id of the cluster, where the metrics are labelled with it. */
    cluster?: string;
  };
  to: { namespace: string; service: string; cluster?: string };
  requestsPerSecond: number;
  /** Of them, those that ended with a 5xx or without an answer. */
  failedPerSecond: number;
}

/** A workload that starts requests by itself: nobody is seen to call it. */
export interface ObservedStarter {
  /** `workload:<cluster>/<namespace>/<name>`. */
  id: string;
  namespace: string;
  region: string;
  labels?: Record<string, string>;
  requestsPerSecond: number;
  /** By `namespace/name` of the service that is called. */
  callsPerRequest: Record<string, number>;
}

/** Observed flows in the terms of the graph of a mesh. */
export interface ObservedTraffic {
  /** Between services; how many calls a request that reaches the caller causes. */
  calls: (KnownCall & { callsPerRequest: number; perSecond: number })[];
  /**
   * By id of a gateway: what enters there, and by service which part of it goes there. 0 where nothing was seen to enter
   * though proxies of the cluster report; a gateway of which nothing can be known is absent.
   */
  gateways: Record<
    string,
    { requestsPerSecond: number; callsPerRequest: Record<string, number> }
  >;
  starters: ObservedStarter[];
  /** Requests that services get, by `namespace/name`. */
  requestsPerSecond: Record<string, number>;
}

/**
 * Reads flows as calls: between services by how many calls a request causes, from gateways by what enters there, and from
 * workloads that nobody calls as requests of their own. Flows to what is no service of the mesh are left out.
 *
 * @param services - `namespace/name` of all services of the mesh
 */
export function observedTraffic(
  facts: { clusters: ClusterFacts[]; gateways?: GatewayLike[] },
  services: ReadonlySet<string>,
  flows: ObservedFlow[],
): ObservedTraffic {
  const callers = new ObservedCallers(facts, services);
  const sums = new Map<
    string,
    { caller: ObservedCaller; to: string; perSecond: number }
  >();
  const incoming = new Map<string, number>();
  for (const flow of flows) {
    const to = `${flow.to.namespace}/${flow.to.service}`;
    const caller = services.has(to) ? callers.of(flow.from) : undefined;
    const self = caller?.kind === 'service' && caller.id === to;
    if (!caller || self || !(flow.requestsPerSecond > 0)) {
      continue;
    }
    add(incoming, to, flow.requestsPerSecond);
    const id = caller.kind === 'gateway' ? caller.id : caller.starter.id;
    const key = `${id} ${to}`;
    const sum = sums.get(key) ?? { caller, to, perSecond: 0 };
    sum.perSecond += flow.requestsPerSecond;
    sums.set(key, sum);
  }
  return {
    ...collect([...sums.values()], incoming, callers.reportingGateways()),
    requestsPerSecond: Object.fromEntries(incoming),
  };
}

function collect(
  sums: { caller: ObservedCaller; to: string; perSecond: number }[],
  incoming: Map<string, number>,
  reporting: string[],
): Omit<ObservedTraffic, 'requestsPerSecond'> {
  const calls = new Map<string, { from: string; to: string; sum: number }>();
  const gateways: ObservedTraffic['gateways'] = Object.fromEntries(
    reporting.map(id => [id, { requestsPerSecond: 0, callsPerRequest: {} }]),
  );
  const starters = new Map<string, ObservedStarter>();
  for (const { caller, to, perSecond } of sums) {
    if (caller.kind === 'gateway') {
      gateways[caller.id] ??= { requestsPerSecond: 0, callsPerRequest: {} };
      start(gateways[caller.id], to, perSecond);
    } else if (caller.kind === 'service' && incoming.get(caller.id)) {
      const key = `${caller.id} ${to}`;
      const call = calls.get(key) ?? { from: caller.id, to, sum: 0 };
      call.sum += perSecond;
      calls.set(key, call);
    } else {
      starters.set(caller.starter.id, caller.starter);
      start(caller.starter, to, perSecond);
    }
  }
  for (const entry of [...Object.values(gateways), ...starters.values()]) {
    for (const to of Object.keys(entry.callsPerRequest)) {
      entry.callsPerRequest[to] /= entry.requestsPerSecond;
    }
  }
  return {
    calls: [...calls.values()].map(({ from, to, sum }) => ({
      from,
      to,
      callsPerRequest: sum / incoming.get(from)!,
      perSecond: sum,
    })),
    gateways,
    starters: [...starters.values()],
  };
}

/** Counts calls of an entry; its parts are divided by the whole when all are known. */
function start(
  entry: Pick<ObservedStarter, 'requestsPerSecond' | 'callsPerRequest'>,
  to: string,
  perSecond: number,
) {
  entry.requestsPerSecond += perSecond;
  entry.callsPerRequest[to] = (entry.callsPerRequest[to] ?? 0) + perSecond;
}

function add(sums: Map<string, number>, key: string, value: number) {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
