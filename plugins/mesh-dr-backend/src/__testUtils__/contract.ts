import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import type { Response } from 'supertest';
import { parse } from 'yaml';
import { openapiPath } from '../routes/createRouter';

interface Operation {
  responses: Record<string, unknown>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The document as served. */
export const openapi = parse(readFileSync(openapiPath(), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};

/** Operations as `GET /v1/meshes/{mesh}`. */
export function documentedOperations(): string[] {
  return Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter(key => METHODS.includes(key))
      .map(method => `${method.toUpperCase()} ${path}`),
  );
}

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'doc', ...openapi });
const compiled = new Map<string, ValidateFunction>();

/** Throws when an answer is not what the document promises for its operation and status. */
export function assertDocumented(
  method: string,
  url: string,
  answer: Pick<Response, 'status' | 'body' | 'type'>,
): void {
  const [path] = url.split('?');
  const template = Object.keys(openapi.paths).find(candidate =>
    new RegExp(`^${candidate.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
  );
  const operation = template && openapi.paths[template][method];
  if (!operation) throw new Error(`${method} ${url} is not documented`);
  if (answer.type !== 'application/json') return;
  const status =
    `${answer.status}` in operation.responses ? answer.status : 'default';
  const pointer = ['paths', template, method, 'responses', `${status}`].map(
    part => part.replace(/~/g, '~0').replace(/\//g, '~1'),
  );
  const key = pointer.join('/');
  let validate = compiled.get(key);
  if (!validate) {
    const response = operation.responses[`${status}`] as { $ref?: string };
    const base = response.$ref
      ? response.$ref.replace('#/', '').split('/')
      : pointer;
    const schema = [...base, 'content', 'application~1json', 'schema'];
    validate = ajv.compile({
      $ref: `doc#/${schema.map(encodeURIComponent).join('/')}`,
    });
    compiled.set(key, validate);
  }
  if (!validate(answer.body)) {
    throw new Error(
      `${method} ${url} answered ${
        answer.status
      } unlike openapi.yaml: ${ajv.errorsText(
        validate.errors,
      )}\n${JSON.stringify(answer.body, null, 1)}`,
    );
  }
}
