import type { KindTable } from '../kinds';
import { Definitions } from './definitions';
import { pathOf, patchTypes, WRITE_PARAMETERS } from './openapi';

type Json = any;

const PARAMETERS = WRITE_PARAMETERS.map(name => ({
  name,
  in: 'query',
  type: name === 'force' ? 'boolean' : 'string',
  uniqueItems: true,
}));

const METHODS = {
  get: 'get',
  put: 'put',
  patch: 'patch',
  delete: 'delete',
} as const;

/** The OpenAPI v2 document: kubectl up to 1.28 reads it before it creates or explains anything. */
export function openapiV2(kinds: KindTable): Json {
  const definitions = new Definitions(2);
  const paths: Record<string, Json> = {};
  for (const row of kinds.rows) {
    for (const version of row.versions) {
      const schema = definitions.ofKind(row, version);
      const operation = (action: string, consumes?: string[]) => ({
        ...(consumes ? { consumes } : {}),
        produces: ['application/json', 'application/yaml'],
        parameters: PARAMETERS,
        responses: { 200: { description: 'OK', schema } },
        'x-kubernetes-action': action,
        'x-kubernetes-group-version-kind': {
          group: row.group,
          version,
          kind: row.kind,
        },
      });
      const path = pathOf(row, version);
      paths[path] = {
        ...(row.stored ? { get: operation('list') } : {}),
        post: operation('post'),
      };
      if (!row.stored) continue;
      paths[`${path}/{name}`] = Object.fromEntries(
        Object.entries(METHODS).map(([method, action]) => [
          method,
          operation(action, method === 'patch' ? patchTypes(row) : undefined),
        ]),
      );
    }
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    definitions: definitions.all,
  };
}
