import type { ObservedFlow } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { queryPrometheus, type PrometheusSource } from './Prometheus';

/** Labels of Istio's standard metrics that say who called whom, from where to where. */
const LABELS = [
  'source_workload',
  'source_workload_namespace',
  'source_canonical_service',
  'source_cluster',
  'destination_service_name',
  'destination_service_namespace',
  'destination_cluster',
  'response_code',
];
/** What 20,000 calls of a mesh take, bytes. */
const MAX_ANSWER = 16 * 1024 * 1024;

/** What to read, and how patiently. */
export interface FlowQuery {
  /** How far back requests are counted, as PromQL writes it; a multiple of the scrape interval. */
  window: string;
  /** Only calls of one service. */
  service?: { namespace: string; name: string };
  /** ms; default 5 s. */
  deadlineMs?: number;
}

/**
 * Requests per second of every workload to every service, as the callers' proxies count them (`istio_requests_total` with
 * `reporter="source"`): callers without a sidecar do not show.
 *
 * @throws ForwardedError when Prometheus cannot be asked
 */
export async function queryFlows(
  source: PrometheusSource,
  { window, service, deadlineMs }: FlowQuery,
): Promise<ObservedFlow[]> {
  const selector = [
    'reporter="source"',
    ...(service
      ? [
          `destination_service_name=${JSON.stringify(service.name)}`,
          `destination_service_namespace=${JSON.stringify(service.namespace)}`,
        ]
      : []),
  ].join(',');
  const samples = await queryPrometheus(
    source,
    `sum by (${LABELS.join(
      ',',
    )}) (rate(istio_requests_total{${selector}}[${window}])) > 0`,
    { deadlineMs, maxBytes: MAX_ANSWER },
  );
  const flows = new Map<string, ObservedFlow>();
  for (const { labels, value } of samples) {
    if (!(value > 0 && Number.isFinite(value))) continue;
    const { response_code: code = '', ...ends } = labels;
    const key = JSON.stringify(LABELS.map(name => ends[name]));
    const flow = flows.get(key) ?? flowOf(ends);
    flows.set(key, flow);
    flow.requestsPerSecond += value;
    // 0: the caller hung up, or no answer came.
    if (/^(0|5\d\d)$/.test(code)) flow.failedPerSecond += value;
  }
  return [...flows.values()];
}

function flowOf(labels: Record<string, string>): ObservedFlow {
  const known = (name: string) =>
    labels[name] === 'unknown' ? undefined : labels[name];
  const service = known('source_canonical_service');
  const from = known('source_cluster');
  const to = known('destination_cluster');
  return {
    from: {
      namespace: labels.source_workload_namespace ?? '',
      workload: labels.source_workload ?? '',
      ...(service && { service }),
      ...(from && { cluster: from }),
    },
    to: {
      namespace: labels.destination_service_namespace ?? '',
      service: labels.destination_service_name ?? '',
      ...(to && { cluster: to }),
    },
    requestsPerSecond: 0,
    failedPerSecond: 0,
  };
}
