/** Envoy's `max_ejection_percent` when Istio passes none. */
export const DEFAULT_MAX_EJECTION_PERCENT = 10;

/**
 * How many of `local` hosts that all fail a proxy may eject, given the cap on all hosts of the Envoy cluster (all
 * priorities together).
 *
 * @param local - hosts that fail
 * @param remote - all other hosts of the service
 * @param maxEjectionPercent - default 10
 * @param strict - Envoy ≥ 1.28 holds the cap for the first host too; 1.27 always ejects one
 *   (envoyproxy/envoy#27909)
 */
export function ejectedHosts(options: {
  local: number;
  remote: number;
  maxEjectionPercent?: number;
  strict?: boolean;
}): number {
  const { local, remote, strict = true } = options;
  const cap = options.maxEjectionPercent ?? DEFAULT_MAX_EJECTION_PERCENT;
  const hosts = local + remote;
  if (local <= 0) {
    return 0;
  }
  const allowed = Math.floor((cap * hosts) / 100);
  return Math.min(local, Math.max(allowed, strict ? 0 : 1));
}

/** Smallest `maxEjectionPercent` with which all `local` hosts can be ejected (whole percent). */
export function minimumMaxEjectionPercent(
  local: number,
  remote: number,
): number {
  return local <= 0 ? 0 : Math.ceil((100 * local) / (local + remote));
}

/** Longest ejection unless a rule says otherwise: 300 s, or the base where that is longer. */
const MAX_EJECTION_MS = 300_000;

/**
 * When a host that goes on failing is tried again, in milliseconds since it was first ejected: a sweep brings it back once
 * base × number of ejections (at most `maxEjectionMs`) are over, and the next errors eject it anew, provided that enough
 * requests come before the next sweep. Sweeps are taken to start with the ejection
 * (`outlier_detection_impl.cc`: checkHostForUneject).
 *
 * @param untilMs - end of the list
 */
export function retestTimes(options: {
  intervalMs: number;
  baseEjectionMs: number;
  maxEjectionMs?: number;
  untilMs: number;
}): number[] {
  const { intervalMs, baseEjectionMs, untilMs } = options;
  const longest =
    options.maxEjectionMs ?? Math.max(MAX_EJECTION_MS, baseEjectionMs);
  const times: number[] = [];
  let ejectedAt = 0;
  for (let ejections = 1; ; ejections++) {
    const out = Math.min(baseEjectionMs * ejections, longest);
    const back = Math.ceil((ejectedAt + out) / intervalMs) * intervalMs;
    if (back > untilMs) {
      return times;
    }
    times.push(back);
    ejectedAt = back;
  }
}
