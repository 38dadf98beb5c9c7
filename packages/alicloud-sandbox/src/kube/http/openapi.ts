import { apiVersionOf, type KindRow, type KindTable } from '../kinds';
import type { ObjectSchema, Schema } from '../schema/schema';

type Json = any;

/** Query parameters of a patch: kubectl looks for `fieldValidation` before it sends it. */
const PARAMETERS = [
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'pretty',
].map(name => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}));

class Document {
  readonly schemas: Record<string, Json> = {};

  /** `name` is given for a kind's own schema; built-in types bring theirs. */
  define(schema: ObjectSchema, name: string, extra: Json = {}): Json {
    if (!this.schemas[name]) {
      this.schemas[name] = {};
      Object.assign(this.schemas[name], this.properties(schema), extra);
    }
    return { $ref: `#/components/schemas/${name}` };
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
      ...(schema.open ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      ...(schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }

  private convert(schema: Schema): Json {
    switch (schema.kind) {
      case 'any':
        return { 'x-kubernetes-preserve-unknown-fields': true };
      case 'scalar':
        if (schema.type === 'int-or-string') {
          return {
            format: 'int-or-string',
            oneOf: [{ type: 'integer' }, { type: 'string' }],
          };
        }
        return {
          type: schema.type,
          ...(schema.enum ? { enum: schema.enum } : {}),
        };
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
          ...(schema.patchKey
            ? {
                'x-kubernetes-patch-merge-key': schema.patchKey,
                'x-kubernetes-patch-strategy': 'merge',
              }
            : {}),
        };
      default:
        return schema.ref
          ? {
              allOf: [this.define(schema, `io.k8s.${schema.ref}`)],
              default: {},
            }
          : this.properties(schema);
    }
  }
}

function pathOf(row: KindRow, version: string): string {
  const root = row.group ? `/apis/${row.group}/${version}` : `/api/${version}`;
  return row.namespaced
    ? `${root}/namespaces/{namespace}/${row.plural}`
    : `${root}/${row.plural}`;
}

function operations(
  row: KindRow,
  version: string,
  ref: Json,
): Record<string, Json> {
  const gvk = { group: row.group, version, kind: row.kind };
  const answer = {
    200: {
      description: 'OK',
      content: { 'application/json': { schema: ref } },
    },
  };
  const operation = (action: string, types?: string[]) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters: PARAMETERS,
    responses: answer,
    ...(types
      ? {
          requestBody: {
            content: Object.fromEntries(types.map(t => [t, { schema: ref }])),
          },
        }
      : {}),
  });
  const json = ['application/json'];
  const patches = [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    ...(row.custom ? [] : ['application/strategic-merge-patch+json']),
  ];
  const path = pathOf(row, version);
  if (!row.stored) return { [path]: { post: operation('post', json) } };
  return {
    [path]: { get: operation('list'), post: operation('post', json) },
    [`${path}/{name}`]: {
      get: operation('get'),
      put: operation('put', json),
      patch: operation('patch', patches),
      delete: operation('delete'),
    },
  };
}

function groupVersionDocument(
  kinds: KindTable,
  group: string,
  version: string,
) {
  const rows = kinds.rows.filter(
    r => r.group === group && r.versions.includes(version),
  );
  if (rows.length === 0) return undefined;
  const document = new Document();
  const paths: Record<string, Json> = {};
  for (const row of rows) {
    const name = row.schema.ref
      ? `io.k8s.${row.schema.ref}`
      : `${row.group.split('.').reverse().join('.')}.${version}.${row.kind}`;
    const ref = document.define(row.schema, name, {
      description: `${row.kind} of ${apiVersionOf(row, version)}.`,
      'x-kubernetes-group-version-kind': [{ group, version, kind: row.kind }],
    });
    Object.assign(paths, operations(row, version, ref));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: { schemas: document.schemas },
  };
}

/** OpenAPI v3: the index at `/openapi/v3` and one document per group and version. */
export function openapi(kinds: KindTable, path: string): object | undefined {
  if (path === '/openapi/v3') {
    const names = new Set(
      kinds.rows.flatMap(r =>
        r.versions.map(v => (r.group ? `apis/${r.group}/${v}` : `api/${v}`)),
      ),
    );
    return {
      paths: Object.fromEntries(
        [...names].map(name => [
          name,
          { serverRelativeURL: `/openapi/v3/${name}` },
        ]),
      ),
    };
  }
  const match = /^\/openapi\/v3\/(?:api\/([^/]+)|apis\/([^/]+)\/([^/]+))$/.exec(
    path,
  );
  if (!match) return undefined;
  return match[1]
    ? groupVersionDocument(kinds, '', match[1])
    : groupVersionDocument(kinds, match[2], match[3]);
}
