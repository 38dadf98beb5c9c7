import { below } from '../random';
import type {
  EnvoyCluster,
  Endpoint,
  LocalityGroup,
  RandomSource,
} from '../types';
import { EdfScheduler } from './edf';
import { HashRing, ringShares } from './ringHash';
import {
  choosePriority,
  loadsAvoiding,
  priorityLoads,
  type PriorityLoads,
} from './priorityLoad';

/** A host and the priority it was chosen from. */
export interface HostChoice {
  endpoint: Endpoint;
  priority: number;
}

interface PrioritySet {
  all: Endpoint[];
  healthy: Endpoint[];
  /** Present only with locality weights and at least one eligible locality. */
  localities?: EdfScheduler<Endpoint[]>;
  /** Present only with consistent hashing and hosts. */
  ring?: HashRing;
}

/** What a consistent choice hangs on. */
export interface Hashed {
  hash: bigint;
  /** How often the retry has refused a choice. */
  attempt: number;
}

/**
 * Envoy's choice of a host for one cluster of one proxy (one worker thread): priority by load, locality by weighted
 * round robin, host by the cluster's policy.
 */
export class LoadBalancer {
  private sets: PrioritySet[] = [];
  private state: PriorityLoads = { health: [], load: [], panic: [] };
  private policy: EnvoyCluster['lbPolicy'] = 'LEAST_REQUEST';
  private readonly active = new Map<string, number>();
  /** Picks that ignored health: Envoy's `lb_healthy_panic`. */
  panics = 0;
  private readonly roundRobin = new Map<string, number>();

  constructor(private readonly random: RandomSource) {}

  /** Priority loads now in force, for traces and tests. */
  get loads(): PriorityLoads {
    return this.state;
  }

  /** Takes over new endpoints; all schedulers start anew. */
  update(
    cluster: EnvoyCluster,
    isEjected: (endpoint: Endpoint) => boolean,
  ): void {
    this.policy = cluster.lbPolicy;
    this.sets = Array.from({ length: priorityCount(cluster) }, (_, p) =>
      this.prioritySet(cluster, isEjected, p),
    );
    this.recalculate(cluster);
  }

  /** Takes over a new health picture of some priorities; only their schedulers start anew, as in Envoy. */
  refresh(
    cluster: EnvoyCluster,
    isEjected: (endpoint: Endpoint) => boolean,
    priorities: number[],
  ): void {
    for (const p of priorities) {
      if (p < this.sets.length) {
        this.sets[p] = this.prioritySet(cluster, isEjected, p);
      }
    }
    this.recalculate(cluster);
  }

  /** A place on the ring for a request that has nothing to hash. */
  private anywhere(): bigint {
    return (
      BigInt(below(this.random, 2 ** 32)) * 4_294_967_296n +
      BigInt(below(this.random, 2 ** 32))
    );
  }

  private prioritySet(
    cluster: EnvoyCluster,
    isEjected: (endpoint: Endpoint) => boolean,
    priority: number,
  ): PrioritySet {
    const groups = cluster.groups.filter(g => g.priority === priority);
    const eligible = (e: Endpoint) => e.healthy && !isEjected(e);
    const all = groups.flatMap(g => g.endpoints);
    return {
      all,
      healthy: all.filter(eligible),
      localities: cluster.localityWeighted
        ? this.schedule(groups, eligible)
        : undefined,
    };
  }

  private recalculate(cluster: EnvoyCluster): void {
    this.state = priorityLoads(
      this.sets.map(s => ({ total: s.all.length, healthy: s.healthy.length })),
      cluster.panicThreshold,
    );
    if (cluster.hash) {
      this.sets.forEach((set, p) => {
        set.ring = this.ring(cluster, set, p);
      });
    }
  }

