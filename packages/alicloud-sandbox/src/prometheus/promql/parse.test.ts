import { parsePromql } from './parse';

/** The structure of an expression, short enough to read. */
function shape(expr: any): string {
  switch (expr.kind) {
    case 'number':
      return String(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'paren':
      return `(${shape(expr.expr)})`;
    case 'negate':
      return `-{${shape(expr.expr)}}`;
    case 'selector': {
      const matchers = expr.matchers.map(
        (m: any) =>
          `${m.name === '__name__' ? '' : m.name}${
            m.name === '__name__' && m.op === '=' ? '' : m.op
          }${m.value}`,
      );
      return `${matchers.join(' ')}${expr.offsetMs ? `+${expr.offsetMs}` : ''}${
        expr.at === undefined ? '' : `@${expr.at}`
      }`;
    }
    case 'matrix':
      return `${shape(expr.selector)}[${expr.rangeMs}]`;
    case 'subquery':
      return `${shape(expr.expr)}[${expr.rangeMs}:${expr.stepMs ?? ''}]${
        expr.offsetMs ? `+${expr.offsetMs}` : ''
      }`;
    case 'call':
      return `${expr.name}(${expr.args.map(shape).join(', ')})`;
    case 'aggregate':
      return `${expr.op} ${expr.by ? 'by' : 'without'}[${expr.labels}](${[
        ...(expr.parameter ? [expr.parameter] : []),
        expr.expr,
      ]
        .map(shape)
        .join(', ')})`;
    default: {
      const { on, labels, group, include } = expr.matching;
      const matching = `${on ? `on[${labels}]` : ''}${
        !on && labels.length ? `ignoring[${labels}]` : ''
      }${group ? `${group}[${include}]` : ''}`;
      return `{${shape(expr.left)} ${expr.op}${
        expr.bool ? ' bool' : ''
      }${matching} ${shape(expr.right)}}`;
    }
  }
}

describe('parsePromql', () => {
  it.each([
    ['up', 'up'],
    ['{__name__="up"}', 'up'],
    ['a{b="c",d!="e",f=~"g.*",h!~`i\\d`,}', 'a b=c d!=e f=~g.* h!~i\\d'],
    ["a{b='it\\'s\\n'}", "a b=it's\n"],
    ['{"a.b", "c.d"="e"}', 'a.b c.d=e'],
    ['a[1h30m]', 'a[5400000]'],
    ['a[60]', 'a[60000]'],
    ['a offset 5m', 'a+300000'],
    ['a[1m] offset -5m', 'a+-300000[60000]'],
    ['a @ 100.5', 'a@100500'],
    ['a @ end() offset 1m', 'a+60000@end'],
    ['rate(a[1m])[5m:30s]', 'rate(a[60000])[300000:30000]'],
    ['a[5m:] offset 1m', 'a[300000:]+60000'],
    ['sum(a)', 'sum by[](a)'],
    ['sum by (x, y) (a)', 'sum by[x,y](a)'],
    ['SUM(a) WITHOUT (x)', 'sum without[x](a)'],
    ['topk(3, a)', 'topk by[](3, a)'],
    ['a / on(x) group_left(y, z) b', '{a /on[x]left[y,z] b}'],
    ['a == bool b', '{a == bool b}'],
    ['a and ignoring(x) b', '{a andignoring[x] b}'],
    [
      '0x1f + 1e3 + .5 + 1_000 + Inf',
      '{{{{31 + 1000} + 0.5} + 1000} + Infinity}',
    ],
    ['5m', '300'],
    ['# why\nup # because', 'up'],
  ])('reads %s', (query, expected) => {
    expect(shape(parsePromql(query))).toBe(expected);
  });

  it.each([
    ['1 + 2 * 3', '{1 + {2 * 3}}'],
    ['1 - 2 - 3', '{{1 - 2} - 3}'],
    ['2 ^ 3 ^ 2', '{2 ^ {3 ^ 2}}'],
    ['-1 ^ 2', '-{{1 ^ 2}}'],
    ['-a * b', '{-{a} * b}'],
    ['a or b and c unless d', '{a or {{b and c} unless d}}'],
    ['a + b == c * d', '{{a + b} == {c * d}}'],
    ['a - -1', '{a - -1}'],
    ['a -1', '{a - 1}'],
    // The grammar alone would let these suffixes take the whole sum.
    ['a + b offset 1m', '{a + b+60000}'],
    ['a + b offset 1m * c', '{a + {b+60000 * c}}'],
    ['-a offset 1m', '-{a+60000}'],
    ['a + rate(b[5m:1m] offset 1m)', '{a + rate(b[300000:60000]+60000)}'],
  ])('binds as Prometheus does: %s', (query, expected) => {
    expect(shape(parsePromql(query))).toBe(expected);
  });

  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['foo(up)', '1:1: parse error: unknown function with name "foo"'],
    [
      '1 + holt_winters(a[1m], 1, 1)',
      '1:5: parse error: unknown function with name "holt_winters"',
    ],
    ['info(up)', '1:1: parse error: unknown function with name "info"'],
    ['sum(', '1:5: parse error: unclosed left parenthesis'],
    ['a +', '1:4: parse error: unexpected end of input'],
    ['a b', '1:3: parse error: unexpected identifier "b"'],
    ['up\n  $', "2:3: parse error: unexpected character: '$'"],
    [
      'rate(a)',
      '1:6: parse error: expected type range vector in call to function "rate", got instant vector',
    ],
    [
      'abs(1)',
      '1:5: parse error: expected type instant vector in call to function "abs", got scalar',
    ],
    [
      'rate()',
      '1:1: parse error: expected 1 argument(s) in call to "rate", got 0',
    ],
    [
      'clamp(a, 1)',
      '1:1: parse error: expected 3 argument(s) in call to "clamp", got 2',
    ],
    [
      'round(a, 1, 2)',
      '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3',
    ],
    [
      'sum(1)',
      '1:5: parse error: expected type instant vector in aggregation expression, got scalar',
    ],
    [
      'topk(a)',
      '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1',
    ],
    [
      'limitk(1, a)',
      '1:1: parse error: unknown aggregation with name "limitk"',
    ],
    [
      '1 == 2',
      '1:3: parse error: comparisons between scalars must use BOOL modifier',
    ],
    [
      'a + bool b',
      '1:3: parse error: bool modifier can only be used on comparison operators',
    ],
    [
      'a and 1',
      '1:1: parse error: set operator "and" not allowed in binary scalar expression',
    ],
    [
      'a and on(x) group_left b',
      '1:1: parse error: no grouping allowed for "and" operation',
    ],
    [
      'a + on(x) 1',
      '1:1: parse error: vector matching only allowed between instant vectors',
    ],
    [
      'a * on(x) group_left(x) b',
      '1:1: parse error: label "x" must not occur in ON and GROUP clause at once',
    ],
    [
      'a[1m] + 1',
      '1:1: parse error: binary expression must contain only scalar and instant vector types',
    ],
    [
      'a * b[5m:1m]',
      '1:1: parse error: binary expression must contain only scalar and instant vector types',
    ],
    [
      '{}',
      '1:1: parse error: vector selector must contain at least one non-empty matcher',
    ],
    [
      '{a=~".*"}',
      '1:1: parse error: vector selector must contain at least one non-empty matcher',
    ],
    ['a{b=~"("}', '1:3: parse error: error parsing regexp'],
    [
      'sum(a)[5m]',
      '1:7: parse error: ranges only allowed for vector selectors',
    ],
    [
      'sum(a) offset 5m',
      '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    ],
    [
      'a offset 1m offset 2m',
      '1:1: parse error: offset may not be set multiple times',
    ],
    ['a[0s]', '1:1: parse error: duration must be greater than 0'],
    [
      '-"a"',
      '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"',
    ],
  ])('refuses %s as Prometheus does', (query, message) => {
    expect(() => parsePromql(query)).toThrow(message);
  });
});
