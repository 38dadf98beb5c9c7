import type { Verdict } from '../api/types';
import { DEFAULT_MAX_EJECTION_PERCENT } from '../locality/ejection';
import type { Shares } from '../locality/hops';
import {
  errorsToEject,
  simulateRegionLoss,
  type CallerPools,
  type RegionLoss,
} from './regionLoss';
import type { ClusterFacts } from './types';

/** Keys of all verdict sentences, below `verdict.` in the translations. */
export const VERDICT_KEYS = [
  'unknown',
  'headless',
  'noEndpoints',
  'singleRegion',
  'protected',
  'partial',
  'noOutlierDetection',
  'noErrorCounter',
  'neverEjects',
  'ejectsTooFew',
  'noFallback',
  'keepsFailing',
] as const;

/**
 * The verdict in one sentence: what happens to the service when a region is lost. Computed by losing every region in turn; the
 * worst loss of a single region is the one told.
 */
export function computeVerdict(input: {
  clusters: ClusterFacts[];
  callers: CallerPools[];
  /** Ready endpoints by region. */
  ready: Record<string, number>;
  headless: boolean;
  meshVersion: string;
}): Verdict {
  const { clusters, callers, ready, meshVersion } = input;
  const unseen = clusters.filter(isUnseen);
  if (unseen.length) {
    const regions = [...new Set(unseen.map(({ region }) => region))].join(', ');
    return verdict(
      'unknown',
      'unknown',
      { regions },
      `Not known: ${regions} has not been read, so nothing can be said about the loss of a region.`,
    );
  }
  if (input.headless) {
    return verdict(
      'unprotected',
      'headless',
      {},
      'Not protected: the service is headless, so no locality rule applies to it.',
    );
  }
  const regions = Object.keys(ready).filter(region => ready[region] > 0);
  if (!regions.length) {
    return verdict(
      'unprotected',
      'noEndpoints',
      {},
      'Not protected: no endpoint is ready in any region.',
    );
  }
  if (regions.length === 1) {
    const [region] = regions;
    return verdict(
      'unprotected',
      'singleRegion',
      { region, ready: ready[region] },
      `Not protected: all ready endpoints (${ready[region]}) are in ${region}; nothing could take over.`,
    );
  }

  const losses = worstLosses(callers, meshVersion, ready);
  const safe = losses.filter(isSafe);
  const unsafe = losses.filter(loss => !isSafe(loss));
  if (!unsafe.length) {
    const [loss] = safe;
    return verdict(
      'protected',
      'protected',
      {
        region: loss.region,
        targets: inWords(loss.shares),
        calls: loss.callsLost,
      },
      `${outcome(loss)}.`,
    );
  }
  const [worst] = unsafe;
  if (safe.length) {
    const percent = Math.round(worst.failing);
    const bad = worst.noAnswerFor
      ? `callers in ${worst.noAnswerFor} get no answer`
      : `${percent} % of calls keep failing`;
    return verdict(
      'partial',
      'partial',
      {
        region: safe[0].region,
        targets: inWords(safe[0].shares),
        calls: safe[0].callsLost,
        otherRegion: worst.region,
        percent: worst.noAnswerFor ? 100 : percent,
      },
      `Partly protected: ${lowerFirst(outcome(safe[0]))}; but if ${
        worst.region
      } is lost, ${bad}.`,
    );
  }
  return unprotected(worst);
}

/** No facts, now or from earlier. An unreachable cluster that was seen before still counts: istiod remembers it, too. */
function isUnseen(cluster: ClusterFacts): boolean {
  switch (cluster.freshness.state) {
    case 'syncing':
    case 'forbidden':
      return true;
    case 'unreachable':
    case 'stale':
      return cluster.nodes.length === 0 && cluster.services.length === 0;
    default:
      return false;
  }
}

function isSafe(loss: RegionLoss): boolean {
  return loss.failing === 0 && loss.noAnswerFor === undefined;
}

/**
 * The loss of every region with ready endpoints, the worst first.
 *
 * @param ready - ready endpoints by region; default: those of the callers' pools
 */
export function worstLosses(
  callers: CallerPools[],
  meshVersion: string,
  ready: Record<string, number> = healthyIn(callers),
): RegionLoss[] {
  return Object.keys(ready)
    .filter(region => ready[region] > 0)
    .map(region => simulateRegionLoss(region, callers, meshVersion))
    .sort((a, b) => worstFirst(a, b, ready));
}

