import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { NAME } from '../labels';
import { Matcher, matcher, selectsSomething } from '../matchers';
import { Expr, Matching, ParseError, TimeShift, VectorSelector } from './ast';
import { checkAggregate, checkCall, typeOf, typeName } from './check';
import { parseNumber, parseString } from './literals';
import { Operator, Part, climb } from './operators';
import { syntaxError } from './syntaxErrors';

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

const SHIFT_NEEDS =
  'modifier must be preceded by an instant vector selector or range vector selector or a subquery';

class Reader {
  constructor(private readonly query: string) {}

  expression(node: SyntaxNode): Expr {
    return climb(
      this.parts(node),
      (message, at = node.from) => new ParseError(message, this.query, at),
    );
  }

  /**
   * Operands and operators in the order in which they are written. The grammar, made for editors, lets `offset`, `@` and
   * `[…]` take a whole binary expression; they belong to the operand before them.
   */
  private parts(node: SyntaxNode): Part[] {
    const children = childrenOf(node);
    switch (node.name) {
      case 'BinaryExpr':
        return [
          ...this.parts(children[0]),
          this.operator(children.slice(1, -1)),
          ...this.parts(children[children.length - 1]),
        ];
      case 'UnaryExpr':
        return [
          { kind: 'sign', negative: this.text(children[0]) === '-' },
          ...this.parts(children[1]),
        ];
      case 'NumberDurationLiteral': {
        const [, sign, digits] = /^([+-]?)\s*([^]*)$/.exec(this.text(node))!;
        const number: Expr = { kind: 'number', value: parseNumber(digits) };
        return sign
          ? [{ kind: 'sign', negative: sign === '-' }, operand(number)]
          : [operand(number)];
      }
      case 'OffsetExpr':
        return this.onLast(children[0], expr =>
          this.shift(expr, node, 'offset', {
            offsetMs: this.duration(children[2]),
          }),
        );
      case 'StepInvariantExpr':
        return this.onLast(children[0], expr =>
          this.shift(expr, node, '@', { at: this.instant(children[2]) }),
        );
      case 'MatrixSelector':
        return this.onLast(children[0], expr =>
          this.range(expr, node, this.duration(children[1])),
        );
      case 'SubqueryExpr':
        return this.onLast(children[0], expr =>
          this.subquery(expr, node, children.slice(1)),
        );
      default:
        return [operand(this.primary(node, children))];
    }
  }

  private onLast(node: SyntaxNode, change: (expr: Expr) => Expr): Part[] {
    const parts = this.parts(node);
    const last = parts[parts.length - 1];
    return last.kind === 'operand'
      ? [...parts.slice(0, -1), operand(change(last.expr))]
      : parts;
  }

  private primary(node: SyntaxNode, children: SyntaxNode[]): Expr {
    switch (node.name) {
      case 'ParenExpr':
        return { kind: 'paren', expr: this.expression(children[0]) };
      case 'StringLiteral':
        return { kind: 'string', value: this.string(node) };
      case 'VectorSelector':
        return this.selector(node, children);
      case 'FunctionCall': {
        const name = this.text(children[0]);
        const args = childrenOf(children[1]);
        const call = { name, args: args.map(arg => this.expression(arg)) };
        checkCall(call, (message, i) =>
          this.error(message, i === undefined ? node : args[i]),
        );
        return { kind: 'call', ...call };
      }
      case 'AggregateExpr':
        return this.aggregate(node, children);
      default:
        throw this.error(
          `${node.name} expressions are not supported here`,
          node,
        );
    }
  }

  private aggregate(node: SyntaxNode, children: SyntaxNode[]): Expr {
    const modifier = children.find(c => c.name === 'AggregateModifier');
    const body = children.find(c => c.name === 'FunctionCallBody')!;
    const args = childrenOf(body).map(arg => this.expression(arg));
    const [kind, labels] = modifier ? childrenOf(modifier) : [];
    const op = this.text(children[0]).toLowerCase();
    checkAggregate({ op, args }, (message, i) =>
      this.error(message, i === undefined ? node : childrenOf(body)[i]),
    );
    return {
      kind: 'aggregate',
      op,
      by: kind?.name !== 'Without',
      labels: labels ? this.labelNames(labels) : [],
      parameter: args.length > 1 ? args[0] : undefined,
      expr: args[args.length - 1],
    };
  }

  private selector(node: SyntaxNode, children: SyntaxNode[]): VectorSelector {
    const matchers: Matcher[] = [];
    for (const child of children) {
      if (child.name === 'Identifier') {
        matchers.push(matcher(NAME, '=', this.text(child)));
      } else {
        matchers.push(...childrenOf(child).map(c => this.matcher(c)));
      }
    }
    const names = matchers.filter(m => m.name === NAME);
    if (names.length > 1 && children[0].name === 'Identifier') {
      throw this.error(
        `metric name must not be set twice: "${names[0].value}" or "${names[1].value}"`,
        node,
      );
    }
    if (!selectsSomething(matchers)) {
      throw this.error(
        'vector selector must contain at least one non-empty matcher',
        node,
      );
    }
    return { kind: 'selector', matchers, offsetMs: 0 };
  }

