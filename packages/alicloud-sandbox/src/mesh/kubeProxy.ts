import type { ClusterView, ServiceView } from './clusterView';
import { serviceHost } from './istiod/hosts';
import type { Network } from './network';
import { below } from './random';
import type { HopTrace } from './traces';
import type { HttpRequest, HttpResponse, PodView, RandomSource } from './types';

/** A call that got no HTTP answer: name not found, refused, timed out. */
export class CallError extends Error {
  constructor(readonly reason: 'dns' | 'refused' | 'timeout', message: string) {
    super(message);
    this.name = 'CallError';
  }
}

/** Linux gives up a connection attempt after its SYN retries; programs usually give up earlier. */
const KERNEL_CONNECT_TIMEOUT_MS = 127_000;

/**
 * A call without a sidecar: a random ready endpoint of the caller's own cluster, no retry.
 * @throws CallError when no HTTP answer came
 */
export async function callThroughKubeProxy(
  network: Network,
  random: RandomSource,
  pod: PodView,
  call: {
    host: string;
    port: number;
    request: HttpRequest;
    cluster: ClusterView;
    service: ServiceView;
    connectTimeoutMs?: number;
    signal?: AbortSignal;
    onHop: (
      hop: Pick<HopTrace, 'destination' | 'attempts' | 'status' | 'flag'>,
    ) => void;
  },
): Promise<HttpResponse> {
  const { cluster, service, request } = call;
  const port = service.ports.find(p => p.port === call.port);
  const ready = port
    ? cluster
        .endpoints(service, port.name)
        .filter(e => e.ready && !e.terminating)
    : [];
  const target = ready[below(random, ready.length)];
  if (!target) {
    throw new CallError('refused', `connection refused by ${call.host}`);
  }
  const delivery = await network.deliver(
    pod,
    {
      clusterId: cluster.id,
      namespace: service.namespace,
      pod: target.pod?.name,
      ip: target.ip,
      port: target.port,
    },
    request,
    {
      connectTimeoutMs: call.connectTimeoutMs ?? KERNEL_CONNECT_TIMEOUT_MS,
      signal: call.signal,
    },
  );
  const status = delivery.kind === 'response' ? delivery.response.status : 0;
  call.onHop({
    destination: {
      host: serviceHost(service.namespace, service.name),
      port: call.port,
      path: request.path,
    },
    status,
    flag: '-',
    attempts: [
      {
        clusterId: cluster.id,
        region: cluster.region,
        pod: target.pod?.name,
        address: `${target.ip}:${target.port}`,
        priority: 0,
        result: status ? String(status) : delivery.kind,
      },
    ],
  });
  switch (delivery.kind) {
    case 'response':
      return delivery.response;
    case 'refused':
      throw new CallError('refused', `connection refused by ${call.host}`);
    default:
      throw new CallError('timeout', `connection to ${call.host} timed out`);
  }
}