function healthyIn(callers: CallerPools[]): Record<string, number> {
  const [first] = callers;
  const ready: Record<string, number> = {};
  for (const { region, healthy } of first?.pools.flatMap(p => p.endpoints) ??
    []) {
    ready[region] = (ready[region] ?? 0) + healthy;
  }
  return ready;
}

/** Most calls failing for good, then most failing at first, then the fullest pods left, then the name. */
function worstFirst(
  a: RegionLoss,
  b: RegionLoss,
  ready: Record<string, number>,
): number {
  const forGood = (loss: RegionLoss) =>
    loss.noAnswerFor === undefined ? loss.failing : 100;
  return (
    forGood(b) - forGood(a) ||
    b.callsLost - a.callsLost ||
    fullestPod(b, ready) - fullestPod(a, ready) ||
    (a.region < b.region ? -1 : 1)
  );
}

/** Percent of all calls that the busiest pod left gets once a region is lost. */
function fullestPod(
  { region: lost, shares }: RegionLoss,
  ready: Record<string, number>,
): number {
  return Math.max(
    0,
    ...Object.entries(shares)
      .filter(([region]) => region !== lost && ready[region] > 0)
      .map(([region, share]) => share / ready[region]),
  );
}

function unprotected(loss: RegionLoss): Verdict {
  const { region, ejection, noAnswerFor } = loss;
  const { endpoints, local, ejected, settings } = ejection;
  const percent = Math.round(loss.failing);
  const cap = settings?.maxEjectionPercent ?? DEFAULT_MAX_EJECTION_PERCENT;
  if (noAnswerFor !== undefined && loss.failing === 0) {
    return verdict(
      'unprotected',
      'noFallback',
      { region, callerRegion: noAnswerFor },
      `Not protected: if ${region} is lost, callers in ${noAnswerFor} get no answer, because their rule names no other region.`,
    );
  }
  if (!settings) {
    return verdict(
      'unprotected',
      'noOutlierDetection',
      { region, percent },
      `Not protected: without outlier detection no caller leaves a failing endpoint; if ${region} is lost, ${percent} % of calls keep failing.`,
    );
  }
  if (errorsToEject(settings) === undefined) {
    return verdict(
      'unprotected',
      'noErrorCounter',
      { region, percent },
      `Not protected: outlier detection counts no errors, so nothing is ever ejected; if ${region} is lost, ${percent} % of calls keep failing.`,
    );
  }
  if (ejected === 0) {
    return verdict(
      'unprotected',
      'neverEjects',
      { endpoints, maxEjectionPercent: cap, region, percent },
      `Not protected: with ${endpoints} endpoints and maxEjectionPercent ${cap}, Envoy never ejects anything.`,
    );
  }
  if (ejected < local) {
    return verdict(
      'unprotected',
      'ejectsTooFew',
      { endpoints, maxEjectionPercent: cap, region, local, ejected, percent },
      `Not protected: with ${endpoints} endpoints and maxEjectionPercent ${cap}, Envoy ejects only ${ejected} of the ${local} in ${region}; if it is lost, ${percent} % of calls keep failing.`,
    );
  }
  return verdict(
    'unprotected',
    'keepsFailing',
    { region, percent },
    `Not protected: if ${region} is lost, ${percent} % of calls keep failing.`,
  );
}

function outcome({ region, shares, callsLost }: RegionLoss): string {
  return `If ${region} is lost, ${inWords(shares)}; about ${callsLost} ${
    callsLost === 1 ? 'call fails' : 'calls fail'
  } first`;
}

/** `100 % of calls go to cn-shanghai`, or the parts of several. */
function inWords(shares: Shares): string {
  const parts = Object.entries(shares)
    .sort(([, a], [, b]) => b - a)
    .map(([region, share]) => [region, Math.round(share)] as const);
  return parts.length === 1
    ? `${parts[0][1]} % of calls go to ${parts[0][0]}`
    : `calls go to ${parts
        .map(([region, share]) => `${region} (${share} %)`)
        .join(', ')}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function verdict(
  level: Verdict['level'],
  key: (typeof VERDICT_KEYS)[number],
  values: Verdict['values'],
  sentence: string,
): Verdict {
  return { level, key, values, sentence };
}
