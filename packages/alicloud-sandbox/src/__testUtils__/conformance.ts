import type { Shape } from '../openapi/contracts';
import { kindOf, valueProblem } from '../openapi/contracts/scalars';

/** Left out of every last page. */
const ALWAYS_OPTIONAL = ['NextToken', 'next_token'];

export interface Allowance {
  /** Documented keys that the cloud sends only in some cases, as paths: `EipAddresses.EipAddress[].Zone`. */
  optional?: readonly string[];
  /** Keys that are sent although no document has them. */
  undocumented?: readonly string[];
}

/**
 * How an answer departs from the documented shape: keys that are missing or unknown, values of another type, lists without
 * their wrapper. One line a departure, naming the path.
 */
export function departures(
  shape: Shape,
  answer: unknown,
  allowance: Allowance = {},
): string[] {
  return compare(shape, answer, '', allowance);
}

function compare(
  shape: Shape,
  value: unknown,
  at: string,
  allowance: Allowance,
): string[] {
  if (Array.isArray(shape)) {
    return Array.isArray(value)
      ? value.flatMap(item => compare(shape[0], item, `${at}[]`, allowance))
      : [`${at}: a list is documented, not ${kindOf(value)}`];
  }
  if (typeof shape !== 'object') {
    const problem = valueProblem(shape, value);
    return problem ? [`${at}: ${problem}`] : [];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${at}: an object is documented, not ${kindOf(value)}`];
  }
  const members = Object.entries(value);
  const path = (key: string) => (at ? `${at}.${key}` : key);
  if (shape['*']) {
    return members.flatMap(([key, item]) =>
      compare(shape['*'], item, path(key), allowance),
    );
  }
  const missing = Object.keys(shape).filter(
    key =>
      !Object.hasOwn(value, key) &&
      !ALWAYS_OPTIONAL.includes(key) &&
      !allowance.optional?.includes(path(key)),
  );
  return [
    ...missing.map(key => `${path(key)}: documented, not sent`),
    ...members.flatMap(([key, item]) => {
      if (Object.hasOwn(shape, key)) {
        return compare(shape[key], item, path(key), allowance);
      }
      return allowance.undocumented?.includes(path(key))
        ? []
        : [`${path(key)}: sent, not documented`];
    }),
  ];
}
