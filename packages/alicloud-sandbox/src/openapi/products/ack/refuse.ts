import { ApiError } from '../../errors';

/** A refusal of the Container Service; 400 unless said otherwise. */
export function refuse(code: string, message: string, status = 400): ApiError {
  return new ApiError(code, message, status);
}

/**
 * A member of a JSON body that must be given.
 * @throws ApiError `ErrorParamsMissing`
 */
export function needText(body: Record<string, any>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || !value) {
    throw refuse(
      'ErrorParamsMissing',
      `The parameter ${name} is mandatory and must be a string.`,
    );
  }
  return value;
}

/**
 * A member of a JSON body that is one of a few texts, or its default.
 * @throws ApiError `ErrorParamsInvalid`
 */
export function oneOf(
  body: Record<string, any>,
  name: string,
  allowed: readonly string[],
  fallback: string,
): string {
  const value = body[name] || fallback;
  if (!allowed.includes(value)) {
    throw refuse(
      'ErrorParamsInvalid',
      `${name} ${value} is none of ${allowed.join(', ')}.`,
    );
  }
  return value;
}
