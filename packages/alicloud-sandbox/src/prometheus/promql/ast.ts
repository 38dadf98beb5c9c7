import type { Matcher } from '../matchers';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** When a selector or subquery looks, relative to the evaluation: `offset` and `@`. */
export interface TimeShift {
  offsetMs: number;
  /** `@`: an instant in milliseconds, or one end of the query's range. */
  at?: number | 'start' | 'end';
}

export interface VectorSelector extends TimeShift {
  kind: 'selector';
  matchers: Matcher[];
}

export interface MatrixSelector {
  kind: 'matrix';
  selector: VectorSelector;
  rangeMs: number;
}

export interface Subquery extends TimeShift {
  kind: 'subquery';
  expr: Expr;
  rangeMs: number;
  /** Undefined: the default evaluation interval. */
  stepMs?: number;
}

/** `on(…)`, `ignoring(…)`, `group_left(…)`. */
export interface Matching {
  on: boolean;
  labels: string[];
  group?: 'left' | 'right';
  include: string[];
}

export type Expr =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | VectorSelector
  | MatrixSelector
  | Subquery
  | { kind: 'paren'; expr: Expr }
  | { kind: 'negate'; expr: Expr }
  | { kind: 'call'; name: string; args: Expr[] }
  | {
      kind: 'aggregate';
      op: string;
      by: boolean;
      labels: string[];
      parameter?: Expr;
      expr: Expr;
    }
  | {
      kind: 'binary';
      op: string;
      bool: boolean;
      matching: Matching;
      left: Expr;
      right: Expr;
    };

/** A query that is not PromQL, or not understood here. `line` and `column` count from 1. */
export class ParseError extends Error {
  constructor(message: string, readonly query: string, position: number) {
    const before = query.slice(0, position).split('\n');
    super(
      `${before.length}:${
        before[before.length - 1].length + 1
      }: parse error: ${message}`,
    );
    this.name = 'ParseError';
  }
}
