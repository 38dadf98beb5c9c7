import type {
  PredictedSplit,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** The rule that a service's callers obey, in sentences: which and why, what it hides, where calls go, what would fail. */
export function explainRule({
  service,
  rule,
  predicted,
  verdict,
  entry,
  findings,
  callers,
}: ServiceTopology): string {
  const { locality, outlierDetection, shadowed } = rule;
  const by = locality.object ?? `the ${locality.source} setting`;
  return [
    `Callers of ${service.namespace}/${
      service.name
    } obey ${by}: ${JSON.stringify(locality.setting)}.`,
    locality.reason && sentence(locality.reason),
    outlierDetection
      ? `Outlier detection comes from ${
          outlierDetection.object
        }: ${JSON.stringify(outlierDetection.settings)}.`
      : 'No outlier detection is in force, so no caller leaves a failing endpoint.',
    ...shadowed.map(({ object, reason }) =>
      sentence(`${object} is not obeyed: ${reason}`),
    ),
    ...predicted.map(split => goesTo(split, callers)),
    sentence(verdict.sentence),
    sentence(entry.sentence),
    ...findings.map(({ severity, message }) => `${severity}: ${message}`),
  ]
    .filter(Boolean)
    .join('\n');
}

function goesTo(
  { callerId, callerRegion, shares, noHealthyUpstream }: PredictedSplit,
  callers: ServiceTopology['callers'],
): string {
  const name = callers.find(({ id }) => id === callerId)?.name ?? callerId;
  const from = `Calls from ${name} in ${callerRegion || 'no known region'}`;
  if (noHealthyUpstream) {
    return `${from} find no healthy endpoint and get 503.`;
  }
  const parts = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([region, share]) => `${Math.round(share * 10) / 10} % to ${region}`);
  return `${from} go ${parts.join(', ')}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