  private matcher(node: SyntaxNode): Matcher {
    if (node.name === 'QuotedLabelName') {
      return matcher(NAME, '=', this.string(node));
    }
    const [label, op, value] = childrenOf(node);
    const name =
      label.name === 'QuotedLabelName' ? this.string(label) : this.text(label);
    try {
      return matcher(
        name,
        this.text(op) as Matcher['op'],
        value.name === 'StringLiteral' ? this.string(value) : '',
      );
    } catch (error) {
      throw this.error(
        `error parsing regexp: ${(error as Error).message}`,
        node,
      );
    }
  }

  private operator([op, ...modifiers]: SyntaxNode[]): Operator {
    const matching: Matching = { on: false, labels: [], include: [] };
    let bool = false;
    let explicit = false;
    for (const modifier of modifiers) {
      if (modifier.name === 'BoolModifier') bool = true;
      else if (modifier.name === 'MatchingModifierClause') {
        const [kind, labels, group, include] = childrenOf(modifier);
        explicit = true;
        matching.on = kind.name === 'On';
        matching.labels = this.labelNames(labels);
        if (group)
          matching.group = group.name === 'GroupLeft' ? 'left' : 'right';
        if (include) matching.include = this.labelNames(include);
      } else {
        throw this.error(`${modifier.name} is not supported here`, modifier);
      }
    }
    const text = this.text(op).toLowerCase();
    return {
      kind: 'operator',
      op: text,
      bool,
      matching,
      explicit,
      at: op.from,
    };
  }

  private shift(
    expr: Expr,
    node: SyntaxNode,
    what: string,
    change: Partial<TimeShift>,
  ): Expr {
    const inner = expr.kind === 'matrix' ? expr.selector : expr;
    if (inner.kind !== 'selector' && inner.kind !== 'subquery') {
      throw this.error(`${what} ${SHIFT_NEEDS}`, node);
    }
    const repeated =
      change.at === undefined ? inner.offsetMs !== 0 : inner.at !== undefined;
    if (repeated) {
      throw this.error(`${what} may not be set multiple times`, node);
    }
    const shifted = { ...inner, ...change };
    return expr.kind === 'matrix'
      ? { ...expr, selector: shifted as VectorSelector }
      : shifted;
  }

  private range(expr: Expr, node: SyntaxNode, rangeMs: number): Expr {
    if (expr.kind !== 'selector') {
      throw new ParseError(
        'ranges only allowed for vector selectors',
        this.query,
        childrenOf(node)[0].to,
      );
    }
    if (expr.offsetMs || expr.at !== undefined) {
      throw this.error('no offset or @ modifiers allowed before range', node);
    }
    if (rangeMs <= 0) {
      throw this.error('duration must be greater than 0', node);
    }
    return { kind: 'matrix', selector: expr, rangeMs };
  }

  private subquery(
    expr: Expr,
    node: SyntaxNode,
    [range, step]: SyntaxNode[],
  ): Expr {
    const type = typeOf(expr);
    if (type !== 'vector') {
      throw this.error(
        `subquery is only allowed on instant vector, got ${typeName(
          type,
        )} instead`,
        node,
      );
    }
    const rangeMs = this.duration(range);
    const stepMs = step && this.duration(step);
    if (rangeMs <= 0 || (stepMs !== undefined && stepMs <= 0)) {
      throw this.error('duration must be greater than 0', node);
    }
    return { kind: 'subquery', expr, rangeMs, stepMs, offsetMs: 0 };
  }

  private instant(node: SyntaxNode): number | 'start' | 'end' {
    if (node.name === 'AtModifierPreprocessors') {
      return /^start/i.test(this.text(node)) ? 'start' : 'end';
    }
    const [, sign, digits] = /^([+-]?)\s*([^]*)$/.exec(this.text(node))!;
    const seconds = parseNumber(digits);
    if (!Number.isFinite(seconds)) {
      throw this.error('timestamp out of bounds for @ modifier', node);
    }
    return Math.round(seconds * 1000) * (sign === '-' ? -1 : 1);
  }

  /** Milliseconds of a plain duration or number of seconds, perhaps negative. */
  private duration(node: SyntaxNode): number {
    const children = childrenOf(node);
    const last = children[children.length - 1];
    if (last?.name === 'NumberDurationLiteralInDurationContext') {
      return Math.round(parseNumber(this.text(last)) * 1000);
    }
    if (children[0]?.name === 'UnaryOp') {
      const sign = this.text(children[0]) === '-' ? -1 : 1;
      return sign * this.duration(last);
    }
    throw this.error('experimental duration expression is not enabled', node);
  }

  private labelNames(node: SyntaxNode): string[] {
    return childrenOf(node).map(child =>
      child.name === 'QuotedLabelName' ? this.string(child) : this.text(child),
    );
  }

  private string(node: SyntaxNode): string {
    const value = parseString(this.text(node));
    if (value === undefined) {
      throw this.error('unterminated or malformed quoted string', node);
    }
    return value;
  }

  private text(node: SyntaxNode): string {
    return this.query.slice(node.from, node.to);
  }

  private error(message: string, node: SyntaxNode): ParseError {
    return new ParseError(message, this.query, node.from);
  }
}

function operand(expr: Expr): Part {
  return { kind: 'operand', expr };
}

/**
 * PromQL as an expression. The official grammar finds the structure; types and names are checked here as Prometheus
 * checks them.
 * @throws ParseError with Prometheus' wording and the place
 */
export function parsePromql(query: string): Expr {
  const tree: Tree = parser.parse(query);
  const problem = syntaxError(tree, query);
  if (problem) throw problem;
  return new Reader(query).expression(childrenOf(tree.topNode)[0]);
}
