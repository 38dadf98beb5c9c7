import { modelVersions } from '../versions';
import type { ModelVersions } from '../locality/types';
import type {
  WhatIfHop,
  WhatIfPool,
  WhatIfRule,
  WhatIfSnapshot,
} from './types';

/** A region and zone, by number. */
export interface Place {
  region: string;
  zone?: string;
  regionIndex: number;
}

/** Endpoints of a service in one place that share their labels. */
export interface Group {
  place: number;
  labels?: Record<string, string>;
  ready: number;
  notReady: number;
  /** Of the ready ones, those that are not ejected. */
  healthy: number;
}

/** A pool by number: hops that use the same endpoints by the same rule share it. */
export interface CompiledPool {
  service: number;
  subset?: Record<string, string>;
  undefinedSubset: boolean;
  rule: WhatIfRule;
}

export interface CompiledHop {
  hop: WhatIfHop;
  from: number;
  to: number;
  calls: number;
  pools: { pool: number; part: number }[];
}

/** A snapshot with names turned into numbers and hops in the order in which requests pass them. */
export interface Compiled {
  versions: ModelVersions;
  places: Place[];
  regions: string[];
  /** Services first, then entries. */
  nodes: string[];
  indexOf: Map<string, number>;
  /** By service. */
  groups: Group[][];
  pools: CompiledPool[];
  /** Callers before callees; hops that close a circle are left out. */
  hops: CompiledHop[];
  circular: string[];
  /** By entry. */
  entries: { node: number; place: number; rate: number }[];
}

/** Numbers for places and regions. */
class Atlas {
  readonly places: Place[] = [];
  readonly regions: string[] = [];
  private readonly known = new Map<string, number>();

  place(region: string, zone: string | undefined): number {
    const key = `${region}/${zone ?? ''}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.places.length;
      this.known.set(key, index);
      this.places.push({
        region,
        ...(zone && { zone }),
        regionIndex: this.region(region),
      });
    }
    return index;
  }

  private region(name: string): number {
    const index = this.regions.indexOf(name);
    return index >= 0 ? index : this.regions.push(name) - 1;
  }
}

/** Numbers for pools. */
class Pools {
  readonly all: CompiledPool[] = [];
  private readonly known = new Map<WhatIfRule, Map<string, number>>();

  number(service: number, pool: WhatIfPool): number {
    const ofRule = this.known.get(pool.rule) ?? new Map<string, number>();
    this.known.set(pool.rule, ofRule);
    const labels = Object.entries(pool.subset ?? {}).sort();
    const key = JSON.stringify([
      service,
      pool.undefinedSubset ?? false,
      pool.subset ? labels : null,
    ]);
    let index = ofRule.get(key);
    if (index === undefined) {
      index = this.all.length;
      ofRule.set(key, index);
      this.all.push({
        service,
        ...(pool.subset && { subset: pool.subset }),
        undefinedSubset: pool.undefinedSubset ?? false,
        rule: pool.rule,
      });
    }
    return index;
  }
}

const compiled = new WeakMap<WhatIfSnapshot, Compiled>();

/**
 * Compiles a snapshot, once per object.
 *
 * @throws RangeError when a hop names a service or entry that is not there, or two have the same id
 */
export function compile(snapshot: WhatIfSnapshot): Compiled {
  const known = compiled.get(snapshot);
  if (known) {
    return known;
  }
  const atlas = new Atlas();
  const nodes = [...snapshot.services, ...snapshot.entries].map(({ id }) => id);
  const indexOf = new Map(nodes.map((id, index) => [id, index]));
  if (indexOf.size < nodes.length) {
    const twice = nodes.find((id, index) => indexOf.get(id) !== index);
    throw new RangeError(
      `id "${twice}" is given to two services or entries; make ids unique`,
    );
  }
  const groups = snapshot.services.map(({ endpoints }) =>
    endpoints.map(({ region, zone, labels, total, healthy, notReady = 0 }) => ({
      place: atlas.place(region, zone),
      ...(labels && { labels }),
      ready: total - notReady,
      notReady,
      healthy: Math.min(healthy, total - notReady),
    })),
  );
  const entries = snapshot.entries.map((entry, i) => ({
    node: snapshot.services.length + i,
    place: atlas.place(entry.region, entry.zone),
    rate: entry.requestsPerSecond ?? 1,
  }));
  const pools = new Pools();
  const { hops, circular } = inOrder(
    snapshot.hops.map(hop => compileHop(hop, indexOf, snapshot, pools)),
    nodes,
  );
  const result: Compiled = {
    versions: modelVersions(snapshot.meshVersion),
    places: atlas.places,
    regions: atlas.regions,
    nodes,
    indexOf,
    groups,
    pools: pools.all,
    hops,
    circular,
    entries,
  };
  compiled.set(snapshot, result);
  return result;
}

function compileHop(
  hop: WhatIfHop,
  indexOf: Map<string, number>,
  snapshot: WhatIfSnapshot,
  pools: Pools,
): CompiledHop {
  const from = indexOf.get(hop.from);
  const to = indexOf.get(hop.to);
  if (from === undefined) {
    throw new RangeError(
      `hop from "${hop.from}" to "${hop.to}": there is no service or entry "${hop.from}"; add it or leave the hop out`,
    );
  }
  if (to === undefined || to >= snapshot.services.length) {
    throw new RangeError(
      `hop from "${hop.from}" to "${hop.to}": there is no service "${hop.to}"; add it or leave the hop out`,
    );
  }
  return {
    hop,
    from,
    to,
    calls: hop.callsPerRequest ?? 1,
    pools: hop.pools.map(pool => ({
      pool: pools.number(to, pool),
      part: pool.weight / 100,
    })),
  };
}

/** Hops in the order in which requests pass them, callers before callees. */
function inOrder(
  hops: CompiledHop[],
  nodes: string[],
): { hops: CompiledHop[]; circular: string[] } {
  const outgoing: CompiledHop[][] = nodes.map(() => []);
  hops.forEach(hop => outgoing[hop.from].push(hop));
  const state = new Uint8Array(nodes.length);
  const finished: number[] = [];
  const closing = new Set<CompiledHop>();
  const called = new Set(hops.map(({ to }) => to));
  // Entries and services nobody calls come first, so that a circle is cut where requests return to it.
  const roots = nodes
    .map((_, node) => node)
    .sort((a, b) => Number(called.has(a)) - Number(called.has(b)));
  for (const root of roots) {
    const path = state[root] === 0 ? [{ node: root, next: 0 }] : [];
    while (path.length > 0) {
      const step = path[path.length - 1];
      state[step.node] = 1;
      const hop = outgoing[step.node][step.next++];
      if (!hop) {
        state[step.node] = 2;
        finished.push(step.node);
        path.pop();
      } else if (state[hop.to] === 1) {
        closing.add(hop);
      } else if (state[hop.to] === 0) {
        path.push({ node: hop.to, next: 0 });
      }
    }
  }
  return {
    hops: finished
      .reverse()
      .flatMap(node => outgoing[node].filter(hop => !closing.has(hop))),
    circular: [...closing].map(({ hop }) => `${hop.from} → ${hop.to}`),
  };
}
