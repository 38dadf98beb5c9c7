import type { Shares } from '../locality/hops';
import { errorsToEject } from '../topology/regionLoss';
import type { Compiled, CompiledHop } from './compile';
import type { Evaluation } from './evaluate';
import type { Row } from './matrix';
import type {
  HopShares,
  LinkTraffic,
  RegionLoad,
  ServiceOutcome,
  WhatIfReport,
  WhatIfResult,
  WhatIfSnapshot,
} from './types';

/** One side of a comparison. */
export interface Side {
  compiled: Compiled;
  evaluation: Evaluation;
}

/** Puts numbers into words; those of single hops and services only when somebody asks. */
export class Outcome implements WhatIfResult {
  readonly failedPercent: WhatIfResult['failedPercent'];
  readonly entries: WhatIfResult['entries'];
  readonly links: LinkTraffic[];
  readonly circular: string[];

  constructor(
    private readonly snapshot: WhatIfSnapshot,
    private readonly before: Side,
    private readonly after: Side,
  ) {
    this.circular = after.compiled.circular;
    this.entries = snapshot.entries.map(({ id, region }, i) => {
      const [was, is] = [entryOf(before, i), entryOf(after, i)];
      return {
        id,
        region,
        requestsPerSecond: { before: was.rate, after: is.rate },
        failedPercent: { before: was.failed, after: is.failed },
      };
    });
    this.failedPercent = {
      before: failedOf(before),
      after: failedOf(after),
    };
    this.links = linksOf(before, after);
  }

  hop(from: string, to: string): HopShares[] {
    const [was, is] = [this.before, this.after].map(side =>
      rowsOf(side, from, to),
    );
    return [...new Set([...was.keys(), ...is.keys()])].map(key => ({
      ...(was.get(key) ?? is.get(key))!.place,
      before: was.get(key)?.shares ?? {},
      after: is.get(key)?.shares ?? {},
      failedPercent: {
        before: was.get(key)?.failed ?? 0,
        after: is.get(key)?.failed ?? 0,
      },
    }));
  }

  service(id: string): ServiceOutcome {
    const [was, is] = [this.before, this.after].map(side => loadOf(side, id));
    const capacity = this.snapshot.services.find(
      service => service.id === id,
    )?.capacityPerEndpoint;
    const regions = [...new Set([...was.keys(), ...is.keys()])].sort();
    const mean = meanLoad(was);
    const none = { ready: 0, calls: 0 };
    return {
      id,
      shares: { before: percents(was), after: percents(is) },
      loads: regions.map((region): RegionLoad => {
        const b = was.get(region) ?? none;
        const a = is.get(region) ?? none;
        return {
          region,
          ready: { before: b.ready, after: a.ready },
          callsPerSecond: { before: b.calls, after: a.calls },
          factor: loadFactor(b, a, mean),
          ...(capacity !== undefined && {
            utilisation: perEndpoint(a) / capacity,
          }),
        };
      }),
    };
  }

  report(): WhatIfReport {
    const { failedPercent, entries, links, circular, snapshot } = this;
    const hops = new Map(
      snapshot.hops.map(({ from, to }) => [`${from} ${to}`, { from, to }]),
    );
    return {
      failedPercent,
      entries,
      links,
      circular,
      services: snapshot.services.map(({ id }) => this.service(id)),
      hops: [...hops.values()].map(({ from, to }) => ({
        from,
        to,
        callers: this.hop(from, to),
      })),
    };
  }

  toJSON(): WhatIfReport {
    return this.report();
  }

  failAtFirst(): number {
    const { compiled, evaluation } = this.after;
    return compiled.entries.reduce(
      (sum, { node, place }, entry) =>
        sum +
        (evaluation.edited.state.down[node][place]
          ? 0
          : (this.snapshot.entries[entry].proxies ?? 0) *
            errorsOfProxy(this.before, this.after, node, place)),
      0,
    );
  }

  highestLoads() {
    return this.snapshot.services
      .flatMap(({ id }) => {
        const [was, is] = [this.before, this.after].map(s => loadOf(s, id));
        const mean = meanLoad(was);
        let highest: { region: string; factor: number } | undefined;
        for (const [region, load] of is) {
          const factor = loadFactor(
            was.get(region) ?? { ready: 0, calls: 0 },
            load,
            mean,
          );
          if (load.calls > 0 && factor > (highest?.factor ?? -1)) {
            highest = { region, factor };
          }
        }
        return highest ? [{ service: id, ...highest }] : [];
      })
      .sort((a, b) => b.factor - a.factor);
  }
}

/** Calls by which one proxy learns that endpoints fail: of each hop that used any of them before. */
function errorsOfProxy(
  before: Side,
  { compiled, evaluation }: Side,
  node: number,
  place: number,
): number {
  const { down, rules } = evaluation.edited.state;
  const used = (hop: CompiledHop) => {
    const { data, offset } = rowOf(before.evaluation, hop, place);
    return before.compiled.places.some(
      (_, at) => down[hop.to][at] === 1 && data[offset + at] > 0,
    );
  };
  return compiled.hops
    .filter(hop => hop.from === node && used(hop))
    .flatMap(({ pools }) => pools)
    .reduce(
      (sum, { pool }) =>
        sum +
        evaluation.ejected(pool) *
          (errorsToEject(rules[pool].outlierDetection) ?? 0),
      0,
    );
}

