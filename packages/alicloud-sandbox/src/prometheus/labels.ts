/** Names and values that identify a series; a label with an empty value is the same as no label. */
export type Labels = Readonly<Record<string, string>>;

/** The label that holds the metric's name. */
export const NAME = '__name__';

const keys = new WeakMap<Labels, string>();

/** Equal for equal label sets, whatever the order in which they were written. */
export function labelKey(labels: Labels): string {
  let key = keys.get(labels);
  if (key === undefined) {
    key = Object.keys(labels)
      .sort()
      .map(name => `${name}\u0001${labels[name]}`)
      .join('\u0002');
    keys.set(labels, key);
  }
  return key;
}

/** The labels without some of them. */
export function without(
  labels: Labels,
  names: Iterable<string>,
): Record<string, string> {
  const rest: Record<string, string> = { ...labels };
  for (const name of names) delete rest[name];
  return rest;
}

/** Only some of the labels. */
export function only(
  labels: Labels,
  names: Iterable<string>,
): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const name of names) if (labels[name]) chosen[name] = labels[name];
  return chosen;
}

/** The labels with one set; an empty value removes it. */
export function withLabel(
  labels: Labels,
  name: string,
  value: string,
): Record<string, string> {
  return value ? { ...labels, [name]: value } : without(labels, [name]);
}

/** As Prometheus prints a label set in messages: `{__name__="up", a="b"}`. */
export function printLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map(key => `${key}=${JSON.stringify(labels[key])}`);
  return `{${pairs.join(', ')}}`;
}
