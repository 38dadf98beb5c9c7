import { Labels, NAME, labelKey, only, withLabel, without } from '../labels';
import { ascending, quantile, Sample, sum, variance } from './values';
import { formatValue } from './format';

/** What is aggregated and how the groups are made. */
export interface Aggregation {
  op: string;
  by: boolean;
  labels: string[];
}

const extreme =
  (better: (a: number, b: number) => boolean) => (values: number[]) =>
    values.reduce((best, v) =>
      better(v, best) || Number.isNaN(best) ? v : best,
    );

const FOLDS: Record<string, (values: number[]) => number> = {
  sum,
  avg: values => sum(values) / values.length,
  min: extreme((a, b) => a < b),
  max: extreme((a, b) => a > b),
  count: values => values.length,
  group: () => 1,
  stddev: values => Math.sqrt(variance(values)),
  stdvar: variance,
};

/** @param parameter - of `topk`, `bottomk`, `quantile` and `count_values` */
export function aggregate(
  aggregation: Aggregation,
  samples: Sample[],
  parameter: number | string,
  time: number,
): Sample[] {
  const { op } = aggregation;
  const groups = grouped(aggregation, samples);
  switch (op) {
    case 'topk':
    case 'bottomk':
      return groups.flatMap(group =>
        first(group.members, Number(parameter), op === 'topk'),
      );
    case 'count_values':
      return groups.flatMap(group =>
        countValues(group, String(parameter), time),
      );
    default:
      return groups.map(({ labels, members }) => {
        const values = members.map(m => m.value);
        return {
          labels,
          value:
            op === 'quantile'
              ? quantile(Number(parameter), values)
              : FOLDS[op](values),
          time,
        };
      });
  }
}

interface Group {
  labels: Labels;
  members: Sample[];
}

function grouped(
  { by, labels: names }: Aggregation,
  samples: Sample[],
): Group[] {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const labels = by
      ? only(sample.labels, names)
      : without(sample.labels, [...names, NAME]);
    const key = labelKey(labels);
    const group = groups.get(key);
    if (group) group.members.push(sample);
    else groups.set(key, { labels, members: [sample] });
  }
  return [...groups.values()];
}

/** The k first by value; they stay what they are. */
function first(members: Sample[], k: number, largest: boolean): Sample[] {
  const count = Math.floor(k);
  if (!(count >= 1)) return [];
  const order = largest
    ? (a: Sample, b: Sample) => ascending(b.value, a.value)
    : (a: Sample, b: Sample) => ascending(a.value, b.value);
  const numbers = members.filter(m => !Number.isNaN(m.value)).sort(order);
  const rest = members.filter(m => Number.isNaN(m.value));
  return [...numbers, ...rest].slice(0, count);
}

function countValues(group: Group, label: string, time: number): Sample[] {
  const counts = new Map<string, number>();
  for (const { value } of group.members) {
    const text = formatValue(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, value]) => ({
    labels: withLabel(group.labels, label, text),
    value,
    time,
  }));
}
