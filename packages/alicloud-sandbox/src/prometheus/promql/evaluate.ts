import type { Series } from '../store';
import { upperBound } from '../store';
import { aggregate } from './aggregate';
import type { Expr, Subquery, TimeShift, VectorSelector } from './ast';
import {
  compute,
  setOperation,
  vectorWithScalar,
  vectorWithVector,
} from './binary';
import { Arguments, applyFunction, labelsOfAbsent } from './functions';
import { KEEPS_NAME, RANGE_FUNCTIONS } from './overTime';
import { labelKey } from '../labels';
import { SET_OPERATORS } from './signatures';
import {
  QueryError,
  RangeSeries,
  Sample,
  Value,
  mapValues,
  unique,
  withoutName,
} from './values';

type Matrix = Extract<Value, { type: 'matrix' }>;

/** Most samples that one query may read. */
const MAX_SAMPLES = 50_000_000;

/** What an evaluation knows about its query. */
export interface Context {
  /** The series that a selector selects. */
  select(selector: VectorSelector): Series[];
  startMs: number;
  endMs: number;
  lookbackMs: number;
  /** Step of subqueries that name none. */
  defaultStepMs: number;
  /** Throws when the query has run for too long. */
  checkTime(): void;
}

/**
 * Evaluates an expression at single instants. An instant selector finds the youngest sample that is younger than the
 * lookback; ranges are open on the left and closed on the right, as in Prometheus 3.
 */
export class Evaluator {
  private read = 0;
  private readonly selected = new Map<VectorSelector, Series[]>();

  constructor(private readonly context: Context) {}

  /** @throws QueryError when the expression has no value on this data */
  evaluate(expr: Expr, time: number): Value {
    switch (expr.kind) {
      case 'number':
        return { type: 'scalar', value: expr.value };
      case 'string':
        return { type: 'string', value: expr.value };
      case 'paren':
        return this.evaluate(expr.expr, time);
      case 'selector':
        return { type: 'vector', samples: this.instant(expr, time) };
      case 'matrix':
        return this.range(expr.selector, expr.rangeMs, time);
      case 'subquery':
        return this.subquery(expr, time);
      case 'negate': {
        const value = this.evaluate(expr.expr, time);
        return value.type === 'scalar'
          ? { type: 'scalar', value: -value.value }
          : { type: 'vector', samples: mapValues(vectorOf(value), v => -v) };
      }
      case 'call':
        return this.call(expr, time);
      case 'aggregate': {
        const parameter = expr.parameter
          ? this.evaluate(expr.parameter, time)
          : undefined;
        return {
          type: 'vector',
          samples: aggregate(
            expr,
            vectorOf(this.evaluate(expr.expr, time)),
            (parameter as { value: number | string } | undefined)?.value ?? 0,
            time,
          ),
        };
      }
      default:
        return this.binary(expr, time);
    }
  }

  private call(expr: Extract<Expr, { kind: 'call' }>, time: number): Value {
    const { name } = expr;
    const values = expr.args.map(arg => this.evaluate(arg, time));
    const matrix = values.find((v): v is Matrix => v.type === 'matrix');
    if (!matrix) {
      return applyFunction(name, new Arguments(values), time, expr.args);
    }
    if (name === 'absent_over_time') {
      return {
        type: 'vector',
        samples: matrix.series.length
          ? []
          : [{ labels: labelsOfAbsent(expr.args[0]), value: 1, time }],
      };
    }
    const parameter = values.find(v => v.type === 'scalar');
    const samples = matrix.series.flatMap<Sample>(series => {
      const value = RANGE_FUNCTIONS[name](
        series,
        matrix,
        (parameter as { value: number } | undefined)?.value ?? 0,
      );
      if (value === undefined) return [];
      const labels = KEEPS_NAME.has(name)
        ? series.labels
        : withoutName(series.labels);
      return [{ labels, value, time }];
    });
    return { type: 'vector', samples: unique(samples) };
  }

