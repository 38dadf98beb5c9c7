import { clone, equal, isRecord, type Json } from '../json';
import { fieldSchema, type ListSchema, type Schema } from '../schema/schema';
import { badRequest } from '../status';

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DROP = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch: like a merge patch, but lists with a merge key merge element by element.
 * Directives: `$patch` (replace, delete, merge), `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`.
 */
export function strategicMerge(
  target: Json,
  patch: Json,
  schema: Schema | undefined,
): Json {
  if (!isRecord(patch)) return clone(patch);
  if (patch[PATCH] === 'replace') return without(patch, PATCH);
  if (patch[PATCH] === 'delete') return {};
  const out: Record<string, Json> = isRecord(target) ? clone(target) : {};
  if (Array.isArray(patch[RETAIN])) {
    for (const name of Object.keys(out)) {
      if (!patch[RETAIN].includes(name)) delete out[name];
    }
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DROP)) {
      const field = name.slice(DROP.length);
      const gone = new Set(value as Json[]);
      out[field] = (out[field] ?? []).filter((v: Json) => !gone.has(v));
    } else if (!name.startsWith('$')) {
      mergeField(out, name, value, fieldSchema(schema, name));
    }
  }
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(ORDER)) continue;
    const field = name.slice(ORDER.length);
    const key = mergeKey(fieldSchema(schema, field));
    if (Array.isArray(out[field]) && key !== undefined) {
      out[field] = ordered(out[field], order as Json[], key);
    }
  }
  return out;
}

function mergeField(
  out: Record<string, Json>,
  name: string,
  value: Json,
  schema: Schema | undefined,
) {
  if (value === null) {
    delete out[name];
  } else if (Array.isArray(value)) {
    out[name] = mergeList(out[name], value, schema);
  } else if (isRecord(value) && value[PATCH] === 'delete') {
    delete out[name];
  } else {
    out[name] = strategicMerge(out[name], value, schema);
  }
}

function mergeKey(schema: Schema | undefined): string | undefined {
  return schema?.kind === 'list' ? (schema as ListSchema).patchKey : undefined;
}

function mergeList(
  current: Json,
  patch: Json[],
  schema: Schema | undefined,
): Json[] {
  const key = mergeKey(schema);
  const replace = patch.some(
    item =>
      isRecord(item) &&
      item[PATCH] === 'replace' &&
      Object.keys(item).length === 1,
  );
  if (key === undefined || replace) {
    return clone(patch.filter(item => !isRecord(item) || !(PATCH in item)));
  }
  const items: Json[] = Array.isArray(current) ? clone(current) : [];
  if (key === '') {
    return [...items, ...patch.filter(item => !items.includes(item))];
  }
  const element = schema?.kind === 'list' ? schema.items : undefined;
  for (const item of patch) {
    if (!isRecord(item) || item[key] === undefined) {
      throw badRequest(
        `map: ${JSON.stringify(
          item,
        )} does not contain declared merge key: ${key}`,
      );
    }
    const at = items.findIndex(other => equal(other[key], item[key]));
    if (item[PATCH] === 'delete') {
      if (at >= 0) items.splice(at, 1);
    } else if (at >= 0) {
      items[at] = strategicMerge(items[at], item, element);
    } else {
      items.push(strategicMerge({}, without(item, PATCH), element));
    }
  }
  return items;
}

/** Elements in the patch's order; those it does not name keep their place relative to their predecessor. */
function ordered(items: Json[], order: Json[], key: string): Json[] {
  const id = (item: Json) => (key ? item?.[key] : item);
  const wanted = order.map(id);
  const ranked = items
    .filter(item => wanted.includes(id(item)))
    .sort((a, b) => wanted.indexOf(id(a)) - wanted.indexOf(id(b)));
  return items.map(item =>
    wanted.includes(id(item)) ? ranked.shift()! : item,
  );
}

function without(record: Record<string, Json>, name: string): Json {
  const { [name]: _dropped, ...rest } = record;
  return clone(rest);
}
