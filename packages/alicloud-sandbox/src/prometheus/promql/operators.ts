import type { Expr, Matching, ParseError } from './ast';
import { checkBinary, checkUnary } from './check';
import { PRECEDENCE } from './signatures';

/** A binary operator with its modifiers. */
export interface Operator {
  kind: 'operator';
  op: string;
  bool: boolean;
  matching: Matching;
  /** Whether `on` or `ignoring` was written. */
  explicit: boolean;
  /** Where it stands in the query. */
  at: number;
}

/** One piece of an expression without parentheses. */
export type Part =
  | { kind: 'operand'; expr: Expr }
  | { kind: 'sign'; negative: boolean }
  | Operator;

/** Signs bind like `*`: `-a ^ b` is `-(a ^ b)`. */
const SIGN = PRECEDENCE['*'];

class Climber {
  private next = 0;

  constructor(
    private readonly parts: Part[],
    private readonly error: (message: string, at?: number) => ParseError,
  ) {}

  /** The longest expression from here whose operators bind at least so tightly. */
  upward(lowest: number): Expr {
    let left = this.atom();
    for (;;) {
      const part = this.parts[this.next];
      if (part?.kind !== 'operator' || PRECEDENCE[part.op] < lowest) {
        return left;
      }
      this.next++;
      const precedence = PRECEDENCE[part.op];
      const right = this.upward(part.op === '^' ? precedence : precedence + 1);
      const { op, bool, matching } = part;
      const binary = { op, bool, matching, left, right };
      checkBinary(binary, part.explicit, (message, atOperator) =>
        this.error(message, atOperator ? part.at : undefined),
      );
      left = { kind: 'binary', ...binary };
    }
  }

  private atom(): Expr {
    const part = this.parts[this.next++];
    if (part.kind === 'operand') return part.expr;
    if (part.kind === 'operator') {
      throw this.error(`unexpected <op:${part.op}>`);
    }
    const expr = this.upward(SIGN + 1);
    checkUnary(expr, this.error);
    if (!part.negative) return expr;
    return expr.kind === 'number'
      ? { kind: 'number', value: -expr.value }
      : { kind: 'negate', expr };
  }
}

/** Puts operands and operators together by precedence. */
export function climb(
  parts: Part[],
  error: (message: string, at?: number) => ParseError,
): Expr {
  return new Climber(parts, error).upward(1);
}
