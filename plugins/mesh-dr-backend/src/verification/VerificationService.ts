import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  predictThroughGateway,
  requestsForPrecision,
  wilsonInterval,
  type GatewayTopology,
  type ServiceTopology,
  type VerificationRequest,
  type VerificationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Agent } from 'node:http';
import type { Fleet } from '../fleet/Fleet';
import type { TopologyService } from '../topology/TopologyService';
import { mapLimited } from '../util/abort';
import { chainTo } from './chain';
import { resolveConnectTo, type ConnectTo } from './connectTo';
import { probe } from './probe';
import { readAnswer, type Hop } from './readAnswer';

const DEFAULT_PATH = '/api/v1/products/0/reviews';
const MAX_CONCURRENCY = 8;
/** So many requests tell how long one takes. */
const SAMPLE = 5;
/** A run is meant to last no longer than this, if more requests at once can help it. */
const WANTED_MS = 60_000;
const REQUEST_DEADLINE_MS = 15_000;
const RUN_DEADLINE_MS = 180_000;
/** Precision the suggested number of requests is for, in percentage points. */
const POINTS = 3;

interface PodPlace {
  region: string;
  version: string;
}

/** Proves where traffic goes: sends requests through a gateway and counts the regions that answered. */
export class VerificationService {
  constructor(
    private readonly fleet: Fleet,
    private readonly topology: TopologyService,
    private readonly options: {
      connectTo: ConnectTo[];
      regionHeader?: string;
      signal: AbortSignal;
    },
  ) {}

  async verify(request: VerificationRequest): Promise<VerificationResult> {
    const { meshId, namespace, name } = request;
    const service = await this.topology.get({ meshId, namespace, name });
    const gateway = chooseGateway(service, request.gatewayRegion);
    const path = request.path ?? DEFAULT_PATH;
    const port = gateway.ports.includes(80) ? 80 : gateway.ports[0] ?? 80;
    const host = gateway.address!;
    const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONCURRENCY });
    const signal = AbortSignal.any([
      this.options.signal,
      AbortSignal.timeout(RUN_DEADLINE_MS),
    ]);
    const startedAt = Date.now();
    const known = await this.podsOf(service);
    const connect = resolveConnectTo(this.options.connectTo, host, port);
    const send = async (): Promise<Hop> => {
      try {
        const answer = await probe(
          { host, port, path, connect },
          { agent, signal, deadlineMs: REQUEST_DEADLINE_MS },
        );
        return readAnswer(answer, {
          regionHeader: this.options.regionHeader,
          knownPods: known.keys(),
        });
      } catch {
        return { kind: 'failed' };
      }
    };
    let hops: Hop[];
    try {
      hops = await sendAll(request.requests, send);
    } finally {
      agent.destroy();
    }
    const durationMs = Date.now() - startedAt;
    const predicted = await this.predict(service, gateway, path);
    // Read again: pods that started while the requests ran are known now.
    return {
      ...count(hops, await this.podsOf(service)),
      requests: request.requests,
      durationMs,
      gateway: {
        address: port === 80 ? host : `${host}:${port}`,
        region: gateway.region,
      },
      ...(predicted && {
        predicted,
        suggestedRequests: suggest(predicted),
      }),
    };
  }

  /** Where the service's pods run, also those that were deleted in the last minutes. */
  private async podsOf(
    service: ServiceTopology,
  ): Promise<Map<string, PodPlace>> {
    const { clusters, members } = await this.fleet.require(service.mesh.id);
    const { namespace } = service.service;
    const places = new Map<string, PodPlace>();
    for (const member of members) {
      const watch = clusters.get(member.clusterId);
      const regions = new Map(
        watch?.facts().nodes.map(node => [node.name, node.region]),
      );
      for (const pod of watch?.recentPods() ?? []) {
        if (pod.namespace !== namespace) continue;
        places.set(pod.name, {
          region: (pod.node && regions.get(pod.node)) || member.regionId,
          version: pod.labels.version ?? 'unknown',
        });
      }
    }
    return places;
  }

  private async predict(
    service: ServiceTopology,
    gateway: GatewayTopology,
    path: string,
  ): Promise<Record<string, number> | undefined> {
    const mesh = await this.fleet.require(service.mesh.id);
    const { namespace, name } = service.service;
    const chain = chainTo(mesh.rules.virtualServices, path, {
      namespace,
      name,
    });
    return (
      chain &&
      predictThroughGateway({
        gatewayRegion: gateway.region,
        gatewayNamespace: gateway.namespace,
        chain,
        facts: this.topology.input(mesh, { namespace, name }),
      })
    );
  }
}

/**
 * One after the other as long as time allows: Envoy prefers the host with fewer requests under way, so requests at the
 * same time would drain away from the slower, remote region and bend the very shares that are counted.
 */
async function sendAll(n: number, send: () => Promise<Hop>): Promise<Hop[]> {
  const startedAt = Date.now();
  const first = await mapLimited(
    Array.from({ length: Math.min(SAMPLE, n) }),
    1,
    send,
  );
  const expectedMs = ((Date.now() - startedAt) / first.length) * n;
  const lanes = Math.min(MAX_CONCURRENCY, Math.ceil(expectedMs / WANTED_MS));
  const rest = Array.from({ length: n - first.length });
  return [...first, ...(await mapLimited(rest, Math.max(1, lanes), send))];
}

function chooseGateway(
  service: ServiceTopology,
  region: string | undefined,
): GatewayTopology {
  const reachable = service.gateways.filter(({ address }) => address);
  const chosen = reachable.find(
    gateway => !region || gateway.region === region,
  );
  if (chosen) return chosen;
  if (region && reachable.length > 0) {
    throw new NotFoundError(
      `gatewayRegion '${region}' has no ingress gateway with an address; gateways are in ${[
        ...new Set(reachable.map(gateway => gateway.region)),
      ].join(', ')}`,
    );
  }
  throw new ConflictError(
    `Mesh '${service.mesh.name}' has no ingress gateway with an address; create an IstioGateway with a LoadBalancer service and wait for its address`,
  );
}

function count(hops: Hop[], places: Map<string, PodPlace>) {
  const byRegion: Record<string, number> = {};
  const byVersion: Record<string, number> = {};
  let failed = 0;
  let unknown = 0;
  const add = (to: Record<string, number>, key: string) => {
    to[key] = (to[key] ?? 0) + 1;
  };
  for (const hop of hops) {
    const place = hop.kind === 'pod' ? places.get(hop.pod) : undefined;
    if (hop.kind === 'failed') failed += 1;
    else if (hop.kind === 'region') add(byRegion, hop.region);
    else if (place) {
      add(byRegion, place.region);
      add(byVersion, place.version);
    } else unknown += 1;
  }
  const answered = hops.length - failed - unknown;
  return {
    byRegion,
    byVersion,
    failed,
    unknown,
    shares: Object.fromEntries(
      Object.entries(byRegion).map(([region, n]) => [
        region,
        wilsonInterval(n, answered),
      ]),
    ),
  };
}

/** The share closest to one half needs the most requests. */
function suggest(predicted: Record<string, number>): number {
  return Math.max(
    ...Object.values(predicted).map(share =>
      requestsForPrecision(share, POINTS),
    ),
    1,
  );
}
