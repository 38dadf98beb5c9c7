import { ejectedHosts } from '../locality/ejection';
import {
  fillPriorityLoad,
  groupValue,
  priorityScratch,
  type PriorityScratch,
} from '../locality/loadsplit';
import { priorityRank } from '../locality/priorities';
import { panicThreshold, predictSplit } from '../locality/split';
import type { LocalityEndpoints } from '../locality/types';
import { ejectInOrder, errorsToEject } from '../topology/regionLoss';
import type { Compiled, CompiledPool, Group } from './compile';
import { comparesLabels, type Mode, type Modes } from './modes';
import type { WhatIfRule } from './types';

/** Everything edits may change, as numbers. */
export interface State {
  /** By service. */
  groups: Group[][];
  /** By node (services first, then entries), then by place: 1 where it fails but stays registered. */
  down: Uint8Array[];
  /** By pool. */
  rules: WhatIfRule[];
}

/** One row of numbers inside many. */
export interface Row {
  data: Float64Array;
  offset: number;
}

/** Shares of one pool for callers in every place, each worked out when first asked for. */
export class PoolMatrix {
  private readonly data: Float64Array;
  private readonly made: Uint8Array;
  /** Places with endpoints, and how many: sent to proxies, and usable once failing ones are ejected. */
  private readonly at: number[] = [];
  private readonly total: number[] = [];
  private readonly healthy: number[] = [];
  private readonly threshold: number;
  private readonly prioritised: boolean;
  private readonly byLabels: boolean;
  /** Endpoints a proxy takes out of use because they fail. */
  ejected = 0;
  private failing = 0;

  constructor(
    private readonly compiled: Compiled,
    private readonly state: State,
    private readonly modes: Modes,
    private readonly pool: CompiledPool,
    private readonly rule: WhatIfRule,
  ) {
    this.threshold = panicThreshold(rule.outlierDetection, compiled.versions);
    this.prioritised = Boolean(rule.outlierDetection) || Boolean(rule.forced);
    this.byLabels = comparesLabels(rule.setting);
    const size = compiled.places.length;
    this.data = new Float64Array(size * size);
    this.made = new Uint8Array(size);
    this.count();
  }

  /** Puts the fractions of the calls from a place, by place of the callee, into view; together they are at most 1. */
  view(caller: number, row: Row): void {
    row.data = this.data;
    row.offset = caller * this.made.length;
    if (this.made[caller] === 0) {
      this.made[caller] = 1;
      this.make(caller, row);
    }
  }

  private groups(): Group[] {
    const { service, subset, undefinedSubset } = this.pool;
    if (undefinedSubset) {
      return [];
    }
    const all = this.state.groups[service];
    const wanted = subset && Object.entries(subset);
    return wanted
      ? all.filter(({ labels }) =>
          wanted.every(([key, value]) => labels?.[key] === value),
        )
      : all;
  }

  private get down(): Uint8Array {
    return this.state.down[this.pool.service];
  }

  private get sendUnready(): boolean {
    return (
      this.compiled.versions.sendUnready &&
      !(Number(this.rule.outlierDetection?.minHealthPercent) > 0)
    );
  }

  private count(): void {
    const { outlierDetection } = this.rule;
    const slots = new Int32Array(this.compiled.places.length).fill(-1);
    const withUnready = this.sendUnready;
    let sent = 0;
    for (const { place, ready, notReady, healthy } of this.groups()) {
      const hosts = ready + (withUnready ? notReady : 0);
      if (hosts > 0) {
        let slot = slots[place];
        if (slot < 0) {
          slot = this.at.push(place) - 1;
          slots[place] = slot;
          this.total.push(0);
          this.healthy.push(0);
        }
        const usable = outlierDetection ? healthy : ready;
        this.total[slot] += hosts;
        this.healthy[slot] += usable;
        sent += hosts;
        this.failing += this.down[place] ? usable : 0;
      }
    }
    if (this.failing > 0 && errorsToEject(outlierDetection) !== undefined) {
      this.ejected = ejectedHosts({
        local: this.failing,
        remote: sent - this.failing,
        maxEjectionPercent: outlierDetection?.maxEjectionPercent,
        strict: this.compiled.versions.strictEjection,
      });
    }
    if (this.ejected > 0 && this.ejected === this.failing) {
      this.at.forEach((place, slot) => {
        if (this.down[place]) {
          this.healthy[slot] = 0;
        }
      });
    }
  }

  private make(caller: number, row: Row): void {
    if (this.at.length === 0) {
      return;
    }
    if (this.byLabels) {
      this.spreadByLabels(caller, row);
      return;
    }
    const mode = this.modes.of(this.rule.setting, this.prioritised, caller);
    spread(row, mode, {
      at: this.at,
      total: this.total,
      healthy: this.usable(mode),
      threshold: this.threshold,
      consistentHash: this.rule.consistentHash ?? false,
    });
  }

