import type {
  KubeFleet,
  Reachability,
  NetworkEnd,
  SandboxClock,
  SandboxLog,
} from '../contract';
import type { SeededSource } from '../random';
import { notFound } from './errors';
import { timestamp } from './ids';
import type { CloudData } from './data';
import type { CloudStore } from './store';
import type { Transitions } from './transitions';

export type FlannelRoutes = 'must-be-published' | 'automatic';

/** What every operation works with. */
export interface Cloud {
  readonly store: CloudStore;
  readonly clock: SandboxClock;
  readonly transitions: Transitions;
  readonly kube: KubeFleet;
  readonly log: SandboxLog;
  /** Where ids come from. */
  readonly ids: SeededSource;
  /** 16 digits, as real account ids have. */
  readonly accountId: number;
  /** Whether the transit router learns Flannel's Pod routes by itself. */
  readonly flannelRoutes: FlannelRoutes;
  reach(from: NetworkEnd, to: NetworkEnd, port: number): Reachability;
}

/** The stored resources, for reading and changing. */
export function data(cloud: Cloud): CloudData {
  return cloud.store.data;
}

export function nowIso(cloud: Cloud): string {
  return timestamp(cloud.clock.now());
}

/** The resource, or the product's not-found error. */
export function find<T>(
  records: Record<string, T>,
  id: string,
  code: string,
  what: string,
): T {
  const record = Object.hasOwn(records, id) ? records[id] : undefined;
  if (!record) throw notFound(code, what, id);
  return record;
}

/** As `find`; a resource of another region than `regionId` does not exist, as regional endpoints know their own only. */
export function findInRegion<T extends { regionId: string }>(
  records: Record<string, T>,
  id: string,
  regionId: string | undefined,
  code: string,
  what: string,
): T {
  const record = find(records, id, code, what);
  if (regionId !== undefined && record.regionId !== regionId) {
    throw notFound(code, what, id);
  }
  return record;
}

/** Ids given as a comma-separated list; undefined selects everything. */
export function selected(ids: string | undefined): (id: string) => boolean {
  if (ids === undefined) return () => true;
  const wanted = new Set(ids.split(',').map(id => id.trim()));
  return id => wanted.has(id);
}
