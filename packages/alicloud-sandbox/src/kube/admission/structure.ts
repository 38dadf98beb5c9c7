import { isRecord, type Json } from '../json';
import type { ScalarSchema, Schema } from '../schema/schema';
import type { FieldCause } from '../status';

/** What a structural check found. */
export interface StructureReport {
  /** Paths of fields that the structure does not know, e.g. `spec.template.spec.foo`. */
  unknown: string[];
  causes: FieldCause[];
}

/** Compares a value with its structure; unknown fields are removed from `value`, as the API server prunes them. */
export function checkStructure(value: Json, schema: Schema): StructureReport {
  const report: StructureReport = { unknown: [], causes: [] };
  visit(value, schema, '', report);
  return report;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') {
    return Number.isInteger(value) ? 'integer' : 'number';
  }
  return typeof value;
}

function wrongType(at: string, value: Json, wanted: string): FieldCause {
  const found = typeOf(value);
  return {
    reason: 'FieldValueTypeInvalid',
    field: at,
    message: `Invalid value: "${found}": ${at} in body must be of type ${wanted}: "${found}"`,
  };
}

function visit(
  value: Json,
  schema: Schema,
  at: string,
  report: StructureReport,
) {
  if (schema.kind === 'any') return;
  // Null counts as absent: built-in types decode it so, custom resources drop it.
  if (value === null || value === undefined) return;
  if (schema.kind === 'scalar') {
    const cause = scalarFault(value, schema, at);
    if (cause) report.causes.push(cause);
    return;
  }
  if (schema.kind === 'list') {
    if (!Array.isArray(value)) {
      report.causes.push(wrongType(at, value, 'array'));
      return;
    }
    value.forEach((item, i) =>
      visit(item, schema.items, `${at}[${i}]`, report),
    );
    return;
  }
  if (!isRecord(value)) {
    report.causes.push(wrongType(at, value, 'object'));
    return;
  }
  if (schema.kind === 'map') {
    for (const [name, item] of Object.entries(value)) {
      visit(item, schema.values, `${at}.${name}`, report);
    }
    return;
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined || value[name] === null) {
      report.causes.push({
        reason: 'FieldValueRequired',
        field: at ? `${at}.${name}` : name,
        message: 'Required value',
      });
    }
  }
  for (const [name, item] of Object.entries(value)) {
    const path = at ? `${at}.${name}` : name;
    const known = Object.hasOwn(schema.fields, name)
      ? schema.fields[name]
      : undefined;
    if (known) {
      visit(item, known, path, report);
    } else if (!schema.open) {
      report.unknown.push(path);
      delete value[name];
    }
  }
}

function scalarFault(
  value: Json,
  schema: ScalarSchema,
  at: string,
): FieldCause | undefined {
  const found = typeOf(value);
  const fits = {
    string:
      found === 'string' ||
      (schema.format === 'quantity' && typeof value === 'number'),
    boolean: found === 'boolean',
    integer: found === 'integer',
    number: found === 'integer' || found === 'number',
    'int-or-string': found === 'integer' || found === 'string',
  }[schema.type];
  if (!fits) return wrongType(at, value, schema.type);
  if (schema.enum && !schema.enum.includes(value)) {
    return {
      reason: 'FieldValueNotSupported',
      field: at,
      message: `Unsupported value: ${JSON.stringify(
        value,
      )}: supported values: ${schema.enum
        .map(v => JSON.stringify(v))
        .join(', ')}`,
    };
  }
  if (schema.pattern && !schema.pattern.test.test(value)) {
    return {
      reason: 'FieldValueInvalid',
      field: at,
      message: `Invalid value: ${JSON.stringify(value)}: ${
        schema.pattern.says
      }`,
    };
  }
  return undefined;
}
