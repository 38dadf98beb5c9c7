import { clone, isRecord, type Json } from '../json';
import type { Schema } from '../schema/schema';
import {
  changedFields,
  fromFieldsV1,
  toFieldsV1,
  within,
  type FieldSet,
} from './fields';

/** One entry of `metadata.managedFields`. */
export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** RFC 3339. */
  time?: string;
  subresource?: string;
  fields: FieldSet;
}

/** Metadata that the server itself keeps; nobody owns it. */
const SYSTEM = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];

/** The part of an object that managers can own. */
export function withoutSystemFields(object: Json): Json {
  const { apiVersion: _a, kind: _k, ...rest } = clone(object);
  if (isRecord(rest.metadata)) {
    for (const name of SYSTEM) delete rest.metadata[name];
    if (Object.keys(rest.metadata).length === 0) delete rest.metadata;
  }
  return rest;
}

export function readManagers(object: Json): Manager[] {
  return (object.metadata?.managedFields ?? []).map((entry: Json) => ({
    manager: entry.manager,
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    time: entry.time,
    subresource: entry.subresource,
    fields: fromFieldsV1(entry.fieldsV1 ?? {}),
  }));
}

/** Writes the entries that still own something. */
export function writeManagers(object: Json, managers: Manager[]): void {
  object.metadata.managedFields = managers
    .filter(m => m.fields.size > 0)
    .map(m => ({
      apiVersion: m.apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(m.fields),
      manager: m.manager,
      operation: m.operation,
      ...(m.subresource ? { subresource: m.subresource } : {}),
      time: m.time,
    }));
}

/**
 * Records a create, update or patch by `by`: it owns what it changed, and those who owned the changed fields no
 * longer do. Edits `after.metadata.managedFields`.
 */
export function recordUpdate(
  before: Json | undefined,
  after: Json,
  schema: Schema,
  by: Omit<Manager, 'operation' | 'fields'>,
): void {
  const { set, removed } = changedFields(
    before ? withoutSystemFields(before) : {},
    withoutSystemFields(after),
    schema,
  );
  const managers = readManagers(before ?? after);
  if (set.size === 0 && removed.size === 0) {
    writeManagers(after, managers);
    return;
  }
  const gone = [...removed];
  let self = managers.find(
    m =>
      m.manager === by.manager &&
      m.operation === 'Update' &&
      m.subresource === by.subresource,
  );
  for (const manager of managers) {
    for (const path of [...manager.fields]) {
      const lost =
        gone.some(g => within(path, g)) || (manager !== self && set.has(path));
      if (lost) manager.fields.delete(path);
    }
  }
  if (!self) {
    self = { ...by, operation: 'Update', fields: new Set() };
    managers.push(self);
  }
  self.apiVersion = by.apiVersion;
  self.time = by.time;
  for (const path of set) self.fields.add(path);
  writeManagers(after, managers);
}
