import type { Tree } from '@lezer/common';
import { ParseError } from './ast';

/** What is wrong with a query that the grammar does not take; undefined when it takes it. */
export function syntaxError(tree: Tree, query: string): ParseError | undefined {
  if (!query.replace(/#.*$/gm, '').trim()) {
    return new ParseError('no expression found in input', query, 0);
  }
  let place: number | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError) place ??= node.from;
    },
  });
  if (place === undefined) return undefined;
  const unknown = unknownFunction(query, place);
  if (unknown) {
    return new ParseError(
      `unknown function with name "${unknown.name}"`,
      query,
      unknown.at,
    );
  }
  const rest = query.slice(place).trimStart();
  if (!rest) {
    return new ParseError(endOfInput(query), query, query.length);
  }
  const at = query.length - query.slice(place).trimStart().length;
  const [word] = /^(?:[\w:]+|\S)/.exec(rest) ?? [rest];
  const kind = /^[A-Za-z_:]/.test(word) ? 'identifier' : 'character';
  return new ParseError(
    kind === 'identifier'
      ? `unexpected identifier "${word}"`
      : `unexpected character: '${word}'`,
    query,
    at,
  );
}

/** A name before the parenthesis at which the grammar, which knows all functions, gave up. */
function unknownFunction(
  query: string,
  place: number,
): { name: string; at: number } | undefined {
  const before = /([A-Za-z_][\w]*)\s*$/.exec(query.slice(0, place));
  return before && query.slice(place).trimStart().startsWith('(')
    ? { name: before[1], at: before.index }
    : undefined;
}

function endOfInput(query: string): string {
  const count = (text: string) => query.split(text).length - 1;
  return count('(') > count(')')
    ? 'unclosed left parenthesis'
    : 'unexpected end of input';
}
