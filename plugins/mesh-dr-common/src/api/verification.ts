/** Traffic verification: real requests through an ingress gateway, counted by the region that answered. */

export interface VerificationRequest {
  meshId: string;
  /** The service whose answering region is counted. */
  namespace: string;
  name: string;
  /** Number of requests, 1 to 2000. */
  requests: number;
  /** Region whose ingress gateway is used; default: the first gateway with an address. */
  gatewayRegion?: string;
  /** Path through the gateway whose answer names the pod, default `/api/v1/products/0/reviews`. */
  path?: string;
}

export interface VerificationResult {
  requests: number;
  /** Answers counted by the region of the pod that answered. */
  byRegion: Record<string, number>;
  byVersion: Record<string, number>;
  /** Requests whose hop failed (even when the page answered 200). */
  failed: number;
  /** Answers whose region could not be told. */
  unknown: number;
  /** Percent with a 95 % confidence interval per region (Wilson). */
  shares: Record<string, { percent: number; low: number; high: number }>;
  /** Prediction end to end through the gateway, for comparison, when it could be computed. */
  predicted?: Record<string, number>;
  gateway: { address: string; region: string };
  durationMs: number;
  /** Requests needed to tell the predicted share within ±3 points at 95 %. */
  suggestedRequests?: number;
}
