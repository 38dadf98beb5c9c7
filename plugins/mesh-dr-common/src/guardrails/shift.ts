import type { CreateShiftRequest, ShiftAbort } from '../api/shifts';
import type { ServiceTopology } from '../api/types';
import type { LocalityIntent } from '../locality/types';

/** Least share of the target region's pods that have to be ready, percent. */
export const DEFAULT_MIN_READY_PERCENT = 50;

/**
 * The rule of one step of a shift. Below 100 % it is a distribution with an entry for every region that calls; callers that
 * stand in the target region stay there, callers of a third region stay at home when pods are ready there. At 100 % it is
 * an evacuation, which keeps the region that is left as the last resort.
 */
export function shiftIntent(
  shift: Pick<
    CreateShiftRequest,
    'from' | 'to' | 'outlierDetection' | 'connectionPool'
  >,
  percent: number,
  topology: Pick<ServiceTopology, 'callers' | 'regions'>,
): LocalityIntent {
  const { from, to, outlierDetection, connectionPool } = shift;
  const shared = {
    outlierDetection,
    ...(connectionPool && { connectionPool }),
  };
  if (percent === 100) return { mode: 'evacuation', from, to, ...shared };
  const ready = new Set(
    topology.regions.filter(region => region.ready > 0).map(r => r.region),
  );
  const callers = new Set([
    from,
    to,
    ...topology.callers.map(({ region }) => region),
  ]);
  return {
    mode: 'distribution',
    distribute: [...callers].sort().map(region => {
      const home = region === to || (region !== from && ready.has(region));
      return {
        from: region,
        to: home ? { [region]: 100 } : { [from]: 100 - percent, [to]: percent },
      };
    }),
    ...shared,
  };
}

/** What the target region looks like to a shift: go on, wait until more is known, or go back. */
export type ShiftHealth =
  | { state: 'good' }
  | { state: 'unknown' | 'bad'; reason: string };

/** Judges the target region by what is seen of its pods and, where metrics tell, by how many of its calls succeed. */
export function shiftHealth(
  topology: Pick<ServiceTopology, 'regions'>,
  to: string,
  abortOn: ShiftAbort = {},
  successPercent?: number,
): ShiftHealth {
  const region = topology.regions.find(entry => entry.region === to);
  const { minReadyPercent = DEFAULT_MIN_READY_PERCENT, minSuccessPercent } =
    abortOn;
  if (!region) {
    return {
      state: 'bad',
      reason: `${to} has no cluster in the mesh any more`,
    };
  }
  const { ready, total, freshness } = region;
  if (freshness.state === 'syncing' || freshness.state === 'stale') {
    return { state: 'unknown', reason: `${to} is ${freshness.state}` };
  }
  if (freshness.state !== 'ok') {
    return { state: 'bad', reason: `${to} is ${freshness.state}` };
  }
  if (ready === 0) {
    return { state: 'bad', reason: `no endpoint is ready in ${to}` };
  }
  const share = (100 * ready) / total;
  if (share < minReadyPercent) {
    return {
      state: 'bad',
      reason: `${ready} of ${total} pods are ready in ${to}, less than ${minReadyPercent} %`,
    };
  }
  if (
    minSuccessPercent !== undefined &&
    successPercent !== undefined &&
    successPercent < minSuccessPercent
  ) {
    return {
      state: 'bad',
      reason: `${successPercent} % of the calls to ${to} succeed, less than ${minSuccessPercent} %`,
    };
  }
  return { state: 'good' };
}