function entryOf({ compiled, evaluation }: Side, entry: number) {
  const { node, place } = compiled.entries[entry];
  const { rate } = evaluation.edited.entering[entry];
  const down = evaluation.edited.state.down[node];
  const success = down[place]
    ? 0
    : evaluation.success[node * compiled.places.length + place];
  return { rate, failed: 100 * (1 - success) };
}

function failedOf(side: Side): number {
  let all = 0;
  let failed = 0;
  side.compiled.entries.forEach((_, i) => {
    const entry = entryOf(side, i);
    all += entry.rate;
    failed += entry.rate * entry.failed;
  });
  return all > 0 ? failed / all : 0;
}

function linksOf(before: Side, after: Side): LinkTraffic[] {
  const { regions } = before.compiled;
  const others = after.compiled.regions;
  const names = [...new Set([...regions, ...others])];
  const at = (
    { compiled, evaluation }: Side,
    of: 'calls' | 'bits',
    from: string,
    to: string,
  ) => {
    const size = compiled.regions.length;
    const [i, j] = [from, to].map(name => compiled.regions.indexOf(name));
    return i < 0 || j < 0 ? 0 : evaluation[of][i * size + j];
  };
  return names.flatMap(from =>
    names.flatMap((to): LinkTraffic[] => {
      const calls = {
        before: at(before, 'calls', from, to),
        after: at(after, 'calls', from, to),
      };
      if (from === to || calls.before + calls.after === 0) {
        return [];
      }
      const bits = {
        before: at(before, 'bits', from, to) / 1e6,
        after: at(after, 'bits', from, to) / 1e6,
      };
      return [
        {
          from,
          to,
          callsPerSecond: calls,
          ...(bits.before + bits.after > 0 && { megabitsPerSecond: bits }),
        },
      ];
    }),
  );
}

/** Shares of a hop by the places where its callers stand (and have not gone down). */
function rowsOf({ compiled, evaluation }: Side, from: string, to: string) {
  const { places, indexOf, groups, entries, hops } = compiled;
  const rows = new Map<
    string,
    {
      place: { region: string; zone?: string };
      shares: Shares;
      failed: number;
    }
  >();
  const hop = hops.find(({ hop: h }) => h.from === from && h.to === to);
  if (!hop) {
    return rows;
  }
  const caller = indexOf.get(from)!;
  const { state } = evaluation.edited;
  const callers =
    caller < groups.length
      ? state.groups[caller].filter(({ ready }) => ready > 0)
      : entries.filter(({ node }) => node === caller);
  for (const number of new Set(callers.map(({ place }) => place))) {
    if (!state.down[caller][number]) {
      const { data, offset } = rowOf(evaluation, hop, number);
      const shares: Shares = {};
      let good = 0;
      places.forEach(({ region }, place) => {
        const part = data[offset + place];
        if (part > 0) {
          shares[region] = (shares[region] ?? 0) + 100 * part;
          good += state.down[hop.to][place] ? 0 : part;
        }
      });
      const { region, zone } = places[number];
      rows.set(`${region}/${zone ?? ''}`, {
        place: { region, ...(zone && { zone }) },
        shares,
        failed: 100 * (1 - good),
      });
    }
  }
  return rows;
}

function rowOf(evaluation: Evaluation, hop: CompiledHop, caller: number): Row {
  const row: Row = { data: new Float64Array(0), offset: 0 };
  evaluation.view(hop, caller, row);
  return row;
}

interface Load {
  ready: number;
  calls: number;
}

/** Ready endpoints and calls of a service by region. */
function loadOf({ compiled, evaluation }: Side, id: string): Map<string, Load> {
  const index = compiled.indexOf.get(id);
  const loads = new Map<string, Load>();
  if (index === undefined || index >= compiled.groups.length) {
    return loads;
  }
  const { groups } = evaluation.edited.state;
  const down = evaluation.edited.state.down[index];
  const at = (place: number) => {
    const { region } = compiled.places[place];
    const load = loads.get(region) ?? { ready: 0, calls: 0 };
    loads.set(region, load);
    return load;
  };
  for (const { place, ready } of groups[index]) {
    at(place).ready += down[place] ? 0 : ready;
  }
  const first = index * compiled.places.length;
  compiled.places.forEach((_, place) => {
    const calls = evaluation.flow[first + place];
    if (calls > 0) {
      at(place).calls += calls;
    }
  });
  return loads;
}

function percents(loads: Map<string, Load>): Shares {
  const all = [...loads.values()].reduce((sum, { calls }) => sum + calls, 0);
  return Object.fromEntries(
    [...loads]
      .filter(([, { calls }]) => calls > 0)
      .map(([region, { calls }]) => [region, (100 * calls) / all]),
  );
}

function perEndpoint({ ready, calls }: Load): number {
  return ready > 0 ? calls / ready : 0;
}

function meanLoad(loads: Map<string, Load>): number {
  let ready = 0;
  let calls = 0;
  for (const load of loads.values()) {
    ready += load.ready;
    calls += load.calls;
  }
  return perEndpoint({ ready, calls });
}

function loadFactor(before: Load, after: Load, mean: number): number {
  const base = perEndpoint(before) || mean;
  return base > 0 ? perEndpoint(after) / base : 0;
}
