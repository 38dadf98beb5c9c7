import type { Labels } from './labels';

/** One condition of a selector. */
export interface Matcher {
  name: string;
  op: '=' | '!=' | '=~' | '!~';
  value: string;
  matches(value: string): boolean;
}

/**
 * A matcher; regular expressions match the whole value.
 * @throws SyntaxError when the regular expression cannot be compiled
 */
export function matcher(
  name: string,
  op: Matcher['op'],
  value: string,
): Matcher {
  const test: Matcher['matches'] = (() => {
    switch (op) {
      case '=':
        return text => text === value;
      case '!=':
        return text => text !== value;
      default: {
        const pattern = anchored(value);
        return op === '=~'
          ? text => pattern.test(text)
          : text => !pattern.test(text);
      }
    }
  })();
  return { name, op, value, matches: test };
}

/**
 * RE2 syntax as JavaScript's: both agree on what selectors use; flags at the beginning and named groups are spelt
 * differently.
 * @throws SyntaxError
 */
export function anchored(pattern: string): RegExp {
  const [, flags = '', rest] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(pattern)!;
  const unique = [...new Set(`s${flags}`)].join('');
  return new RegExp(`^(?:${rest.replace(/\(\?P</g, '(?<')})$`, unique);
}

/** Whether a label set meets every condition. */
export function matchesAll(labels: Labels, matchers: Matcher[]): boolean {
  return matchers.every(m => m.matches(labels[m.name] ?? ''));
}

/** Prometheus refuses selectors that would select everything. */
export function selectsSomething(matchers: Matcher[]): boolean {
  return matchers.some(m => !m.matches(''));
}
