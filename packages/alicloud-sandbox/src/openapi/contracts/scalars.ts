import type { Scalar } from './index';

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** What is wrong with a text as a parameter of the type; undefined when nothing is. */
export function textProblem(type: Scalar, text: string): string | undefined {
  switch (type) {
    case 'integer':
    case 'long':
      if (!/^[+-]?\d+$/.test(text)) return `'${text}' is not an integer`;
      return fits(type, BigInt(text))
        ? undefined
        : `${text} is out of the range of ${bits(type)}-bit integers`;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? undefined
        : `'${text}' is not a number`;
    case 'boolean':
      return /^(true|false)$/i.test(text)
        ? undefined
        : `'${text}' is neither true nor false`;
    default:
      return undefined;
  }
}

/** As `textProblem`, for a value of JSON. */
export function valueProblem(type: Scalar, value: unknown): string | undefined {
  const wrong = `${
    type === 'integer' ? 'an' : 'a'
  } ${type} is expected, not ${kindOf(value)}`;
  switch (type) {
    case 'integer':
    case 'long':
      if (typeof value !== 'number' || !Number.isInteger(value)) return wrong;
      return fits(type, BigInt(value))
        ? undefined
        : `${value} is out of the range of ${bits(type)}-bit integers`;
    case 'number':
      return typeof value === 'number' ? undefined : wrong;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong;
    case 'string':
      return typeof value === 'string' ? undefined : wrong;
    default:
      return undefined;
  }
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

function bits(type: 'integer' | 'long'): number {
  return type === 'integer' ? 32 : 64;
}

function fits(type: 'integer' | 'long', value: bigint): boolean {
  return type === 'integer'
    ? value >= INT32.min && value <= INT32.max
    : BigInt.asIntN(64, value) === value;
}
