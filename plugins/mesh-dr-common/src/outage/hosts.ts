import {
  fillPriorityLoad,
  groupValue,
  priorityScratch,
  shareOut,
} from '../locality/loadsplit';
import { DEFAULT_MAX_EJECTION_PERCENT } from '../locality/ejection';
import type { Assignment } from '../locality/priorities';
import type { OutlierDetection } from '../locality/types';
import type { AttemptEnd } from './retryPolicy';

/** Envoy's `update_merge_window`: a change of health that follows another within it reaches workers a window later. */
const MERGE_WINDOW_MS = 1000;
const DEFAULT_ERRORS = 5;

/** One host as a proxy knows it. */
export interface Host {
  group: number;
  priority: number;
  failing: boolean;
  /** Ready and not ejected before the outage. */
  usable: boolean;
  ejected: boolean;
  /** Whether workers still use it. */
  seen: boolean;
  /** Open connections that lead nowhere. */
  kept: number;
  /** Connections being made, and who waits for one: as many as those who wait when they ask, left alone when they go. */
  connecting: number;
  waiting: Set<() => void>;
  errors: number;
  gatewayErrors: number;
  localErrors: number;
}

/** What hosts are made from. */
export interface HostPlan {
  assignment: Assignment;
  outlierDetection?: OutlierDetection;
  panicThreshold: number;
  strictEjection: boolean;
  /** Whether the hosts of a group fail. */
  fails(group: { region: string; zone: string }): boolean;
  keptConnections: number;
}

/** The hosts of one Envoy cluster in one proxy: what its main thread has ejected, and what its workers know of that. */
export class Hosts {
  readonly all: Host[] = [];
  private readonly members: Host[][];
  private readonly scratch = priorityScratch();
  private readonly levels: number;
  private readonly options = { weighted: false, panic: false };
  private ejected: number;
  private lastTold = -Infinity;
  private due = Infinity;

  constructor(private readonly plan: HostPlan) {
    const { groups } = plan.assignment;
    this.members = groups.map((group, number) => {
      const fails = plan.fails(group);
      return Array.from({ length: group.total }, (_, i) => ({
        group: number,
        priority: group.priority,
        failing: fails,
        usable: i < group.healthy,
        ejected: false,
        seen: i < group.healthy,
        kept: plan.keptConnections,
        connecting: 0,
        waiting: new Set<() => void>(),
        errors: 0,
        gatewayErrors: 0,
        localErrors: 0,
      }));
    });
    this.all = this.members.flat();
    this.levels = groups.reduce((n, g) => Math.max(n, g.priority + 1), 0);
    this.ejected = 0;
    this.tell();
  }

  /** Hosts that fail and are still used. */
  get failing(): Host[] {
    return this.all.filter(({ failing, usable }) => failing && usable);
  }

  get ejections(): number {
    return this.ejected;
  }

  /** Whether another host might be ejected. */
  get mayEject(): boolean {
    const { outlierDetection, strictEjection } = this.plan;
    const cap =
      outlierDetection?.maxEjectionPercent || DEFAULT_MAX_EJECTION_PERCENT;
    return (
      outlierDetection !== undefined &&
      ((!strictEjection && this.ejected === 0) ||
        (100 * (this.ejected + 1)) / this.all.length <= cap)
    );
  }

  /** Whether nothing will change any more: no call meets a failing host, or none that could still be ejected. */
  settled(): boolean {
    if (this.due !== Infinity) {
      return false;
    }
    const met = this.failing.filter(host => host.seen && this.hasLoad(host));
    return met.length === 0 || !this.mayEject;
  }

  /** Part of the calls that meet failing hosts now, 0 to 1. */
  failingPart(): number {
    let part = 0;
    for (let level = 0; level < this.levels; level++) {
      let sum = 0;
      let bad = 0;
      this.values(level, (value, group) => {
        sum += value;
        bad += this.members[group][0]?.failing ? value : 0;
      });
      part += sum > 0 ? ((this.scratch.load[level] / 100) * bad) / sum : 0;
    }
    return part;
  }

  /** Whether calls find no host at all, since there is none left that they may use. */
  unanswered(): boolean {
    for (let level = 0; level < this.levels; level++) {
      let sum = 0;
      this.values(level, value => {
        sum += value;
      });
      if (this.scratch.load[level] > 0 && sum > 0) return false;
    }
    return true;
  }

  /** All ejected hosts come back at a sweep, which workers are told of at once. */
  comeBack(at: number): void {
    for (const host of this.all) {
      host.ejected = false;
      host.errors = 0;
      host.gatewayErrors = 0;
      host.localErrors = 0;
      host.kept = 0;
    }
    this.ejected = 0;
    this.lastTold = at;
    this.due = Infinity;
    this.tell();
  }

  /** Lets workers know what is due by then. */
  catchUp(at: number): void {
    if (this.due <= at) {
      this.lastTold = this.due;
      this.due = Infinity;
      this.tell();
    }
  }

