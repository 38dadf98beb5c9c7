import { apiVersionOf, type KindRow } from '../kinds';
import { keyOfModel } from '../schema/goTypes';
import type { ObjectSchema, ScalarSchema, Schema } from '../schema/schema';

type Json = any;

const FORMATS: Record<string, Json> = {
  int32: { format: 'int32' },
  int64: { format: 'int64' },
  bytes: { format: 'byte' },
  time: { format: 'date-time' },
  'micro-time': { format: 'date-time' },
};

const UNKNOWN_FIELDS = { 'x-kubernetes-preserve-unknown-fields': true };

/** The published name of a built-in type: `V1PodSpec` is `io.k8s.api.core.v1.PodSpec`. */
function publishedName(model: string): string {
  const key = keyOfModel(model) ?? model;
  return key.startsWith('meta.')
    ? `io.k8s.apimachinery.pkg.apis.${key}`
    : `io.k8s.api.${key}`;
}

/** Collects the schemas of a document, in the words of OpenAPI 2 or 3. */
export class Definitions {
  readonly all: Record<string, Json> = {};
  private readonly version: 2 | 3;

  constructor(version: 2 | 3) {
    this.version = version;
  }

  /** Defines a kind; built-in types keep their names, custom ones are named by group and version. */
  ofKind(row: KindRow, version: string): Json {
    const name = row.schema.ref
      ? publishedName(row.schema.ref)
      : `${row.group.split('.').reverse().join('.')}.${version}.${row.kind}`;
    return this.define(row.schema, name, {
      description: `${row.kind} of ${apiVersionOf(row, version)}.`,
      'x-kubernetes-group-version-kind': [
        { group: row.group, version, kind: row.kind },
      ],
    });
  }

  private define(schema: ObjectSchema, name: string, extra: Json = {}): Json {
    if (!this.all[name]) {
      this.all[name] = {};
      Object.assign(this.all[name], this.properties(schema), extra);
    }
    const root =
      this.version === 2 ? '#/definitions/' : '#/components/schemas/';
    return { $ref: `${root}${name}` };
  }

  private properties(schema: ObjectSchema): Json {
    return {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(schema.fields).map(([field, child]) => [
          field,
          this.convert(child),
        ]),
      ),
      ...(schema.required?.length ? { required: schema.required } : {}),
      ...(schema.open ? UNKNOWN_FIELDS : {}),
      ...(schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }

  private scalar(schema: ScalarSchema): Json {
    if (schema.type === 'int-or-string') {
      return this.version === 2
        ? { type: 'string', format: 'int-or-string' }
        : {
            format: 'int-or-string',
            oneOf: [{ type: 'integer' }, { type: 'string' }],
          };
    }
    return {
      type: schema.type,
      ...(FORMATS[schema.format ?? ''] ?? {}),
      ...(schema.enum ? { enum: schema.enum } : {}),
    };
  }

  private convert(schema: Schema): Json {
    switch (schema.kind) {
      case 'any':
        return UNKNOWN_FIELDS;
      case 'scalar':
        return this.scalar(schema);
      case 'map':
        return {
          type: 'object',
          additionalProperties: this.convert(schema.values),
        };
      case 'list':
        return {
          type: 'array',
          items: this.convert(schema.items),
          'x-kubernetes-list-type': schema.list,
          ...(schema.keys ? { 'x-kubernetes-list-map-keys': schema.keys } : {}),
          ...(schema.patchKey === undefined
            ? {}
            : {
                'x-kubernetes-patch-strategy': 'merge',
                ...(schema.patchKey
                  ? { 'x-kubernetes-patch-merge-key': schema.patchKey }
                  : {}),
              }),
        };
      default:
        return this.reference(schema);
    }
  }

  private reference(schema: ObjectSchema): Json {
    if (!schema.ref) return this.properties(schema);
    const ref = this.define(schema, publishedName(schema.ref));
    // Beside a reference nothing else may stand in OpenAPI 3.
    return this.version === 2 ? ref : { allOf: [ref], default: {} };
  }
}
