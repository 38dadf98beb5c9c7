import { isGatewayPod } from '../mesh/gateway';
import type { Registry } from '../mesh/registry';
import type {
  InboundReport,
  OutboundReport,
  Telemetry,
} from '../mesh/telemetry';
import type { PodView } from '../mesh/types';
import { BUCKETS } from './catalog';
import type { Labels } from './labels';
import { UNKNOWN_WORKLOAD, WorkloadLabels, workloadLabels } from './workload';

/** Counters of one combination of labels in one proxy. They only grow, until the pod is gone. */
export interface Counters {
  readonly labels: Labels;
  requests: number;
  /** Milliseconds of all requests. */
  sumMs: number;
  /** Requests a bucket, not cumulative; the last is above all bounds. */
  readonly buckets: number[];
}

/** What one proxy counted. */
export interface ProxyMetrics {
  readonly pod: PodView;
  readonly meshId: string;
  readonly counters: Map<string, Counters | undefined>;
}

/**
 * Istio's standard metrics, counted by every proxy for itself. The labels of a combination are made once; a request then
 * costs one key and a few additions.
 */
export class MeshMetrics implements Telemetry {
  private readonly proxies = new Map<string, ProxyMetrics>();

  constructor(
    private readonly registry: Registry,
    private readonly hasSidecar: (pod: PodView) => boolean,
  ) {}

  /** Every proxy of a pod that is still there; forgets the others. */
  alive(): ProxyMetrics[] {
    for (const [uid, { pod }] of this.proxies) {
      const now = this.registry
        .cluster(pod.clusterId)
        ?.pods.get(`${pod.namespace}/${pod.name}`);
      if (now?.uid !== uid) this.proxies.delete(uid);
    }
    return [...this.proxies.values()];
  }

  clear(): void {
    this.proxies.clear();
  }

  outbound(report: OutboundReport): void {
    const { pod, host, to, status, flag, durationMs } = report;
    const { counters } = this.proxy(pod, report.meshId);
    const key = `${host}|${to?.clusterId}|${to?.pod}|${status}|${flag}`;
    let found = counters.get(key);
    if (!found) {
      found = this.fromSource(report);
      counters.set(key, found);
    }
    count(found, durationMs);
  }

  inbound(report: InboundReport): void {
    const { pod, port, from, status, durationMs } = report;
    const meshId = this.registry.meshOf(pod.clusterId)?.mesh.id;
    if (meshId === undefined) return;
    const { counters } = this.proxy(pod, meshId);
    const key = `${port}|${from.proxy?.uid}|${status}`;
    let found = counters.get(key);
    if (!found && !counters.has(key)) {
      found = this.fromDestination(report);
      counters.set(key, found);
    }
    if (found) count(found, durationMs);
  }

  private proxy(pod: PodView, meshId: string): ProxyMetrics {
    let proxy = this.proxies.get(pod.uid);
    if (!proxy) {
      proxy = { pod, meshId, counters: new Map() };
      this.proxies.set(pod.uid, proxy);
    }
    return proxy;
  }

  private fromSource({
    pod,
    host,
    to,
    status,
    flag,
  }: OutboundReport): Counters {
    const [name, namespace] = host.split('.');
    const target =
      to?.pod === undefined
        ? undefined
        : this.registry
            .cluster(to.clusterId)
            ?.pods.get(`${namespace}/${to.pod}`);
    return newCounters({
      reporter: 'source',
      source: workloadLabels(pod),
      destination: target ? workloadLabels(target) : UNKNOWN_WORKLOAD,
      service: { host, name, namespace },
      status,
      flag,
      security: 'unknown',
    });
  }

  /** Undefined when the pod has no sidecar, or is a gateway, which reports only what it sends on. */
  private fromDestination({
    pod,
    port,
    from,
    status,
  }: InboundReport): Counters | undefined {
    if (isGatewayPod(pod) || !this.hasSidecar(pod)) return undefined;
    const name = this.serviceOf(pod, port);
    return newCounters({
      reporter: 'destination',
      source: from.proxy ? workloadLabels(from.proxy) : UNKNOWN_WORKLOAD,
      destination: workloadLabels(pod),
      service: {
        host: name
          ? `${name}.${pod.namespace}.svc.cluster.local`
          : `${pod.ip}:${port}`,
        name: name ?? 'InboundPassthroughCluster',
        namespace: pod.namespace,
      },
      status,
      flag: '-',
      security: from.proxy ? 'mutual_tls' : 'none',
    });
  }

  private serviceOf(pod: PodView, port: number): string | undefined {
    const services = this.registry.cluster(pod.clusterId)?.services.values();
    for (const service of services ?? []) {
      const selector = Object.entries(service.selector);
      if (
        service.namespace === pod.namespace &&
        selector.length > 0 &&
        selector.every(([k, v]) => pod.labels[k] === v) &&
        service.ports.some(
          p => Number(p.targetPort ?? p.port) === port || p.port === port,
        )
      ) {
        return service.name;
      }
    }
    return undefined;
  }
}

function newCounters(request: {
  reporter: 'source' | 'destination';
  source: WorkloadLabels;
  destination: WorkloadLabels;
  service: { host: string; name: string; namespace: string };
  status: number;
  flag: string;
  security: string;
}): Counters {
  const { service } = request;
  return {
    labels: {
      reporter: request.reporter,
      ...prefixed('source', request.source),
      ...prefixed('destination', request.destination),
      destination_service: service.host,
      destination_service_name: service.name,
      destination_service_namespace: service.namespace,
      request_protocol: 'http',
      response_code: String(request.status),
      response_flags: request.flag,
      connection_security_policy: request.security,
    },
    requests: 0,
    sumMs: 0,
    buckets: new Array(BUCKETS.length + 1).fill(0),
  };
}

function prefixed(prefix: string, labels: WorkloadLabels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`${prefix}_${name}`, value]),
  );
}

function count(found: Counters, durationMs: number): void {
  found.requests++;
  found.sumMs += durationMs;
  let i = 0;
  while (i < BUCKETS.length && durationMs > BUCKETS[i]) i++;
  found.buckets[i]++;
}
