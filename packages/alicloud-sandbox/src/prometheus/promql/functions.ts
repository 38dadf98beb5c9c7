import { NAME, type Labels } from '../labels';
import type { Expr } from './ast';
import { histogramQuantile } from './histogram';
import { labelJoin, labelReplace } from './labelFunctions';
import {
  Sample,
  Value,
  ascending,
  mapValues,
  unique,
  withoutName,
} from './values';

const DAY_MS = 86_400_000;

const date = (seconds: number) => new Date(seconds * 1000);
const utc = (year: number, month: number, day: number) =>
  Date.UTC(year, month, day);

/** Functions of each value. */
const MAPS: Record<string, (value: number) => number> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  deg: v => (v * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  rad: v => (v * Math.PI) / 180,
  sgn: Math.sign,
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  minute: v => date(v).getUTCMinutes(),
  hour: v => date(v).getUTCHours(),
  day_of_week: v => date(v).getUTCDay(),
  day_of_month: v => date(v).getUTCDate(),
  month: v => date(v).getUTCMonth() + 1,
  year: v => date(v).getUTCFullYear(),
  day_of_year: v =>
    1 + Math.floor((v * 1000 - utc(date(v).getUTCFullYear(), 0, 1)) / DAY_MS),
  days_in_month: v =>
    new Date(
      utc(date(v).getUTCFullYear(), date(v).getUTCMonth() + 1, 0),
    ).getUTCDate(),
};

/** Arguments by their place; the parser has checked their types. */
export class Arguments {
  constructor(private readonly values: Value[]) {}

  get length(): number {
    return this.values.length;
  }

  vector(i: number): Sample[] {
    return (this.values[i] as Extract<Value, { type: 'vector' }>).samples;
  }

  number(i: number): number {
    return (this.values[i] as Extract<Value, { type: 'scalar' }>).value;
  }

  texts(from: number): string[] {
    return this.values
      .slice(from)
      .map(v => (v as Extract<Value, { type: 'string' }>).value);
  }
}

/** A function of instant vectors, scalars and strings at one instant, in milliseconds. */
export function applyFunction(
  name: string,
  args: Arguments,
  time: number,
  expressions: Expr[],
): Value {
  const vector = (samples: Sample[]): Value => ({ type: 'vector', samples });
  const scalar = (value: number): Value => ({ type: 'scalar', value });
  const one = (value: number, labels: Labels = {}) =>
    vector([{ labels, value, time }]);
  const map = Object.hasOwn(MAPS, name) ? MAPS[name] : undefined;
  if (map) {
    return args.length
      ? vector(mapValues(args.vector(0), map))
      : one(map(time / 1000));
  }
  switch (name) {
    case 'pi':
      return scalar(Math.PI);
    case 'time':
      return scalar(time / 1000);
    case 'vector':
      return one(args.number(0));
    case 'scalar': {
      const samples = args.vector(0);
      return scalar(samples.length === 1 ? samples[0].value : Number.NaN);
    }
    case 'timestamp':
      return vector(
        unique(
          args.vector(0).map(sample => ({
            labels: withoutName(sample.labels),
            value: sample.time / 1000,
            time,
          })),
        ),
      );
    case 'absent':
      return args.vector(0).length
        ? vector([])
        : one(1, labelsOfAbsent(expressions[0]));
    case 'sort':
      return vector(
        [...args.vector(0)].sort((a, b) => ascending(a.value, b.value)),
      );
    case 'sort_desc':
      return vector(
        [...args.vector(0)].sort((a, b) => ascending(b.value, a.value)),
      );
    case 'histogram_quantile':
      return vector(histogramQuantile(args.number(0), args.vector(1), time));
    case 'label_replace':
      return vector(labelReplace(args.vector(0), args.texts(1)));
    case 'label_join':
      return vector(labelJoin(args.vector(0), args.texts(1)));
    default:
      return vector(limited(name, args));
  }
}

/** `round`, `clamp`, `clamp_min`, `clamp_max`. */
function limited(name: string, args: Arguments): Sample[] {
  const samples = args.vector(0);
  switch (name) {
    case 'round': {
      const inverse = 1 / (args.length > 1 ? args.number(1) : 1);
      return mapValues(samples, v => Math.floor(v * inverse + 0.5) / inverse);
    }
    case 'clamp': {
      const [min, max] = [args.number(1), args.number(2)];
      return min > max
        ? []
        : mapValues(samples, v => Math.max(min, Math.min(max, v)));
    }
    case 'clamp_min':
      return mapValues(samples, v => Math.max(args.number(1), v));
    default:
      return mapValues(samples, v => Math.min(args.number(1), v));
  }
}

/** What an absent series would have been labelled with: the selector's equalities. */
export function labelsOfAbsent(expr: Expr): Labels {
  if (expr.kind === 'paren') return labelsOfAbsent(expr.expr);
  const selector = expr.kind === 'matrix' ? expr.selector : expr;
  if (selector.kind !== 'selector') return {};
  const names = selector.matchers.map(m => m.name);
  return Object.fromEntries(
    selector.matchers
      .filter(
        m =>
          m.op === '=' &&
          m.name !== NAME &&
          names.filter(name => name === m.name).length === 1,
      )
      .map(m => [m.name, m.value]),
  );
}