  /** In panic the ring holds all hosts. */
  private ring(
    cluster: EnvoyCluster,
    set: PrioritySet,
    priority: number,
  ): HashRing | undefined {
    const healthy = new Set(this.state.panic[priority] ? set.all : set.healthy);
    const shares = ringShares(
      cluster.groups.filter(g => g.priority === priority),
      e => healthy.has(e),
      cluster.localityWeighted,
    );
    return shares.length > 0
      ? new HashRing(shares, cluster.hash!.minRingSize)
      : undefined;
  }

  /** Whether a priority outside `avoid` has health left. */
  hasPriorityBeside(avoid: Set<number>): boolean {
    return this.state.health.some((health, p) => health > 0 && !avoid.has(p));
  }

  /** One pick; undefined means "no healthy upstream". `avoid` holds priorities a retry already tried. */
  choose(avoid?: Set<number>, hashed?: Hashed): HostChoice | undefined {
    const load = avoid?.size
      ? loadsAvoiding(this.state.health, this.state.load, avoid)
      : this.state.load;
    const draw = hashed ? Number(hashed.hash % 100n) : below(this.random, 100);
    const priority = choosePriority(load, draw + 1);
    const set = this.sets[priority];
    if (!set) {
      return undefined;
    }
    if (this.state.panic[priority]) {
      this.panics++;
    }
    if (set.ring) {
      const place = hashed ?? { hash: this.anywhere(), attempt: 0 };
      const chosen = set.ring.host(place.hash, place.attempt);
      return chosen && { endpoint: chosen, priority };
    }
    const hosts = this.state.panic[priority]
      ? set.all
      : set.localities?.pick() ?? set.healthy;
    const endpoint = this.host(hosts, priority);
    return endpoint && { endpoint, priority };
  }

  /** Counts a request as active on a host until the returned function is called (LEAST_REQUEST). */
  begin(endpoint: Endpoint): () => void {
    this.active.set(endpoint.key, this.load(endpoint) + 1);
    return () => {
      const left = this.load(endpoint) - 1;
      if (left > 0) {
        this.active.set(endpoint.key, left);
      } else {
        this.active.delete(endpoint.key);
      }
    };
  }

  private schedule(
    groups: LocalityGroup[],
    eligible: (endpoint: Endpoint) => boolean,
  ): EdfScheduler<Endpoint[]> | undefined {
    const scheduler = new EdfScheduler<Endpoint[]>();
    let cycle = 0;
    for (const group of groups) {
      const hosts = group.endpoints.filter(eligible);
      if (hosts.length > 0) {
        const weight =
          group.weight *
          Math.min(1, (1.4 * hosts.length) / group.endpoints.length);
        if (weight > 0) {
          scheduler.add(hosts, weight);
          cycle += weight;
        }
      }
    }
    if (scheduler.size === 0) {
      return undefined;
    }
    // Proxies do not start their cycles in step with each other.
    for (let skip = below(this.random, Math.ceil(cycle)); skip > 0; skip--) {
      scheduler.pick();
    }
    return scheduler;
  }

  private host(hosts: Endpoint[], priority: number): Endpoint | undefined {
    if (hosts.length <= 1) {
      return hosts[0];
    }
    if (this.policy === 'ROUND_ROBIN') {
      const source = `${priority}/${hosts[0].locality.region}/${hosts[0].locality.zone}`;
      const next =
        this.roundRobin.get(source) ?? below(this.random, hosts.length);
      this.roundRobin.set(source, next + 1);
      return hosts[next % hosts.length];
    }
    const one = hosts[below(this.random, hosts.length)];
    if (this.policy === 'RANDOM') {
      return one;
    }
    const other = hosts[below(this.random, hosts.length)];
    return this.load(other) < this.load(one) ? other : one;
  }

  private load(endpoint: Endpoint): number {
    return this.active.get(endpoint.key) ?? 0;
  }
}

/** Number of priorities of a cluster; at least one. */
export function priorityCount(cluster: EnvoyCluster): number {
  return cluster.groups.reduce((p, g) => Math.max(p, g.priority), 0) + 1;
}
