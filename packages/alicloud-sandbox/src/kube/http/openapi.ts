import { type KindRow, type KindTable } from '../kinds';
import { Definitions } from './definitions';

type Json = any;

/** Query parameters of a write: kubectl looks for `fieldValidation` before it sends it. */
export const WRITE_PARAMETERS = [
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'pretty',
];

const PARAMETERS = WRITE_PARAMETERS.map(name => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}));

/** Media types of patches that a kind takes. */
export const patchTypes = (row: KindRow): string[] => [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(row.custom ? [] : ['application/strategic-merge-patch+json']),
];

/** The path of a kind's collection, with `{namespace}` where it has one. */
export function pathOf(row: KindRow, version: string): string {
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
  const path = pathOf(row, version);
  if (!row.stored) return { [path]: { post: operation('post', json) } };
  return {
    [path]: { get: operation('list'), post: operation('post', json) },
    [`${path}/{name}`]: {
      get: operation('get'),
      put: operation('put', json),
      patch: operation('patch', patchTypes(row)),
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
  const definitions = new Definitions(3);
  const paths: Record<string, Json> = {};
  for (const row of rows) {
    Object.assign(
      paths,
      operations(row, version, definitions.ofKind(row, version)),
    );
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: { schemas: definitions.all },
  };
}

/** Names of the OpenAPI v3 documents: `api/v1`, `apis/apps/v1`. */
export function documentNames(kinds: KindTable): string[] {
  const names = kinds.rows.flatMap(r =>
    r.versions.map(v => (r.group ? `apis/${r.group}/${v}` : `api/${v}`)),
  );
  return [...new Set(names)];
}

/** One document of OpenAPI v3, by its name; undefined for one that is not served. */
export function openapiV3(kinds: KindTable, name: string): object | undefined {
  const parts = name.split('/');
  return parts[0] === 'api'
    ? groupVersionDocument(kinds, '', parts[1])
    : groupVersionDocument(kinds, parts[1], parts[2]);
}
