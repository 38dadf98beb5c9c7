import {
  intentToTrafficPolicy,
  type LocalityIntent,
  type TrafficPolicyLike,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { KubernetesObject } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { UNIT_NAMES, type PolicyUnits, type UnitName } from './types';

/** Field manager under which the portal owns what it writes. */
export const FIELD_MANAGER = 'mesh-dr';

const PATHS: Record<UnitName, string[]> = {
  localityLbSetting: ['loadBalancer', 'localityLbSetting'],
  outlierDetection: ['outlierDetection'],
  connectTimeout: ['connectionPool', 'tcp', 'connectTimeout'],
  maxRequestsPerConnection: [
    'connectionPool',
    'http',
    'maxRequestsPerConnection',
  ],
};

/** Where a unit lies below `spec`, e.g. `/spec/trafficPolicy/outlierDetection`. */
export const unitPointer = (unit: UnitName) =>
  `/spec/trafficPolicy/${PATHS[unit].join('/')}`;

/** Reads the units out of a traffic policy. */
export function unitsOf(policy: TrafficPolicyLike | undefined): PolicyUnits {
  const units: Record<string, unknown> = {};
  for (const unit of UNIT_NAMES) {
    const value = at(policy, PATHS[unit]);
    if (value !== undefined) units[unit] = value;
  }
  return units as PolicyUnits;
}

/** The traffic policy that consists of these units alone. */
export function policyOf(units: PolicyUnits): TrafficPolicyLike {
  const policy: Record<string, any> = {};
  for (const unit of UNIT_NAMES) {
    if (units[unit] === undefined) continue;
    const path = PATHS[unit];
    let node = policy;
    for (const key of path.slice(0, -1)) node = node[key] ??= {};
    node[path[path.length - 1]] = units[unit];
  }
  return policy;
}

/** A copy of a policy in which the units are exactly these; everything else stays. */
export function withUnits(
  policy: TrafficPolicyLike | undefined,
  units: PolicyUnits,
): TrafficPolicyLike {
  const copy = structuredClone(policy ?? {}) as Record<string, any>;
  for (const unit of UNIT_NAMES) {
    const path = PATHS[unit];
    const parents = path
      .slice(0, -1)
      .map((_, index) => at(copy, path.slice(0, index + 1)));
    const parent = parents.length ? parents[parents.length - 1] : copy;
    if (parent && typeof parent === 'object') {
      delete (parent as Record<string, unknown>)[path[path.length - 1]];
    }
  }
  return merge(copy, policyOf(units) as Record<string, any>);
}

/** The units an intent wants. `off` wants none: the service then follows the mesh-wide rule. */
export function unitsFor(intent: LocalityIntent): PolicyUnits {
  return intent.mode === 'off'
    ? {}
    : unitsOf(intentToTrafficPolicy(intent) as TrafficPolicyLike);
}

/** Units of which the portal owns at least a part, by the object's managed fields. */
export function ownedUnits(object: KubernetesObject | undefined): UnitName[] {
  return UNIT_NAMES.filter(unit =>
    fieldsBelow(object, unit).some(
      ({ manager, operation }) =>
        manager === FIELD_MANAGER && operation === 'Apply',
    ),
  );
}

/** Who owns something of a unit, with the fields, as `metadata.managedFields` names them. */
export function fieldsBelow(
  object: KubernetesObject | undefined,
  unit: UnitName,
): { manager?: string; operation?: string; fields: object }[] {
  const managed = (object?.metadata.managedFields ?? []) as {
    manager?: string;
    operation?: string;
    fieldsV1?: Record<string, any>;
  }[];
  const path = ['spec', 'trafficPolicy', ...PATHS[unit]].map(key => `f:${key}`);
  return managed.flatMap(({ manager, operation, fieldsV1 }) => {
    const fields = at(fieldsV1, path);
    return fields === undefined
      ? []
      : [{ manager, operation, fields: fields as object }];
  });
}

function at(node: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value && typeof value === 'object'
        ? (value as Record<string, unknown>)[key]
        : undefined,
    node,
  );
}

function merge(
  target: Record<string, any>,
  source: Record<string, any>,
): Record<string, any> {
  for (const [key, value] of Object.entries(source)) {
    const both =
      isObject(value) && isObject(target[key]) && key !== 'localityLbSetting';
    target[key] = both ? merge(target[key], value) : value;
  }
  return target;
}

function isObject(value: unknown): boolean {
  return Boolean(value) && typeof value === 'object' && !Array.isArray(value);
}
