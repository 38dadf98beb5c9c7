import {
  wilsonInterval,
  type VerificationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

function addCounts(
  a: Record<string, number>,
  b: Record<string, number>,
): Record<string, number> {
  const sum = { ...a };
  for (const [key, count] of Object.entries(b)) {
    sum[key] = (sum[key] ?? 0) + count;
  }
  return sum;
}

/** Adds a batch of answers to what was counted before; shares and intervals are computed anew over all of them. */
export function addBatch(
  total: VerificationResult | undefined,
  batch: VerificationResult,
): VerificationResult {
  if (!total) {
    return batch;
  }
  const byRegion = addCounts(total.byRegion, batch.byRegion);
  const counted = Object.values(byRegion).reduce((acc, n) => acc + n, 0);
  return {
    ...batch,
    requests: total.requests + batch.requests,
    byRegion,
    byVersion: addCounts(total.byVersion, batch.byVersion),
    failed: total.failed + batch.failed,
    unknown: total.unknown + batch.unknown,
    shares: Object.fromEntries(
      Object.entries(byRegion).map(([region, count]) => [
        region,
        wilsonInterval(count, counted),
      ]),
    ),
    durationMs: total.durationMs + batch.durationMs,
  };
}
