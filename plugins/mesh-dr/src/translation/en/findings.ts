import type {
  LINT_IDS,
  VERDICT_KEYS,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/*
 * The linter and the verdict already speak English, with more detail than a template could have. English therefore shows
 * their own sentence; the types make the compiler ask for a translation of every id that they know.
 */
type LintMessages = Record<`lint.${(typeof LINT_IDS)[number]}`, '{{message}}'>;
type VerdictMessages = Record<
  `verdict.${(typeof VERDICT_KEYS)[number]}`,
  '{{message}}'
>;

const lint: LintMessages = {
  'lint.failover-to-itself': '{{message}}',
  'lint.weight-zero': '{{message}}',
  'lint.weights-sum': '{{message}}',
  'lint.failover-and-distribution': '{{message}}',
  'lint.unknown-region': '{{message}}',
  'lint.version-gate': '{{message}}',
  'lint.missing-outlier-detection': '{{message}}',
  'lint.distribution-without-outlier-detection': '{{message}}',
  'lint.max-ejection-too-low': '{{message}}',
  'lint.no-error-counter': '{{message}}',
  'lint.gateway-errors-never-count': '{{message}}',
  'lint.min-health-percent': '{{message}}',
  'lint.tcp-port': '{{message}}',
  'lint.mesh-carries-no-outlier-detection': '{{message}}',
  'lint.headless': '{{message}}',
  'lint.passthrough': '{{message}}',
  'lint.service-missing-near-callers': '{{message}}',
  'lint.target-without-endpoints': '{{message}}',
  'lint.from-without-callers': '{{message}}',
  'lint.caller-region-not-covered': '{{message}}',
  'lint.rule-not-obeyed': '{{message}}',
  'lint.mesh-rule-overridden': '{{message}}',
  'lint.replaces-mesh-rule': '{{message}}',
  'lint.switches-off-first': '{{message}}',
  'lint.connect-timeout-default': '{{message}}',
  'lint.distribution-without-fallback': '{{message}}',
  'lint.weights-apply-at-every-hop': '{{message}}',
  'lint.consistent-hash': '{{message}}',
  'lint.zonal-concentration': '{{message}}',
  'lint.node-without-region': '{{message}}',
  'lint.region-label-typo': '{{message}}',
  'lint.off-spreads-calls': '{{message}}',
  'lint.connect-timeout-decides': '{{message}}',
  'lint.retries-stay-in-region': '{{message}}',
};

/** What stands in place of findings about services that the reader may not see. */
const hidden = { 'lint.hidden-services': '{{message}}' };

const verdict: VerdictMessages = {
  'verdict.unknown': '{{message}}',
  'verdict.headless': '{{message}}',
  'verdict.noEndpoints': '{{message}}',
  'verdict.singleRegion': '{{message}}',
  'verdict.protected': '{{message}}',
  'verdict.partial': '{{message}}',
  'verdict.noOutlierDetection': '{{message}}',
  'verdict.noErrorCounter': '{{message}}',
  'verdict.neverEjects': '{{message}}',
  'verdict.ejectsTooFew': '{{message}}',
  'verdict.noFallback': '{{message}}',
  'verdict.keepsFailing': '{{message}}',
};

/** Labels of fix buttons, for the findings that offer one. */
const fixes = {
  'lintFix.failover-to-itself': '{{message}}',
  'lintFix.weight-zero': '{{message}}',
  'lintFix.weights-sum': '{{message}}',
  'lintFix.failover-and-distribution': '{{message}}',
  'lintFix.unknown-region': '{{message}}',
  'lintFix.missing-outlier-detection': '{{message}}',
  'lintFix.distribution-without-outlier-detection': '{{message}}',
  'lintFix.max-ejection-too-low': '{{message}}',
  'lintFix.no-error-counter': '{{message}}',
  'lintFix.gateway-errors-never-count': '{{message}}',
  'lintFix.min-health-percent': '{{message}}',
  'lintFix.mesh-carries-no-outlier-detection': '{{message}}',
  'lintFix.caller-region-not-covered': '{{message}}',
  'lintFix.connect-timeout-default': '{{message}}',
  'lintFix.connect-timeout-decides': '{{message}}',
} as const;

/** Findings, their fixes and verdicts, by the id that comes with the data. */
export const findings = { ...lint, ...hidden, ...verdict, ...fixes };
