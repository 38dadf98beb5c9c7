import {
  intentOf,
  RECOMMENDED_OUTLIER_DETECTION,
  type ConnectionPool,
  type EffectiveRule,
  type FailoverRule,
  type LocalityIntent,
  type OutlierDetection,
  type RuleTarget,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  completeWeights,
  initialWeights,
  withoutZeros,
  type Weights,
} from './weights';

export type Mode = LocalityIntent['mode'];

/** The modes that the editor can write. */
export type DraftMode = Exclude<Mode, 'evacuation'>;

/** What the editor holds: the settings of every mode at once, so that switching modes loses nothing. */
export interface Draft {
  mode: DraftMode;
  failover: FailoverRule[];
  distribute: { from: string; to: Weights }[];
  outlierDetection?: OutlierDetection;
  connectionPool?: ConnectionPool;
}

/** A dead address fails after one second instead of Envoy's ten. */
export const RECOMMENDED_CONNECTION_POOL: ConnectionPool = {
  connectTimeout: '1s',
};

/** The guide's values, literally: no `maxEjectionPercent`. */
export const GUIDE_OUTLIER_DETECTION: OutlierDetection = {
  consecutive5xxErrors: 1,
  interval: '1s',
  baseEjectionTime: '1m',
};

/** The guide's `connectionPool`. */
export const GUIDE_CONNECTION_POOL: ConnectionPool = {
  maxRequestsPerConnection: 1,
};

/** Every region fails over to the next one in the list; with two regions to each other. */
function initialFailover(regions: string[]): FailoverRule[] {
  if (regions.length < 2) {
    return [];
  }
  return regions.map((from, index) => ({
    from,
    to: regions[(index + 1) % regions.length],
  }));
}

/** Fills an editor from an intent; `regions` are those of the service, `callerRegions` those that call it. */
export function draftFromIntent(
  intent: LocalityIntent,
  regions: string[],
  callerRegions: string[],
): Draft {
  const froms = [...new Set([...callerRegions, ...regions])];
  const stored = intent.mode === 'off' ? undefined : intent;
  return {
    // An evacuation is its own act; whoever edits the rule afterwards decides about failover again.
    mode: intent.mode === 'evacuation' ? 'failover' : intent.mode,
    failover:
      intent.mode === 'failover' ? intent.failover : initialFailover(regions),
    distribute:
      intent.mode === 'distribution'
        ? intent.distribute.map(({ from, to }) => ({
            from,
            to: completeWeights(to, regions),
          }))
        : froms.map(from => ({ from, to: initialWeights(from, regions) })),
    outlierDetection: stored
      ? stored.outlierDetection
      : RECOMMENDED_OUTLIER_DETECTION,
    connectionPool: stored
      ? stored.connectionPool
      : RECOMMENDED_CONNECTION_POOL,
  };
}

/** What would be written. A mesh-wide rule has no room for outlier detection and connection settings. */
export function intentFromDraft(
  draft: Draft,
  scope: RuleTarget['scope'] = 'service',
): LocalityIntent {
  const shared = scope === 'service' && {
    ...(draft.outlierDetection && { outlierDetection: draft.outlierDetection }),
    ...(draft.connectionPool && { connectionPool: draft.connectionPool }),
  };
  switch (draft.mode) {
    case 'failover':
      return { mode: 'failover', failover: draft.failover, ...shared };
    case 'distribution':
      return {
        mode: 'distribution',
        distribute: draft.distribute.map(({ from, to }) => ({
          from,
          to: withoutZeros(to),
        })),
        ...shared,
      };
    default:
      return { mode: 'off' };
  }
}

/** Reads the rule in force back into the words of the editor. */
export function intentFromRule(rule: EffectiveRule): LocalityIntent {
  const { setting } = rule.locality;
  const outlierDetection = rule.outlierDetection?.settings;
  const connectionPool = rule.connectionPool?.settings;
  const shared = {
    ...(outlierDetection && { outlierDetection }),
    ...(connectionPool && { connectionPool }),
  };
  if (setting.enabled === false) {
    return { mode: 'off' };
  }
  if (setting.distribute?.length) {
    return { mode: 'distribution', distribute: setting.distribute, ...shared };
  }
  if (setting.failover?.length) {
    return { mode: 'failover', failover: setting.failover, ...shared };
  }
  const read = intentOf(setting);
  if (read.mode === 'evacuation') {
    return { ...read, ...shared };
  }
  return { mode: 'off' };
}

/** Same intent, whatever the order of keys. */
export function sameIntent(a: LocalityIntent, b: LocalityIntent): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)),
        )
      : inner,
  );
}
