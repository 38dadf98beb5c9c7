/** Names of the metrics, as Istio's proxies and Prometheus itself write them. */
export const REQUESTS = 'istio_requests_total';
export const DURATION = 'istio_request_duration_milliseconds';
export const UP = 'up';

/** Upper bounds of the duration's buckets in milliseconds: Envoy's defaults. The last bucket is +Inf. */
export const BUCKETS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
  60_000, 300_000, 600_000, 1_800_000, 3_600_000,
];

/** `GET /api/v1/metadata`. Envoy exposes no help texts. */
export const METADATA: Record<
  string,
  { type: string; help: string; unit: string }[]
> = {
  [REQUESTS]: [{ type: 'counter', help: '', unit: '' }],
  [DURATION]: [{ type: 'histogram', help: '', unit: '' }],
};
