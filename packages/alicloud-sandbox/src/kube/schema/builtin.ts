import structures from './builtin.json';
import { MERGE_RULES, ATOMIC_TYPES, ATOMIC_MAPS, REQUIRED } from './mergeRules';
import { goField, keyOfModel } from './goTypes';
import {
  any,
  boolean,
  integer,
  intOrString,
  number,
  string,
  type ObjectSchema,
  type ScalarSchema,
  type Schema,
} from './schema';

const types = structures as Record<string, Record<string, string>>;
const built = new Map<string, ObjectSchema>();

const SCALARS: Record<string, Schema> = {
  string,
  integer,
  number,
  boolean,
  any,
  object: any,
  Date: string,
  V1MicroTime: string,
  IntOrString: intOrString,
};

const FORMATS: Record<string, ScalarSchema['format']> = {
  Quantity: 'quantity',
  Time: 'time',
  MicroTime: 'micro-time',
  bytes: 'bytes',
  int32: 'int32',
  int64: 'int64',
};

/** What the models leave open, the Go types say: which texts are quantities or bytes, which numbers have 32 bits. */
function refined(schema: Schema, owner: string, field: string): Schema {
  const key = keyOfModel(owner);
  const format = FORMATS[(key && goField(key, field)?.type) || ''];
  if (!format) return schema;
  if (schema.kind === 'scalar') return { ...schema, format };
  if (schema.kind === 'list') {
    return { ...schema, items: refined(schema.items, owner, field) };
  }
  return schema.kind === 'map'
    ? { ...schema, values: refined(schema.values, owner, field) }
    : schema;
}

function parse(type: string, owner: string, field: string): Schema {
  const array = /^Array<(.+)>$/.exec(type);
  const rule = MERGE_RULES[`${owner}.${field}`];
  if (array) {
    return {
      kind: 'list',
      items: parse(array[1], owner, ''),
      list: rule?.list ?? 'atomic',
      keys: rule?.keys,
      patchKey: rule?.patchKey,
    };
  }
  const dictionary = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (dictionary) {
    return {
      kind: 'map',
      values: parse(dictionary[1], owner, ''),
      atomic: ATOMIC_MAPS.has(`${owner}.${field}`),
    };
  }
  return SCALARS[type] ?? builtinSchema(type);
}

/** The structure of a built-in type, e.g. `V1PodSpec`. Throws on a name that `builtin.json` does not have. */
export function builtinSchema(name: string): ObjectSchema {
  const known = built.get(name);
  if (known) return known;
  const source = types[name];
  if (!source) throw new Error(`No structure is known for the type ${name}`);
  const schema: ObjectSchema = {
    kind: 'object',
    ref: name,
    fields: {},
    atomic: ATOMIC_TYPES.has(name),
    required: REQUIRED[name],
  };
  built.set(name, schema);
  for (const [field, type] of Object.entries(source)) {
    schema.fields[field] = refined(parse(type, name, field), name, field);
  }
  return schema;
}
