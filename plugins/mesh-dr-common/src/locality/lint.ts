import type { LintFinding } from '../api/types';
import { lintDetection } from './lint/detection';
import { lintOutage } from './lint/outage';
import { lintPrecedence } from './lint/precedence';
import { lintReach } from './lint/reach';
import { lintRisk } from './lint/risk';
import { lintShape } from './lint/shape';
import type { LintInput } from './lint/support';

export { RECOMMENDED_OUTLIER_DETECTION } from './lint/support';
export type { LintInput } from './lint/support';

/** Ids of all findings, the keys of their translations (`lint.<id>`). */
export const LINT_IDS = [
  'failover-to-itself',
  'weight-zero',
  'weights-sum',
  'failover-and-distribution',
  'unknown-region',
  'version-gate',
  'missing-outlier-detection',
  'distribution-without-outlier-detection',
  'max-ejection-too-low',
  'no-error-counter',
  'gateway-errors-never-count',
  'min-health-percent',
  'tcp-port',
  'mesh-carries-no-outlier-detection',
  'headless',
  'passthrough',
  'service-missing-near-callers',
  'target-without-endpoints',
  'from-without-callers',
  'caller-region-not-covered',
  'rule-not-obeyed',
  'mesh-rule-overridden',
  'replaces-mesh-rule',
  'switches-off-first',
  'connect-timeout-default',
  'distribution-without-fallback',
  'weights-apply-at-every-hop',
  'consistent-hash',
  'zonal-concentration',
  'node-without-region',
  'region-label-typo',
  'off-spreads-calls',
  'connect-timeout-decides',
  'retries-stay-in-region',
] as const;

const order: Record<LintFinding['severity'], number> = {
  refuse: 0,
  warn: 1,
  inform: 2,
};

/**
 * Judges a rule, proposed or deployed, by what is known about the mesh. `refuse`: Istio would reject it, or it would do
 * nothing; `warn`: legal, but risky; `inform`: worth knowing. Facts missing from the context are not judged. Sorted by
 * severity.
 */
export function lintIntent(input: LintInput): LintFinding[] {
  if (input.context.services.length === 0) {
    // A mesh that serves nothing yet: what the rule says can be judged, whom it would concern cannot.
    return lintShape(input);
  }
  return [
    ...lintShape(input),
    ...lintDetection(input),
    ...lintReach(input),
    ...lintPrecedence(input),
    ...lintRisk(input),
    ...lintOutage(input),
  ].sort((a, b) => order[a.severity] - order[b.severity]);
}
