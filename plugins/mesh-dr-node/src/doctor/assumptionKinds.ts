import { objects, text, type Json, type JsonObject } from '../alicloud/shape';
import type { Answers } from './recorder';

/** What the answers say about one assumption of `docs/assumptions.md`. */
export interface AssumptionResult {
  id: string;
  assumption: string;
  /** `unseen`: the account has nothing that would tell. */
  result: 'held' | 'failed' | 'unseen';
  /** What was seen; the values that nobody expected, when it failed. */
  evidence: string;
}

/** Something the code takes for granted, and how answers show whether it is so. */
export interface Assumption {
  id: string;
  assumption: string;
  /** Undefined when nothing was seen. */
  check(answers: Answers): { ok: boolean; evidence: string } | undefined;
}

/** All values of a field over the elements of a list of all answers of an operation. */
export function values(
  answers: Answers,
  operation: string,
  field: string,
  key: string,
): string[] {
  return answers(operation)
    .flatMap(answer => objects(answer[field]))
    .map(item => text(item[key]));
}

/** Every word seen is one that the code knows; unknown ones are told. */
export function knownWords(
  id: string,
  what: string,
  wordsOf: (answers: Answers) => string[],
  known: string[],
): Assumption {
  return {
    id,
    assumption: `${what}: ${known.join(', ')}`,
    check(answers) {
      const seen = [...new Set(wordsOf(answers))].filter(Boolean);
      if (!seen.length) return undefined;
      const strange = seen.filter(word => !known.includes(word));
      return {
        ok: strange.length === 0,
        evidence: strange.length
          ? `unknown: ${strange.join(', ')}`
          : `seen: ${seen.join(', ')}`,
      };
    },
  };
}

/** Elements of a list carry what the code cannot do without. */
export function present(
  id: string,
  operation: string,
  field: string,
  keys: string[],
): Assumption {
  return {
    id,
    assumption: `${operation}: every element of ${field} has ${keys.join(
      ', ',
    )}`,
    check(answers) {
      const items = answers(operation).flatMap(answer =>
        objects(answer[field]),
      );
      if (!items.length) return undefined;
      const lacking = keys.filter(key =>
        items.some(item => item[key] === undefined || item[key] === null),
      );
      return {
        ok: lacking.length === 0,
        evidence: lacking.length
          ? `${lacking.join(', ')} ${
              lacking.length === 1 ? 'is' : 'are'
            } missing in an answer that has ${Object.keys(items[0])
              .sort()
              .join(', ')}`
          : `${items.length} seen`,
      };
    },
  };
}

/** Lists whose end the code finds by a total. */
export function total(
  id: string,
  operation: string,
  where: (answer: JsonObject) => Json | undefined,
  name: string,
): Assumption {
  return {
    id,
    assumption: `${operation} tells how many there are (${name}); without it only one page is read`,
    check(answers) {
      const seen = answers(operation);
      if (!seen.length) return undefined;
      const lacking = seen.filter(answer => {
        const value = where(answer);
        return value === undefined || value === null;
      });
      return {
        ok: lacking.length === 0,
        evidence: lacking.length
          ? `${name} is missing in an answer with ${Object.keys(lacking[0])
              .sort()
              .join(', ')}`
          : `${seen.length} answers`,
      };
    },
  };
}
