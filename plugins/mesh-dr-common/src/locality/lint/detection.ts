import type { LintFinding } from '../../api/types';
import {
  DEFAULT_MAX_EJECTION_PERCENT,
  ejectedHosts,
  minimumMaxEjectionPercent,
} from '../ejection';
import type { LintService } from '../lintTypes';
import {
  fromRegions,
  list,
  outlierDetectionFor,
  pools,
  readyIn,
  RECOMMENDED_OUTLIER_DETECTION,
  serviceSeverity,
  withOutlierDetection,
  type LintInput,
} from './support';

/** Istio's and Envoy's default of `consecutive5xxErrors`. */
const DEFAULT_CONSECUTIVE_5XX = 5;

/** Findings about outlier detection: without it, or with a cap too low, a rule does not move a single call. */
export function lintDetection(input: LintInput): LintFinding[] {
  const { intent, context } = input;
  if (intent.mode === 'off') {
    return [];
  }
  return [
    ...lintMissing(input),
    ...context.services.flatMap(service => [
      ...lintCap(input, service),
      ...lintCounters(input, service),
      ...lintGatewayErrors(input, service),
      ...lintPanic(input, service),
      ...lintTcp(input, service),
    ]),
    ...lintMeshCarries(input),
  ];
}

function lintMissing(input: LintInput): LintFinding[] {
  const { target, intent, context } = input;
  const without = context.services.filter(
    service => !outlierDetectionFor(input, service),
  );
  if (!without.length) {
    return [];
  }
  const names = without.map(({ namespace, name }) => `${namespace}/${name}`);
  const fix =
    target.scope === 'service'
      ? {
          fix: {
            label: 'Add outlier detection',
            intent: withOutlierDetection(intent, RECOMMENDED_OUTLIER_DETECTION),
          },
        }
      : {};
  if (intent.mode === 'distribution') {
    return [
      {
        id: 'distribution-without-outlier-detection',
        severity: 'warn',
        message: `Without outlier detection the weights hold even when a region fails: its share of the calls keeps failing. This concerns ${list(
          names,
        )}.`,
        values: { services: names.join(', ') },
        evidence: `no outlierDetection in force for ${list(names)}`,
        ...fix,
      },
    ];
  }
  // A mesh-wide rule is no dead letter as long as one service heeds it.
  const dead =
    target.scope === 'service' || without.length === context.services.length;
  return [
    {
      id: 'missing-outlier-detection',
      severity: dead ? 'refuse' : 'warn',
      message: `Failover without outlier detection does nothing: Istio sets no priorities, so calls spread over all regions by number of endpoints${splitText(
        without[0],
      )}. This concerns ${list(names)}.`,
      values: { services: names.join(', ') },
      evidence: `no outlierDetection in force for ${list(names)}`,
      ...fix,
    },
  ];
}

function splitText(service: LintService): string {
  const all = readyIn(service.endpoints);
  if (!all) {
    return '';
  }
  const regions = [...new Set(service.endpoints.map(group => group.region))];
  const parts = regions.map(
    region =>
      `${region} ${Math.round(
        (100 * readyIn(service.endpoints, region)) / all,
      )} %`,
  );
  return ` (${parts.join(', ')})`;
}

function lintCap(input: LintInput, service: LintService): LintFinding[] {
  const { target, intent } = input;
  const settings = outlierDetectionFor(input, service);
  if (!settings || intent.mode === 'off') {
    return [];
  }
  const cap = settings.maxEjectionPercent ?? DEFAULT_MAX_EJECTION_PERCENT;
  const worst = pools(service)
    .flatMap(({ label, endpoints }) =>
      // What an evacuated service has to be able to leave is the region that took over.
      [
        ...new Set(
          intent.mode === 'evacuation' ? [intent.to] : fromRegions(intent),
        ),
      ].map(region => {
        const local = readyIn(endpoints, region);
        const total = readyIn(endpoints);
        return {
          label,
          region,
          local,
          total,
          needed: minimumMaxEjectionPercent(local, total - local),
        };
      }),
    )
    .filter(({ local, total, needed }) => local < total && needed > cap)
    .sort((a, b) => b.needed - a.needed)[0];
  if (!worst) {
    return [];
  }
  const { label, region, local, total, needed } = worst;
  const ejected = ejectedHosts({
    local,
    remote: total - local,
    maxEjectionPercent: cap,
  });
  const given =
    settings.maxEjectionPercent === undefined
      ? `maxEjectionPercent is not set, so Envoy's default of ${cap} applies`
      : `maxEjectionPercent is ${cap}`;
  return [
    {
      id: 'max-ejection-too-low',
      severity: intent.mode === 'failover' ? serviceSeverity(target) : 'warn',
      message: `${label} would not leave ${region}: ${given}, and of its ${total} endpoints Envoy may eject ${
        ejected === 0 ? 'none' : `only ${ejected} of the ${local} in ${region}`
      }. At least ${needed} is needed; 100 is recommended.`,
      values: { service: label, region, cap, total, local, ejected, needed },
      evidence: `${local} of ${total} ready endpoints in ${region}; floor(${cap} % of ${total}) = ${Math.floor(
        (cap * total) / 100,
      )} may be ejected`,
      ...(target.scope === 'service' && {
        fix: {
          label: 'Set maxEjectionPercent to 100',
          intent: withOutlierDetection(intent, { maxEjectionPercent: 100 }),
        },
      }),
    },
  ];
}