  private binary(expr: Extract<Expr, { kind: 'binary' }>, time: number): Value {
    const { op, matching } = expr;
    const left = this.evaluate(expr.left, time);
    const right = this.evaluate(expr.right, time);
    if (left.type === 'scalar' && right.type === 'scalar') {
      return { type: 'scalar', value: compute(op, left.value, right.value) };
    }
    if (left.type === 'scalar' || right.type === 'scalar') {
      const scalarLeft = left.type === 'scalar';
      const { value } = (scalarLeft ? left : right) as { value: number };
      const samples = vectorOf(scalarLeft ? right : left);
      return {
        type: 'vector',
        samples: unique(vectorWithScalar(expr, samples, value, scalarLeft)),
      };
    }
    const [a, b] = [vectorOf(left), vectorOf(right)];
    return {
      type: 'vector',
      samples: SET_OPERATORS.has(op)
        ? setOperation(op, matching, a, b)
        : vectorWithVector(expr, a, b),
    };
  }

  private series(selector: VectorSelector): Series[] {
    let found = this.selected.get(selector);
    if (!found) {
      found = this.context.select(selector);
      this.selected.set(selector, found);
    }
    return found;
  }

  private instant(selector: VectorSelector, time: number): Sample[] {
    const at = this.shifted(selector, time);
    const oldest = at - this.context.lookbackMs;
    const samples: Sample[] = [];
    for (const { labels, times, values } of this.series(selector)) {
      const i = upperBound(times, at) - 1;
      if (i >= 0 && times[i] > oldest && !Number.isNaN(values[i])) {
        samples.push({ labels, value: values[i], time: times[i] });
      }
    }
    this.count(samples.length);
    return samples;
  }

  private range(
    selector: VectorSelector,
    rangeMs: number,
    time: number,
  ): Matrix {
    const endMs = this.shifted(selector, time);
    const startMs = endMs - rangeMs;
    const series: RangeSeries[] = [];
    for (const one of this.series(selector)) {
      const from = upperBound(one.times, startMs);
      const to = upperBound(one.times, endMs);
      if (to > from) {
        const part = {
          labels: one.labels,
          times: one.times.slice(from, to),
          values: one.values.slice(from, to),
        };
        const alive = withoutStale(part);
        if (alive.times.length) series.push(alive);
        this.count(to - from);
      }
    }
    return { type: 'matrix', series, startMs, endMs };
  }

  /** Evaluates at multiples of the step, so that a subquery gives the same samples whenever it is asked. */
  private subquery(expr: Subquery, time: number): Matrix {
    const endMs = this.shifted(expr, time);
    const startMs = endMs - expr.rangeMs;
    const step = expr.stepMs ?? this.context.defaultStepMs;
    const series = new Map<string, RangeSeries>();
    const first = (Math.floor(startMs / step) + 1) * step;
    for (let at = first; at <= endMs; at += step) {
      this.context.checkTime();
      for (const { labels, value } of vectorOf(this.evaluate(expr.expr, at))) {
        const key = labelKey(labels);
        const one = series.get(key) ?? { labels, times: [], values: [] };
        one.times.push(at);
        one.values.push(value);
        series.set(key, one);
      }
    }
    return { type: 'matrix', series: [...series.values()], startMs, endMs };
  }

  private shifted({ at, offsetMs }: TimeShift, time: number): number {
    const ends = { start: this.context.startMs, end: this.context.endMs };
    const base = typeof at === 'string' ? ends[at] : at ?? time;
    return base - offsetMs;
  }

  private count(samples: number): void {
    this.read += samples;
    if (this.read > MAX_SAMPLES) {
      throw new QueryError(
        'query processing would load too many samples into memory in query execution',
      );
    }
  }
}

function vectorOf(value: Value): Sample[] {
  return (value as Extract<Value, { type: 'vector' }>).samples;
}

function withoutStale(series: RangeSeries): RangeSeries {
  if (!series.values.some(Number.isNaN)) return series;
  const keep = series.values.map(v => !Number.isNaN(v));
  return {
    labels: series.labels,
    times: series.times.filter((_, i) => keep[i]),
    values: series.values.filter((_, i) => keep[i]),
  };
}
