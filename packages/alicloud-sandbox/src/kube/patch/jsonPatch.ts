import { applyPatch, type Operation } from 'fast-json-patch';
import { clone, type Json } from '../json';
import { badRequest, KubeStatusError } from '../status';

/** RFC 6902. A failed `test` or a path that does not exist is 422 Invalid, as in the real API server. */
export function jsonPatch(target: Json, operations: Json): Json {
  if (!Array.isArray(operations)) {
    throw badRequest('a JSON patch must be a list of operations');
  }
  try {
    return applyPatch(clone(target), operations as Operation[], true, true)
      .newDocument;
  } catch (error) {
    const text = (error as Error).message.split('\n')[0];
    throw new KubeStatusError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${text}`,
    );
  }
}