  /** Draws a host; priorities in `avoid` are left aside while another has health. */
  choose(random: () => number, avoid: Set<number>): Host | undefined {
    const level = this.chooseLevel(random, avoid);
    const panic = this.scratch.panic[level];
    let sum = 0;
    this.values(level, value => {
      sum += value;
    });
    let draw = random() * sum;
    let chosen = -1;
    this.values(level, (value, group) => {
      if (draw >= 0 && value > 0) {
        chosen = group;
        draw -= value;
      }
    });
    if (chosen < 0) {
      return undefined;
    }
    const hosts = panic
      ? this.members[chosen]
      : this.members[chosen].filter(({ seen }) => seen);
    return hosts[Math.floor(random() * hosts.length)];
  }

  /** Whether a priority outside `avoid` has health. */
  hasBeside(avoid: Set<number>): boolean {
    return this.scratch.health
      .slice(0, this.levels)
      .some((health, level) => health > 0 && !avoid.has(level));
  }

  /** A request got its connection, which clears the counter of failures of connections. */
  connected(host: Host): void {
    host.localErrors = 0;
  }

  /** What an attempt told about its host; ejects it when that was one too many. */
  record(host: Host, end: AttemptEnd, at: number): void {
    const settings = this.plan.outlierDetection;
    if (!settings) {
      return;
    }
    if (typeof end !== 'number' && settings.splitExternalLocalOriginErrors) {
      host.localErrors++;
      if (
        host.localErrors ===
        (settings.consecutiveLocalOriginFailures ?? DEFAULT_ERRORS)
      ) {
        this.eject(host, at);
        host.localErrors = 0;
      }
      return;
    }
    const codes = { 'connect-failed': 503, timeout: 504 };
    this.recordStatus(
      host,
      settings,
      typeof end === 'number' ? end : codes[end],
      at,
    );
  }

  private recordStatus(
    host: Host,
    settings: OutlierDetection,
    status: number,
    at: number,
  ): void {
    if (status < 500) {
      host.errors = 0;
      host.gatewayErrors = 0;
      return;
    }
    host.gatewayErrors =
      status >= 502 && status <= 504 ? host.gatewayErrors + 1 : 0;
    if (
      host.gatewayErrors > 0 &&
      host.gatewayErrors === settings.consecutiveGatewayErrors
    ) {
      this.eject(host, at);
      host.gatewayErrors = 0;
    }
    host.errors++;
    if (host.errors === (settings.consecutive5xxErrors ?? DEFAULT_ERRORS)) {
      this.eject(host, at);
      host.errors = 0;
    }
  }

  private eject(host: Host, at: number): void {
    if (host.ejected || !this.mayEject) {
      return;
    }
    this.catchUp(at);
    host.ejected = true;
    this.ejected++;
    if (at - this.lastTold > MERGE_WINDOW_MS) {
      this.lastTold = at;
      this.tell();
    } else {
      this.due = Math.min(this.due, at + MERGE_WINDOW_MS);
    }
  }

  private tell(): void {
    const { total, healthy } = this.scratch;
    for (let level = 0; level < this.levels; level++) {
      total[level] = 0;
      healthy[level] = 0;
    }
    for (const host of this.all) {
      host.seen = host.usable && !host.ejected;
      total[host.priority]++;
      healthy[host.priority] += host.seen ? 1 : 0;
    }
    fillPriorityLoad(this.scratch, this.levels, this.plan.panicThreshold);
  }

  private hasLoad(host: Host): boolean {
    return this.scratch.load[host.priority] > 0;
  }

  private chooseLevel(random: () => number, avoid: Set<number>): number {
    let load = this.scratch.load;
    if (avoid.size > 0 && this.hasBeside(avoid)) {
      const left = this.scratch.health
        .slice(0, this.levels)
        .map((health, level) => (avoid.has(level) ? 0 : health));
      load = [];
      shareOut(
        load,
        left,
        this.levels,
        Math.min(
          100,
          left.reduce((a, b) => a + b, 0),
        ),
      );
    }
    const draw = Math.floor(random() * 100) + 1;
    let sum = 0;
    for (let level = 0; level < this.levels; level++) {
      sum += load[level];
      if (draw <= sum) {
        return level;
      }
    }
    return 0;
  }

  /** What each group of a priority weighs against the others. */
  private values(
    level: number,
    use: (value: number, group: number) => void,
  ): void {
    const { groups, weighted } = this.plan.assignment;
    this.options.weighted = weighted;
    this.options.panic = this.scratch.panic[level];
    for (let group = 0; group < groups.length; group++) {
      if (groups[group].priority === level) {
        const hosts = this.members[group];
        let seen = 0;
        for (const host of hosts) {
          seen += host.seen ? 1 : 0;
        }
        use(
          groupValue(hosts.length, seen, groups[group].weight, this.options),
          group,
        );
      }
    }
  }
}
