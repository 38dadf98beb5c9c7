import type { Expr, Matching, ParseError, ValueType } from './ast';
import {
  AGGREGATE_PARAMETERS,
  AGGREGATIONS,
  COMPARISONS,
  PRECEDENCE,
  SET_OPERATORS,
  SIGNATURES,
} from './signatures';

/** The type of an expression's value. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'negate':
      return typeOf(expr.expr);
    case 'call':
      return SIGNATURES[expr.name].returns;
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar'
        ? 'scalar'
        : 'vector';
    default:
      return 'vector';
  }
}

/** A type as messages name it. */
export function typeName(type: ValueType): string {
  const names: Record<ValueType, string> = {
    scalar: 'scalar',
    string: 'string',
    vector: 'instant vector',
    matrix: 'range vector',
  };
  return names[type];
}

/** @throws what `error` makes, naming the argument by its index where it is one argument's fault */
export function checkCall(
  { name, args }: { name: string; args: Expr[] },
  error: (message: string, argument?: number) => ParseError,
): void {
  const signature = Object.hasOwn(SIGNATURES, name)
    ? SIGNATURES[name]
    : undefined;
  if (!signature) throw error(`unknown function with name "${name}"`);
  const { optional = 0 } = signature;
  const most =
    optional === 'rest' ? Number.POSITIVE_INFINITY : signature.args.length;
  const least = signature.args.length - (optional === 'rest' ? 1 : optional);
  const bound = () => {
    if (least === most) return '';
    return args.length < least ? 'at least ' : 'at most ';
  };
  if (args.length < least || args.length > most) {
    throw error(
      `expected ${bound()}${
        args.length < least ? least : most
      } argument(s) in call to "${name}", got ${args.length}`,
    );
  }
  args.forEach((arg, i) => {
    const expected = signature.args[Math.min(i, signature.args.length - 1)];
    const type = typeOf(arg);
    if (type !== expected) {
      throw error(
        `expected type ${typeName(
          expected,
        )} in call to function "${name}", got ${typeName(type)}`,
        i,
      );
    }
  });
}

/** @throws what `error` makes, naming the argument by its index where it is one argument's fault */
export function checkAggregate(
  { op, args }: { op: string; args: Expr[] },
  error: (message: string, argument?: number) => ParseError,
): void {
  if (!AGGREGATIONS.has(op)) {
    throw error(`unknown aggregation with name "${op}"`);
  }
  const parameter = AGGREGATE_PARAMETERS[op];
  const wanted = parameter ? 2 : 1;
  if (!args.length)
    throw error('no arguments for aggregate expression provided');
  if (args.length !== wanted) {
    throw error(
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
    );
  }
  const type = typeOf(args[wanted - 1]);
  if (type !== 'vector') {
    throw error(
      `expected type instant vector in aggregation expression, got ${typeName(
        type,
      )}`,
      wanted - 1,
    );
  }
  if (parameter && typeOf(args[0]) !== parameter) {
    throw error(
      `expected type ${typeName(
        parameter,
      )} in aggregation parameter, got ${typeName(typeOf(args[0]))}`,
      0,
    );
  }
}

/** @throws what `error` makes */
export function checkUnary(
  expr: Expr,
  error: (message: string) => ParseError,
): void {
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'vector') {
    throw error(
      `unary expression only allowed on expressions of type scalar or instant vector, got "${typeName(
        type,
      )}"`,
    );
  }
}

/** @throws what `error` makes, `atOperator` where the operator is at fault */
export function checkBinary(
  {
    op,
    bool,
    matching,
    left,
    right,
  }: { op: string; bool: boolean; matching: Matching; left: Expr; right: Expr },
  explicitMatching: boolean,
  error: (message: string, atOperator?: boolean) => ParseError,
): void {
  if (!Object.hasOwn(PRECEDENCE, op)) {
    throw error(`unexpected <op:${op}>`);
  }
  const types = [typeOf(left), typeOf(right)];
  if (bool && !COMPARISONS.has(op)) {
    throw error('bool modifier can only be used on comparison operators', true);
  }
  if (types.some(t => t !== 'scalar' && t !== 'vector')) {
    throw error(
      'binary expression must contain only scalar and instant vector types',
    );
  }
  const vectors = types.every(t => t === 'vector');
  if (explicitMatching && !vectors) {
    throw error('vector matching only allowed between instant vectors');
  }
  if (SET_OPERATORS.has(op)) {
    if (!vectors) {
      throw error(
        `set operator "${op}" not allowed in binary scalar expression`,
      );
    }
    if (matching.group)
      throw error(`no grouping allowed for "${op}" operation`);
  }
  if (COMPARISONS.has(op) && !bool && types.every(t => t === 'scalar')) {
    throw error('comparisons between scalars must use BOOL modifier', true);
  }
  const both = matching.on
    ? matching.include.find(label => matching.labels.includes(label))
    : undefined;
  if (both) {
    throw error(
      `label "${both}" must not occur in ON and GROUP clause at once`,
    );
  }
}
