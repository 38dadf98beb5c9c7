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
