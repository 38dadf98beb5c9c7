import type {
  GUARDRAIL_FINDING_IDS,
  LINT_IDS,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

type FindingId =
  | (typeof LINT_IDS)[number]
  | (typeof GUARDRAIL_FINDING_IDS)[number];

/*
 * Evidence that is prose. English shows the finding's own; evidence that names fields, objects and numbers only needs no
 * other language.
 */
const evidenceKey = <Id extends FindingId>(id: Id) =>
  ({ [`evidence.${id}`]: '{{message}}' } as Record<
    `evidence.${Id}`,
    '{{message}}'
  >);

/** What stands behind findings, by the id that comes with the data. */
export const evidence = {
  ...evidenceKey('missing-outlier-detection'),
  ...evidenceKey('distribution-without-outlier-detection'),
  ...evidenceKey('max-ejection-too-low'),
  ...evidenceKey('no-error-counter'),
  ...evidenceKey('gateway-errors-never-count'),
  ...evidenceKey('mesh-carries-no-outlier-detection'),
  ...evidenceKey('failover-and-distribution'),
  ...evidenceKey('unknown-region'),
  ...evidenceKey('version-gate'),
  ...evidenceKey('connect-timeout-default'),
  ...evidenceKey('connect-timeout-decides'),
  ...evidenceKey('retries-stay-in-region'),
  ...evidenceKey('distribution-without-fallback'),
  ...evidenceKey('weights-apply-at-every-hop'),
  ...evidenceKey('service-missing-near-callers'),
  ...evidenceKey('target-without-endpoints'),
  ...evidenceKey('caller-region-not-covered'),
  ...evidenceKey('region-label-typo'),
  ...evidenceKey('off-spreads-calls'),
  ...evidenceKey('guardrail-capacity'),
  ...evidenceKey('guardrail-active-shift'),
};
