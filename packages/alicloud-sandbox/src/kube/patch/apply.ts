import type { KubeObject } from '../../contract';
import { clone, equal, isRecord, type Json } from '../json';
import { fieldSchema, type Schema } from '../schema/schema';
import { KubeStatusError, type FieldCause } from '../status';
import {
  changedFields,
  describePath,
  fieldsOf,
  itemElement,
  join,
  split,
  within,
  type FieldSet,
} from './fields';
import {
  readManagers,
  withoutSystemFields,
  writeManagers,
  type Manager,
} from './managedFields';

interface ApplyOptions {
  manager: string;
  force: boolean;
  apiVersion: string;
  subresource?: string;
  /** RFC 3339. */
  time: string;
}

const headOf = ({ apiVersion, kind }: KubeObject) => ({ apiVersion, kind });

const isItem = (path: string) => {
  const elements = split(path);
  return !elements[elements.length - 1].startsWith('f:');
};

const isEmpty = (value: Json) =>
  Array.isArray(value)
    ? value.length === 0
    : isRecord(value) && Object.keys(value).length === 0;

/**
 * Server-side apply: merges `applied` into `live`, removes what this manager applied earlier and no longer does,
 * and records ownership. Throws 409 naming the managers whose fields would change, unless forced.
 */
export function serverSideApply(
  live: KubeObject | undefined,
  applied: KubeObject,
  schema: Schema,
  options: ApplyOptions,
): KubeObject {
  const base: Json = live ? clone(live) : { ...headOf(applied), metadata: {} };
  const managers = readManagers(base);
  const isSelf = (m: Manager) =>
    m.manager === options.manager &&
    m.operation === 'Apply' &&
    m.subresource === options.subresource;
  const self = managers.find(isSelf);
  const others = managers.filter(m => m !== self);
  const config = withoutSystemFields(applied);
  const fields = fieldsOf(config, schema);

  const merged = overlay(base, config, schema);
  merged.metadata.name = applied.metadata.name;
  const dropped = [...(self?.fields ?? [])].filter(
    path =>
      !fields.has(path) &&
      !others.some(m => [...m.fields].some(f => within(f, path))) &&
      ![...fields].some(f => within(f, path)),
  );
  const result = removeFields(merged, new Set(dropped), schema);

  const { set } = changedFields(
    withoutSystemFields(base),
    withoutSystemFields(result),
    schema,
  );
  const contested = others
    .map(m => ({ manager: m, fields: contest(m.fields, set, fields) }))
    .filter(c => c.fields.length > 0);
  const upgraded = self ? new Set() : lastAppliedFields(live, schema, options);
  const refused = contested
    .map(c => ({ ...c, fields: c.fields.filter(path => !upgraded.has(path)) }))
    .filter(c => c.fields.length > 0);
  if (refused.length > 0 && !options.force) throw conflictError(refused);
  for (const { manager, fields: lost } of contested) {
    for (const path of lost) manager.fields.delete(path);
  }
  const unchanged =
    self && equal([...self.fields].sort(), [...fields].sort()) && live
      ? equal(withoutSystemFields(base), withoutSystemFields(result))
      : false;
  writeManagers(result, [
    ...others,
    {
      manager: options.manager,
      operation: 'Apply',
      apiVersion: options.apiVersion,
      time: unchanged ? self!.time : options.time,
      subresource: options.subresource,
      fields,
    },
  ]);
  return result;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Fields that kubectl applied on the client's side before: when it goes over to server-side apply, they are its own,
 * whoever the object's managers say wrote them.
 */
function lastAppliedFields(
  live: KubeObject | undefined,
  schema: Schema,
  options: ApplyOptions,
): FieldSet {
  const text = live?.metadata.annotations?.[LAST_APPLIED];
  if (options.manager !== 'kubectl' || !text) return new Set();
  try {
    return fieldsOf(withoutSystemFields(JSON.parse(text)), schema);
  } catch {
    return new Set();
  }
}

/** Another manager's fields that this apply changes: the same path, or one above or below it. */
function contest(owned: FieldSet, changed: FieldSet, ours: FieldSet): string[] {
  const hits = [...changed].filter(path => ours.has(path));
  return [...owned].filter(path =>
    hits.some(
      hit =>
        path === hit ||
        // A whole value replaces fields that are owned one by one, or the other way round.
        (within(path, hit) && !isItem(hit)) ||
        (within(hit, path) && !isItem(path)),
    ),
  );
}

function describeManager({
  manager,
  operation,
  apiVersion,
  subresource,
}: Manager): string {
  const at = subresource
    ? ` with subresource ${JSON.stringify(subresource)}`
    : '';
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(manager)}${at}${using}`;
}

function conflictError(
  contested: { manager: Manager; fields: string[] }[],
): KubeStatusError {
  const causes: FieldCause[] = contested.flatMap(({ manager, fields }) =>
    fields.map(path => ({
      reason: 'FieldManagerConflict' as const,
      message: `conflict with ${describeManager(manager)}`,
      field: describePath(path),
    })),
  );
  const count = causes.length;
  const noun = count === 1 ? 'conflict' : 'conflicts';
  const text =
    count === 1
      ? `${causes[0].message}: ${causes[0].field}`
      : [...new Set(causes.map(c => c.message))]
          .map(
            message =>
              `${message.replace(/^conflict /, 'conflicts ')}:\n${causes
                .filter(c => c.message === message)
                .map(c => `- ${c.field}`)
                .join('\n')}`,
          )
          .join('\n');
  return new KubeStatusError(
    409,
    'Conflict',
    `Apply failed with ${count} ${noun}: ${text}`,
    { causes },
  );
}

/** Puts a configuration over a live value: objects and keyed lists merge, the rest is replaced. */
export function overlay(
  live: Json,
  config: Json,
  schema: Schema | undefined,
): Json {
  const atomic =
    (schema?.kind === 'object' || schema?.kind === 'map') && schema.atomic;
  if (isRecord(config) && isRecord(live) && !atomic) {
    const out: Record<string, Json> = { ...live };
    for (const [name, value] of Object.entries(config)) {
      out[name] = overlay(live[name], value, fieldSchema(schema, name));
    }
    return out;
  }
  if (
    Array.isArray(config) &&
    Array.isArray(live) &&
    schema?.kind === 'list' &&
    schema.list !== 'atomic'
  ) {
    const rest = new Map(live.map(item => [itemElement(schema, item), item]));
    const out = config.map(item => {
      const at = itemElement(schema, item);
      const current = rest.get(at);
      rest.delete(at);
      return current === undefined
        ? item
        : overlay(current, item, schema.items);
    });
    // Elements of others keep their places; ours follow in the configuration's order.
    const ours = new Map(out.map(item => [itemElement(schema, item), item]));
    const kept = live.map(item => {
      const at = itemElement(schema, item);
      const mine = ours.get(at);
      ours.delete(at);
      return mine ?? item;
    });
    return rest.size === 0 ? out : [...kept, ...ours.values()];
  }
  return clone(config);
}

/** Removes fields and list elements; objects that become empty by it go as well. */
export function removeFields(
  value: Json,
  gone: FieldSet,
  schema: Schema | undefined,
  path: string[] = [],
): Json {
  if (gone.size === 0) return value;
  const below = (at: string[]) => {
    const prefix = join(at);
    return [...gone].some(p => p !== prefix && within(p, prefix));
  };
  if (isRecord(value)) {
    const out: Record<string, Json> = {};
    for (const [name, child] of Object.entries(value)) {
      const at = [...path, `f:${name}`];
      if (gone.has(join(at))) continue;
      if (!below(at)) {
        out[name] = child;
        continue;
      }
      const rest = removeFields(child, gone, fieldSchema(schema, name), at);
      if (!isEmpty(rest)) out[name] = rest;
    }
    return out;
  }
  if (
    Array.isArray(value) &&
    schema?.kind === 'list' &&
    schema.list !== 'atomic'
  ) {
    return value
      .map(item => ({ item, at: [...path, itemElement(schema, item)] }))
      .filter(({ at }) => !gone.has(join(at)))
      .map(({ item, at }) =>
        below(at) ? removeFields(item, gone, schema.items, at) : item,
      );
  }
  return value;
}
