import { equal, isRecord, type Json } from '../json';
import { fieldSchema, type ListSchema, type Schema } from '../schema/schema';

/**
 * A set of field paths. A path is its fieldsV1 elements joined: `f:spec`, `k:{"name":"web"}`, `v:"x"`; the set
 * holds leaves, and the elements of keyed lists themselves.
 */
export type FieldSet = Set<string>;

const SEPARATOR = '\u0001';

export const join = (path: string[]): string => path.join(SEPARATOR);
export const split = (path: string): string[] =>
  path === '' ? [] : path.split(SEPARATOR);

/** Whether `path` lies below `ancestor` (or is it). */
export function within(path: string, ancestor: string): boolean {
  return (
    path === ancestor ||
    ancestor === '' ||
    path.startsWith(ancestor + SEPARATOR)
  );
}

/** The path element of an item in a keyed list or set. */
export function itemElement(schema: ListSchema, item: Json): string {
  if (schema.list === 'set') return `v:${JSON.stringify(item)}`;
  const keys: Record<string, Json> = {};
  for (const name of [...schema.keys!].sort()) {
    const value = item?.[name] ?? (name === 'protocol' ? 'TCP' : undefined);
    if (value !== undefined) keys[name] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

type Visit = (path: string[], value: Json) => void;

/** Calls `leaf` for what is owned as a whole and `item` for elements of keyed lists. */
function walk(
  value: Json,
  schema: Schema | undefined,
  path: string[],
  leaf: Visit,
  item: Visit,
) {
  const atomic =
    (schema?.kind === 'object' || schema?.kind === 'map') && schema.atomic;
  if (isRecord(value) && !atomic && Object.keys(value).length > 0) {
    for (const [name, child] of Object.entries(value)) {
      walk(
        child,
        fieldSchema(schema, name),
        [...path, `f:${name}`],
        leaf,
        item,
      );
    }
  } else if (
    Array.isArray(value) &&
    value.length > 0 &&
    schema?.kind === 'list' &&
    schema.list !== 'atomic'
  ) {
    for (const child of value) {
      const at = [...path, itemElement(schema, child)];
      item(at, child);
      if (isRecord(child)) walk(child, schema.items, at, leaf, item);
    }
  } else if (path.length > 0) {
    leaf(path, value);
  }
}

/** Fields that an applied configuration sets. */
export function fieldsOf(value: Json, schema: Schema): FieldSet {
  const out: FieldSet = new Set();
  const add: Visit = path => out.add(join(path));
  walk(value, schema, [], add, add);
  return out;
}

/** Fields whose value differs between two versions of an object: added or changed, and removed ones. */
export function changedFields(
  before: Json,
  after: Json,
  schema: Schema,
): { set: FieldSet; removed: FieldSet } {
  const flatten = (value: Json) => {
    const leaves = new Map<string, Json>();
    walk(
      value,
      schema,
      [],
      (path, leaf) => leaves.set(join(path), leaf),
      path => leaves.set(join(path), true),
    );
    return leaves;
  };
  const old = flatten(before);
  const now = flatten(after);
  const set: FieldSet = new Set();
  const removed: FieldSet = new Set();
  for (const [path, value] of now) {
    if (!old.has(path) || !equal(old.get(path), value)) set.add(path);
  }
  for (const path of old.keys()) if (!now.has(path)) removed.add(path);
  return { set, removed };
}

/** Writes a set as fieldsV1. */
export function toFieldsV1(fields: FieldSet): Json {
  const root: Json = {};
  for (const path of [...fields].sort()) {
    let node = root;
    const elements = split(path);
    for (const element of elements) node = node[element] ??= {};
    if (!elements[elements.length - 1].startsWith('f:')) node['.'] = {};
  }
  return root;
}

/** Reads fieldsV1; the inverse of `toFieldsV1`. */
export function fromFieldsV1(node: Json): FieldSet {
  const out: FieldSet = new Set();
  const visit = (at: Json, path: string[]) => {
    const children = Object.keys(at ?? {}).filter(name => name !== '.');
    if ((children.length === 0 || at['.']) && path.length > 0) {
      out.add(join(path));
    }
    for (const name of children) visit(at[name], [...path, name]);
  };
  visit(node, []);
  return out;
}

/** Writes a path the way conflict messages do: `.spec.template.spec.containers[name="web"].image`. */
export function describePath(path: string): string {
  return split(path)
    .map(element => {
      const text = element.slice(2);
      if (element.startsWith('f:')) return `.${text}`;
      if (element.startsWith('v:')) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text)).map(
        ([name, value]) => `${name}=${JSON.stringify(value)}`,
      );
      return `[${keys.join(',')}]`;
    })
    .join('');
}
