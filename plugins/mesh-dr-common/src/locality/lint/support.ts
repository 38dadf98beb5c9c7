import type { LintFinding, RuleTarget } from '../../api/types';
import { intentToSetting } from '../intent';
import type { LintContext, LintService } from '../lintTypes';
import type {
  LocalityEndpoints,
  LocalityIntent,
  LocalityLbSetting,
  OutlierDetection,
} from '../types';

/** What every rule of the linter gets. */
export interface LintInput {
  target: RuleTarget;
  intent: LocalityIntent;
  context: LintContext;
}

/** Defaults offered by fixes; fast enough for a failover, slow enough not to eject on a hiccup. */
export const RECOMMENDED_OUTLIER_DETECTION: Required<
  Pick<
    OutlierDetection,
    | 'consecutive5xxErrors'
    | 'interval'
    | 'baseEjectionTime'
    | 'maxEjectionPercent'
  >
> = {
  consecutive5xxErrors: 3,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};

/** Ready endpoints of a region (all regions when none is named). */
export function readyIn(
  endpoints: LocalityEndpoints[],
  region?: string,
): number {
  return endpoints
    .filter(group => region === undefined || group.region === region)
    .reduce((sum, { total, notReady = 0 }) => sum + total - notReady, 0);
}

/**
 * The endpoint groups a caller may be sent to: the whole service, or each subset that routes name. Every subset is an
 * Envoy cluster of its own.
 */
export function pools(
  service: LintService,
): { label: string; endpoints: LocalityEndpoints[] }[] {
  const label = `${service.namespace}/${service.name}`;
  return service.subsetsRouted?.length
    ? service.subsetsRouted.map(({ name, endpoints }) => ({
        label: `${label} subset ${name}`,
        endpoints,
      }))
    : [{ label, endpoints: service.endpoints }];
}

/** Outlier detection in force for a service once the intent is applied. A mesh-wide rule cannot carry any. */
export function outlierDetectionFor(
  { target, intent }: LintInput,
  service: LintService,
): OutlierDetection | undefined {
  if (target.scope === 'mesh') {
    return service.current?.outlierDetection?.settings;
  }
  return intent.mode === 'off' ? undefined : intent.outlierDetection;
}

/** The intent with its outlier detection changed. */
export function withOutlierDetection(
  intent: LocalityIntent,
  change: OutlierDetection,
): LocalityIntent {
  return intent.mode === 'off'
    ? intent
    : {
        ...intent,
        outlierDetection: { ...intent.outlierDetection, ...change },
      };
}

/** Regions an intent names, with where. */
export function regionsNamed(
  intent: LocalityIntent,
): { region: string; path: string }[] {
  if (intent.mode === 'failover') {
    return intent.failover.flatMap(({ from, to }, i) => [
      { region: from, path: `failover[${i}].from` },
      { region: to, path: `failover[${i}].to` },
    ]);
  }
  if (intent.mode === 'distribution') {
    return intent.distribute.flatMap(({ from, to }, i) => [
      { region: from, path: `distribute[${i}].from` },
      ...Object.keys(to).map(region => ({
        region,
        path: `distribute[${i}].to.${region}`,
      })),
    ]);
  }
  if (intent.mode === 'evacuation') {
    return [
      ...(intent.from ? [{ region: intent.from, path: 'from' }] : []),
      { region: intent.to, path: 'to' },
    ];
  }
  return [];
}

/** Regions the intent's rules start from. */
export function fromRegions(intent: LocalityIntent): string[] {
  switch (intent.mode) {
    case 'failover':
      return intent.failover.map(({ from }) => from);
    case 'distribution':
      return intent.distribute.map(({ from }) => from);
    default:
      return [];
  }
}

/** A finding about one service: refused for the service itself, a warning where a mesh-wide rule merely includes it. */
export function serviceSeverity(target: RuleTarget): LintFinding['severity'] {
  return target.scope === 'mesh' ? 'warn' : 'refuse';
}

/** Whether a setting does anything for any caller. */
export function isActive(setting: LocalityLbSetting | undefined): boolean {
  return Boolean(
    setting &&
      setting.enabled !== false &&
      (setting.failover?.length ||
        setting.distribute?.length ||
        setting.failoverPriority?.length),
  );
}

/** Order-insensitive comparison of two settings. */
export function sameSetting(
  a: LocalityLbSetting,
  b: LocalityLbSetting,
): boolean {
  const shape = (setting: LocalityLbSetting) =>
    JSON.stringify({
      enabled: setting.enabled !== false,
      failover: setting.failover?.map(({ from, to }) => [from, to]) ?? [],
      distribute:
        setting.distribute?.map(({ from, to }) => [
          from,
          Object.entries(to).sort(([x], [y]) => (x < y ? -1 : 1)),
        ]) ?? [],
      failoverPriority: setting.failoverPriority ?? [],
    });
  return shape(a) === shape(b);
}

export { intentToSetting };

/** `a`, `a and b`, `a, b and c`. */
export function list(items: string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
