import type { ValueType } from './ast';

/** What a function takes and gives. */
export interface Signature {
  args: ValueType[];
  /** How many of the last arguments may be left out; `rest`: the last may be repeated or left out. */
  optional?: number | 'rest';
  returns: ValueType;
}

const vectorTo = (...more: ValueType[]): Signature => ({
  args: ['vector', ...more],
  returns: 'vector',
});
const RANGE: Signature = { args: ['matrix'], returns: 'vector' };
const OF_TIME: Signature = { args: ['vector'], optional: 1, returns: 'vector' };

/** The functions that are understood. Everything else is refused by name. */
export const SIGNATURES: Record<string, Signature> = {
  ...Object.fromEntries(
    [
      'absent_over_time',
      'avg_over_time',
      'changes',
      'count_over_time',
      'delta',
      'deriv',
      'first_over_time',
      'idelta',
      'increase',
      'irate',
      'last_over_time',
      'mad_over_time',
      'max_over_time',
      'min_over_time',
      'present_over_time',
      'rate',
      'resets',
      'stddev_over_time',
      'stdvar_over_time',
      'sum_over_time',
    ].map(name => [name, RANGE]),
  ),
  ...Object.fromEntries(
    [
      'abs',
      'absent',
      'acos',
      'acosh',
      'asin',
      'asinh',
      'atan',
      'atanh',
      'ceil',
      'cos',
      'cosh',
      'deg',
      'exp',
      'floor',
      'ln',
      'log10',
      'log2',
      'rad',
      'sgn',
      'sin',
      'sinh',
      'sort',
      'sort_desc',
      'sqrt',
      'tan',
      'tanh',
      'timestamp',
    ].map(name => [name, vectorTo()]),
  ),
  ...Object.fromEntries(
    [
      'day_of_month',
      'day_of_week',
      'day_of_year',
      'days_in_month',
      'hour',
      'minute',
      'month',
      'year',
    ].map(name => [name, OF_TIME]),
  ),
  clamp: vectorTo('scalar', 'scalar'),
  clamp_max: vectorTo('scalar'),
  clamp_min: vectorTo('scalar'),
  histogram_quantile: { args: ['scalar', 'vector'], returns: 'vector' },
  label_join: {
    args: ['vector', 'string', 'string', 'string'],
    optional: 'rest',
    returns: 'vector',
  },
  label_replace: vectorTo('string', 'string', 'string', 'string'),
  pi: { args: [], returns: 'scalar' },
  predict_linear: { args: ['matrix', 'scalar'], returns: 'vector' },
  quantile_over_time: { args: ['scalar', 'matrix'], returns: 'vector' },
  round: { args: ['vector', 'scalar'], optional: 1, returns: 'vector' },
  scalar: { args: ['vector'], returns: 'scalar' },
  time: { args: [], returns: 'scalar' },
  vector: { args: ['scalar'], returns: 'vector' },
};

/** Aggregations that take a parameter, with its type. */
export const AGGREGATE_PARAMETERS: Record<string, ValueType> = {
  bottomk: 'scalar',
  count_values: 'string',
  quantile: 'scalar',
  topk: 'scalar',
};

/** The aggregations that are understood. */
export const AGGREGATIONS = new Set([
  ...Object.keys(AGGREGATE_PARAMETERS),
  'avg',
  'count',
  'group',
  'max',
  'min',
  'stddev',
  'stdvar',
  'sum',
]);

/** Binary operators by how tightly they bind; only `^` is right-associative. */
export const PRECEDENCE: Record<string, number> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '<': 3,
  '>=': 3,
  '>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

export const COMPARISONS = new Set(['==', '!=', '<=', '<', '>=', '>']);
export const SET_OPERATORS = new Set(['and', 'or', 'unless']);