  /** Healthy hosts as this caller ends up seeing them: where the cap spares some, the nearest are ejected first. */
  private usable(mode: Mode): number[] {
    if (this.ejected === 0 || this.ejected === this.failing) {
      return this.healthy;
    }
    return ejectInOrder(this.healthy, this.ejected, slot => {
      const place = this.at[slot];
      if (!this.down[place]) {
        return undefined;
      }
      return mode.kind === 'ranked' ? mode.ranks[place] : 0;
    });
  }

  /** Orders by labels of endpoints are rare: they take the general way. */
  private spreadByLabels(caller: number, { data, offset }: Row): void {
    const { places, versions } = this.compiled;
    const { setting, outlierDetection } = this.rule;
    const { down } = this;
    const groups = this.groups();
    const healthy = groups.map(group =>
      outlierDetection ? group.healthy : group.ready,
    );
    const left = ejectInOrder(healthy, this.ejected, i => {
      const { place, labels } = groups[i];
      return down[place]
        ? priorityRank(places[caller], { ...places[place], labels }, setting)
        : undefined;
    });
    const endpoints = groups.map(
      ({ place, labels, ready, notReady }, i): LocalityEndpoints => ({
        region: places[place].region,
        zone: places[place].zone,
        labels,
        total: ready + notReady,
        notReady,
        healthy: left[i],
      }),
    );
    const { byLocality } = predictSplit({
      ...this.rule,
      caller: places[caller],
      endpoints,
      versions,
    });
    places.forEach(({ region, zone }, place) => {
      data[offset + place] =
        (byLocality[zone ? `${region}/${zone}` : region] ?? 0) / 100;
    });
  }
}

interface Hosts {
  at: number[];
  total: number[];
  healthy: number[];
  threshold: number;
  consistentHash: boolean;
}

// One split after the other is worked out, so that room for the numbers is needed only once.
const scratch: PriorityScratch = priorityScratch();
const levelOf: number[] = [];
const values: number[] = [];
const sums: number[] = [];
const weights: number[] = [];
const totals: number[] = [];
const usable: number[] = [];

/** `predictSplit` in numbers: the same result, without objects on the way. */
function spread({ data, offset }: Row, mode: Mode, hosts: Hosts): void {
  const { at, threshold } = hosts;
  const count = at.length;
  const levels = arrange(mode, hosts);
  fillPriorityLoad(scratch, levels, threshold);
  const options = {
    weighted:
      mode.kind !== 'plain' && (mode.kind === 'weighted' || mode.weighted),
    panic: false,
    consistentHash: hosts.consistentHash,
  };
  for (let level = 0; level < levels; level++) {
    sums[level] = 0;
  }
  for (let i = 0; i < count; i++) {
    options.panic = scratch.panic[levelOf[i]];
    values[i] = groupValue(totals[i], usable[i], weights[i], options);
    sums[levelOf[i]] += values[i];
  }
  for (let i = 0; i < count; i++) {
    const level = levelOf[i];
    if (sums[level] > 0) {
      data[offset + at[i]] =
        ((scratch.load[level] / 100) * values[i]) / sums[level];
    }
  }
}

/** Puts every place into its priority, with its weight; returns the number of priorities. */
function arrange(mode: Mode, { at, total, healthy }: Hosts): number {
  const count = at.length;
  for (let i = 0; i < count; i++) {
    totals[i] = total[i];
    usable[i] = healthy[i];
    weights[i] = total[i];
    levelOf[i] = 0;
  }
  let levels = 1;
  if (mode.kind === 'ranked') {
    levels = rank(mode.ranks, mode.levels, at);
  } else if (mode.kind === 'weighted' && mode.entryOf) {
    weigh(mode.entryOf, mode.percents, at);
  }
  for (let level = 0; level < levels; level++) {
    scratch.total[level] = 0;
    scratch.healthy[level] = 0;
  }
  for (let i = 0; i < count; i++) {
    scratch.total[levelOf[i]] += totals[i];
    scratch.healthy[levelOf[i]] += usable[i];
  }
  return levels;
}

const used = new Int16Array(256);

/** Ranks without gaps. */
function rank(ranks: Uint8Array, highest: number, at: number[]): number {
  used.fill(-1, 0, highest);
  for (let i = 0; i < at.length; i++) {
    used[ranks[at[i]]] = 0;
  }
  let levels = 0;
  for (let r = 0; r < highest; r++) {
    if (used[r] === 0) {
      used[r] = levels++;
    }
  }
  for (let i = 0; i < at.length; i++) {
    levelOf[i] = used[ranks[at[i]]];
  }
  return levels;
}

/** Weights of `distribute`, rounded up as istiod rounds; what is not listed is emptied. */
function weigh(entryOf: Int16Array, percents: number[], at: number[]): void {
  for (let entry = 0; entry < percents.length; entry++) {
    sums[entry] = 0;
  }
  for (let i = 0; i < at.length; i++) {
    const entry = entryOf[at[i]];
    if (entry < 0) {
      totals[i] = 0;
      usable[i] = 0;
    } else {
      sums[entry] += totals[i];
    }
  }
  for (let i = 0; i < at.length; i++) {
    const entry = entryOf[at[i]];
    if (entry >= 0) {
      weights[i] =
        Math.ceil((totals[i] * percents[entry]) / sums[entry]) || totals[i];
    }
  }
}
