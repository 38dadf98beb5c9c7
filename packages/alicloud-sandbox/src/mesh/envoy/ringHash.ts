import type { Endpoint, LocalityGroup } from '../types';
import { xxHash64 } from './xxhash';

const MAX_RING_SIZE = 8 * 1024 * 1024;

/** Envoy's ketama ring over the hosts of one priority: a host has a number of places in proportion to its weight. */
export class HashRing {
  private readonly places: { hash: bigint; host: Endpoint }[] = [];

  /** @param weights - hosts with their share of all requests; shares sum to at most 1 */
  constructor(weights: { host: Endpoint; share: number }[], minSize: number) {
    const least = Math.min(...weights.map(w => w.share));
    const scale = Math.min(Math.ceil(least * minSize) / least, MAX_RING_SIZE);
    let target = 0;
    let placed = 0;
    for (const { host, share } of weights) {
      target += scale * share;
      for (let i = 0; placed < target; i++, placed++) {
        const hash = xxHash64(`${host.ip}:${host.port}_${i}`);
        this.places.push({ hash, host });
      }
    }
    this.places.sort((a, b) => {
      if (a.hash === b.hash) {
        return 0;
      }
      return a.hash < b.hash ? -1 : 1;
    });
  }

  /** The host at the first place at or after the hash; a retry that refused it looks `attempt` places further. */
  host(hash: bigint, attempt: number): Endpoint | undefined {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.places[middle].hash < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.places[(low + attempt) % this.places.length]?.host;
  }
}

/** Shares of the eligible hosts: equal, or by the weights of their localities, whose availability is not considered. */
export function ringShares(
  groups: LocalityGroup[],
  eligible: (endpoint: Endpoint) => boolean,
  localityWeighted: boolean,
): { host: Endpoint; share: number }[] {
  const hosts = groups.map(g => g.endpoints.filter(eligible));
  if (!localityWeighted) {
    const total = hosts.flat().reduce((sum, e) => sum + e.weight, 0);
    return hosts.flat().map(host => ({ host, share: host.weight / total }));
  }
  const weights = groups.reduce((sum, g) => sum + g.weight, 0);
  return groups.flatMap((group, i) => {
    const total = hosts[i].reduce((sum, e) => sum + e.weight, 0);
    return hosts[i].map(host => ({
      host,
      share: (group.weight / weights) * (host.weight / total),
    }));
  });
}