function lintCounters(input: LintInput, service: LintService): LintFinding[] {
  const { target, intent } = input;
  const settings = outlierDetectionFor(input, service);
  if (
    !settings ||
    settings.consecutive5xxErrors !== 0 ||
    Number(settings.consecutiveGatewayErrors) > 0
  ) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'no-error-counter',
      severity: serviceSeverity(target),
      message: `Outlier detection of ${name} counts no errors (consecutive5xxErrors is 0, consecutiveGatewayErrors is not set), so it never ejects anything.`,
      values: { service: name },
      evidence: 'consecutive5xxErrors = 0 and no consecutiveGatewayErrors',
      ...(target.scope === 'service' && {
        fix: {
          label: `Eject after ${RECOMMENDED_OUTLIER_DETECTION.consecutive5xxErrors} consecutive 5xx errors`,
          intent: withOutlierDetection(intent, {
            consecutive5xxErrors:
              RECOMMENDED_OUTLIER_DETECTION.consecutive5xxErrors,
          }),
        },
      }),
    },
  ];
}

/** A gateway error is a 5xx too: the lower of the two limits is reached first. */
function lintGatewayErrors(
  input: LintInput,
  service: LintService,
): LintFinding[] {
  const { target, intent } = input;
  const settings = outlierDetectionFor(input, service);
  const gateway = settings?.consecutiveGatewayErrors ?? 0;
  const all = settings?.consecutive5xxErrors ?? DEFAULT_CONSECUTIVE_5XX;
  if (!(gateway > 0 && all > 0 && gateway >= all)) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'gateway-errors-never-count',
      severity: 'inform',
      message: `consecutiveGatewayErrors (${gateway}) of ${name} never decides anything: every 502, 503 and 504 is a 5xx too, and ${all} of those eject first.`,
      values: { service: name, gateway, all },
      evidence: `consecutiveGatewayErrors ${gateway} >= consecutive5xxErrors ${all}${
        settings?.consecutive5xxErrors === undefined ? ' (default)' : ''
      }`,
      ...(target.scope === 'service' && {
        fix: {
          label: 'Leave out consecutiveGatewayErrors',
          intent: withOutlierDetection(intent, {
            consecutiveGatewayErrors: undefined,
          }),
        },
      }),
    },
  ];
}

function lintPanic(input: LintInput, service: LintService): LintFinding[] {
  const { target, intent } = input;
  const settings = outlierDetectionFor(input, service);
  const percent = settings?.minHealthPercent ?? 0;
  if (!(percent > 0)) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  return [
    {
      id: 'min-health-percent',
      severity: 'warn',
      message: `When fewer than ${percent} % of the endpoints of ${name} are healthy, Envoy may send calls to dead endpoints again (minHealthPercent).`,
      values: { service: name, percent },
      evidence: `minHealthPercent = ${percent}`,
      ...(target.scope === 'service' && {
        fix: {
          label: 'Set minHealthPercent to 0',
          intent: withOutlierDetection(intent, { minHealthPercent: 0 }),
        },
      }),
    },
  ];
}

function lintTcp(input: LintInput, service: LintService): LintFinding[] {
  if (!outlierDetectionFor(input, service)) {
    return [];
  }
  const ports = service.ports.filter(({ name, appProtocol }) =>
    appProtocol
      ? appProtocol.toLowerCase() === 'tcp'
      : /^tcp(-|$)/.test(name ?? ''),
  );
  if (!ports.length) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  const shown = ports.map(port => `${port.number} (${port.name ?? 'tcp'})`);
  return [
    {
      id: 'tcp-port',
      severity: 'warn',
      message: `Port ${list(
        shown,
      )} of ${name} is declared as TCP: proxies see no HTTP status there, so only failed connections count as errors.`,
      values: { service: name, ports: shown.join(', ') },
      evidence: ports
        .map(
          port =>
            `port ${port.number}: name ${port.name ?? '–'}, appProtocol ${
              port.appProtocol ?? '–'
            }`,
        )
        .join('; '),
    },
  ];
}

function lintMeshCarries({ target, intent }: LintInput): LintFinding[] {
  if (
    target.scope !== 'mesh' ||
    intent.mode === 'off' ||
    !(intent.outlierDetection || intent.connectionPool)
  ) {
    return [];
  }
  const { outlierDetection, connectionPool, ...rest } = intent;
  return [
    {
      id: 'mesh-carries-no-outlier-detection',
      severity: 'warn',
      message:
        'A mesh-wide rule has no room for outlier detection or connection settings; set them on each service.',
      values: {},
      evidence: `given: ${[
        outlierDetection && 'outlierDetection',
        connectionPool && 'connectionPool',
      ]
        .filter(Boolean)
        .join(', ')}`,
      fix: { label: 'Leave them out', intent: rest },
    },
  ];
}
