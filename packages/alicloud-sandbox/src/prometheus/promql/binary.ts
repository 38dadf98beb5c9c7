import {
  Labels,
  labelKey,
  only,
  printLabels,
  withLabel,
  without,
} from '../labels';
import type { Matching } from './ast';
import { COMPARISONS } from './signatures';
import { QueryError, Sample, withoutName } from './values';

/** What an operator makes of two numbers; comparisons give 1 or 0. */
export function compute(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      // As in C, and unlike JavaScript: 1 to the power of anything is 1.
      return a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))
        ? 1
        : a ** b;
    case 'atan2':
      return Math.atan2(a, b);
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '>':
      return Number(a > b);
    case '<':
      return Number(a < b);
    case '>=':
      return Number(a >= b);
    default:
      return Number(a <= b);
  }
}

/** An operator between a vector and a scalar. Comparisons keep the elements for which they hold, `bool` all of them. */
export function vectorWithScalar(
  { op, bool }: { op: string; bool: boolean },
  samples: Sample[],
  scalar: number,
  scalarLeft: boolean,
): Sample[] {
  const filter = COMPARISONS.has(op) && !bool;
  return samples.flatMap(sample => {
    const value = scalarLeft
      ? compute(op, scalar, sample.value)
      : compute(op, sample.value, scalar);
    if (filter) return value ? [sample] : [];
    return [{ ...sample, value, labels: withoutName(sample.labels) }];
  });
}

/** `and`, `or`, `unless`. */
export function setOperation(
  op: string,
  matching: Matching,
  left: Sample[],
  right: Sample[],
): Sample[] {
  const signature = signatureOf(matching);
  if (op === 'or') {
    const present = new Set(left.map(s => signature(s.labels)));
    return [...left, ...right.filter(s => !present.has(signature(s.labels)))];
  }
  const present = new Set(right.map(s => signature(s.labels)));
  return left.filter(s => present.has(signature(s.labels)) === (op === 'and'));
}

/**
 * An arithmetic operator or comparison between vectors, one to one or, with `group_left` or `group_right`, many to one.
 * @throws QueryError when elements cannot be told apart
 */
export function vectorWithVector(
  expr: { op: string; bool: boolean; matching: Matching },
  left: Sample[],
  right: Sample[],
): Sample[] {
  const { op, bool, matching } = expr;
  const swapped = matching.group === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const signature = signatureOf(matching);
  const ones = uniqueSide(one, signature, matching, swapped);
  const filter = COMPARISONS.has(op) && !bool;
  const made = new Map<string, Set<string>>();
  return many.flatMap(sample => {
    const key = signature(sample.labels);
    const other = ones.get(key);
    if (!other) return [];
    const value = swapped
      ? compute(op, other.value, sample.value)
      : compute(op, sample.value, other.value);
    if (filter && !value) return [];
    const labels = resultLabels(sample.labels, other.labels, matching, !filter);
    claim(made, key, labels, matching);
    const kept = swapped ? other.value : sample.value;
    return [{ labels, value: filter ? kept : value, time: sample.time }];
  });
}

/** Each group's only element on the side that must have one. */
function uniqueSide(
  side: Sample[],
  signature: (labels: Labels) => string,
  { on, labels: names }: Matching,
  isLeft: boolean,
): Map<string, Sample> {
  const found = new Map<string, Sample>();
  for (const sample of side) {
    const key = signature(sample.labels);
    const other = found.get(key);
    if (other) {
      const group = on
        ? only(sample.labels, names)
        : without(withoutName(sample.labels), names);
      throw new QueryError(
        `found duplicate series for the match group ${printLabels(
          group,
        )} on the ${
          isLeft ? 'left' : 'right'
        } hand-side of the operation: [${printLabels(
          sample.labels,
        )}, ${printLabels(
          other.labels,
        )}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
    found.set(key, sample);
  }
  return found;
}

/** @throws QueryError when the group, or within it the label set, has a result already */
function claim(
  made: Map<string, Set<string>>,
  group: string,
  labels: Labels,
  { group: grouped }: Matching,
): void {
  const before = made.get(group);
  if (!before) {
    made.set(group, new Set([labelKey(labels)]));
    return;
  }
  if (!grouped) {
    throw new QueryError(
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
  }
  if (before.has(labelKey(labels))) {
    throw new QueryError(
      'multiple matches for labels: grouping labels must ensure unique matches',
    );
  }
  before.add(labelKey(labels));
}

function resultLabels(
  many: Labels,
  one: Labels,
  matching: Matching,
  dropName: boolean,
): Labels {
  let labels = dropName ? withoutName(many) : many;
  if (!matching.group) {
    labels = matching.on
      ? only(labels, matching.labels)
      : without(labels, matching.labels);
  }
  for (const name of matching.include) {
    labels = withLabel(labels, name, one[name] ?? '');
  }
  return labels;
}

function signatureOf({ on, labels: names }: Matching) {
  return (labels: Labels) =>
    labelKey(on ? only(labels, names) : without(withoutName(labels), names));
}
