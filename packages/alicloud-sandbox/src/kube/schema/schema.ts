/**
 * A structural schema, narrow on purpose: enough to check types, find unknown fields, merge lists by key,
 * know who owns which field, and publish OpenAPI documents. One description serves all five.
 */
export type Schema =
  | ScalarSchema
  | { kind: 'any' }
  | ObjectSchema
  | { kind: 'map'; values: Schema; atomic?: boolean }
  | ListSchema;

export interface ScalarSchema {
  kind: 'scalar';
  type: 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';
  /** How Go reads the text of a built-in type; a quantity may be written as a number. */
  format?: 'quantity' | 'time' | 'micro-time' | 'bytes' | 'int32' | 'int64';
  enum?: string[];
  /** The value must match; `says` is the message that the API server would print. */
  pattern?: { test: RegExp; says: string };
}

export interface ObjectSchema {
  kind: 'object';
  /** Type name in OpenAPI documents, where one exists. */
  ref?: string;
  fields: Record<string, Schema>;
  required?: string[];
  /** Owned and replaced as a whole by server-side apply. */
  atomic?: boolean;
  /** Fields outside `fields` are kept (`x-kubernetes-preserve-unknown-fields`). */
  open?: boolean;
}

export interface ListSchema {
  kind: 'list';
  items: Schema;
  /** `x-kubernetes-list-type`. */
  list: 'atomic' | 'set' | 'map';
  /** `x-kubernetes-list-map-keys`. */
  keys?: string[];
  /** `x-kubernetes-patch-merge-key` of strategic merge patches; primitive lists that merge have `''`. */
  patchKey?: string;
}

export const string: Schema = { kind: 'scalar', type: 'string' };
export const integer: Schema = { kind: 'scalar', type: 'integer' };
export const number: Schema = { kind: 'scalar', type: 'number' };
export const boolean: Schema = { kind: 'scalar', type: 'boolean' };
export const intOrString: Schema = { kind: 'scalar', type: 'int-or-string' };
export const any: Schema = { kind: 'any' };

/** A string out of a closed set. */
export function oneOf(...values: string[]): Schema {
  return { kind: 'scalar', type: 'string', enum: values };
}

export function object(
  fields: Record<string, Schema>,
  options: { required?: string[]; open?: boolean; atomic?: boolean } = {},
): ObjectSchema {
  return { kind: 'object', fields, ...options };
}

export function map(
  values: Schema,
  options: { atomic?: boolean } = {},
): Schema {
  return { kind: 'map', values, ...options };
}

/** A list without merge keys: what a CRD without list-type annotations has. */
export function list(items: Schema): ListSchema {
  return { kind: 'list', items, list: 'atomic' };
}

/** The schema of a field below `schema`, or undefined where the structure does not know it. */
export function fieldSchema(
  schema: Schema | undefined,
  field: string,
): Schema | undefined {
  if (!schema) return undefined;
  if (schema.kind === 'object') {
    return Object.hasOwn(schema.fields, field)
      ? schema.fields[field]
      : undefined;
  }
  return schema.kind === 'map' ? schema.values : undefined;
}
