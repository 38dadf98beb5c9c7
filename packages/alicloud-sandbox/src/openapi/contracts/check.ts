import { ApiError } from '../errors';
import type { Contract, ParameterShape, Shape } from './index';
import { kindOf, textProblem, valueProblem } from './scalars';

/** Most segments that a repeated parameter's name has (`Filter.1.Value.1`), with room to spare. */
const DEEPEST = 12;

/** `Missing<Name>`: what the API gateway says before a product sees the call. */
export function gatewayMissing(name: string): ApiError {
  return new ApiError(
    `Missing${name}`,
    `${name} is mandatory for this action.`,
  );
}

/** `Invalid<Name>`, named after the parameter without its indexes. */
export function gatewayInvalid(name: string, reason: string): ApiError {
  return new ApiError(
    `Invalid${name}`,
    `Specified parameter ${name} is not valid: ${reason}.`,
  );
}

/**
 * What the API gateway checks of an RPC call: mandatory parameters, types, and the indexes of repeated ones. Parameters
 * that are not documented are let through, as clients in use send some.
 *
 * @throws ApiError `Missing<Name>` or `Invalid<Name>`
 */
export function checkRpcParameters(
  contract: Contract,
  parameters: ReadonlyMap<string, string>,
): void {
  for (const name of contract.required ?? []) {
    if (!isGiven(name, parameters)) throw gatewayMissing(name);
  }
  for (const [key, text] of parameters) {
    const [name, ...rest] = key.split('.', DEEPEST);
    if (!Object.hasOwn(contract.parameters, name)) continue;
    const problem = parameterProblem(contract.parameters[name], rest, text);
    if (problem) throw gatewayInvalid(name, `${key}: ${problem}`);
  }
}

/** `Name` or, for lists, `Name.1…`; an empty text counts as absent. */
function isGiven(
  name: string,
  parameters: ReadonlyMap<string, string>,
): boolean {
  if (parameters.get(name)) return true;
  for (const key of parameters.keys()) {
    if (key.startsWith(`${name}.`)) return true;
  }
  return false;
}

function parameterProblem(
  shape: ParameterShape,
  path: string[],
  text: string,
): string | undefined {
  if (typeof shape === 'object' && '$json' in shape) {
    return text && !path.length ? jsonProblem(shape.$json, text) : undefined;
  }
  const [segment, ...rest] = path;
  if (Array.isArray(shape)) {
    if (segment === undefined) {
      return text && 'it is a list: its items are numbered from .1 on';
    }
    return /^[1-9]\d{0,4}$/.test(segment)
      ? parameterProblem(shape[0], rest, text)
      : `'${segment}' is not a number from 1 on`;
  }
  if (typeof shape === 'object') {
    if (segment === undefined) {
      return text && 'it has parts: they are named after a dot';
    }
    const part =
      shape['*'] ?? (Object.hasOwn(shape, segment) && shape[segment]);
    return part ? parameterProblem(part, rest, text) : undefined;
  }
  if (segment !== undefined) return 'it has no parts';
  return text ? textProblem(shape, text) : undefined;
}

function jsonProblem(shape: Shape, text: string): string | undefined {
  try {
    return bodyProblem(shape, JSON.parse(text), '');
  } catch {
    return 'it is not valid JSON';
  }
}

/**
 * What is wrong with a JSON value that a client sent; undefined when nothing is. Keys that are not documented and nulls
 * are let through, and a number where a text is expected (`node_cidr_mask` is sent both ways).
 */
export function bodyProblem(
  shape: Shape,
  value: unknown,
  at: string,
): string | undefined {
  if (value === null || value === undefined) return undefined;
  const prefix = at && `${at}: `;
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) {
      return `${prefix}a list is expected, not ${kindOf(value)}`;
    }
    return first(value, (item, index) =>
      bodyProblem(shape[0], item, `${at}[${index}]`),
    );
  }
  if (typeof shape === 'object') {
    if (typeof value !== 'object' || Array.isArray(value)) {
      return `${prefix}an object is expected, not ${kindOf(value)}`;
    }
    return first(Object.entries(value), ([key, item]) => {
      const part = shape['*'] ?? (Object.hasOwn(shape, key) && shape[key]);
      return part
        ? bodyProblem(part, item, at ? `${at}.${key}` : key)
        : undefined;
    });
  }
  if (shape === 'string' && typeof value === 'number') return undefined;
  const problem = valueProblem(shape, value);
  return problem && prefix + problem;
}

function first<T>(
  items: T[],
  problem: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found) return found;
  }
  return undefined;
}

/**
 * The same for a call in ROA style: the query of operations that read or delete, the JSON body of all others. A list in a
 * query is JSON text. Which members of a body are mandatory is the product's to say: it has codes of its own for that.
 *
 * @throws ApiError `Missing<Name>` or `Invalid<Name>`
 */
export function checkRoaParameters(
  contract: Contract,
  query: URLSearchParams,
  body: Record<string, unknown>,
): void {
  const inBody = contract.method === 'POST' || contract.method === 'PUT';
  for (const name of contract.required ?? []) {
    if (!inBody && !query.get(name)) throw gatewayMissing(name);
  }
  for (const [name, shape] of Object.entries(contract.parameters)) {
    const text = query.get(name);
    const problem = inBody
      ? bodyProblem(shape as Shape, body[name], name)
      : text &&
        (typeof shape === 'string'
          ? textProblem(shape, text)
          : jsonProblem(shape as Shape, text));
    if (problem) throw gatewayInvalid(name, problem);
  }
}
