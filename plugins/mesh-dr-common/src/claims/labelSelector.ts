/** One condition of a Kubernetes label selector. */
export interface LabelRequirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | 'absent';
  /** For `in` and `notin`. */
  values: string[];
}

type Labels = Record<string, string>;

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '[-A-Za-z0-9_.]*';
const PATTERNS = {
  equality: new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`),
  set: new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`),
  existence: new RegExp(`^(!?)\\s*(${KEY})$`),
};

/**
 * Reads a label selector as kubectl and the Kubernetes API take it: `app=reviews,tier in (web, api),!canary`.
 *
 * @returns all of its conditions; undefined for text that is no selector, or an empty one, which would select everything
 */
export function parseLabelSelector(
  text: string,
): LabelRequirement[] | undefined {
  // Commas inside parentheses part values, not conditions.
  const parts = text.split(/,(?![^(]*\))/).map(part => part.trim());
  const requirements = parts.map(parseRequirement);
  return requirements.every(
    (requirement): requirement is LabelRequirement => requirement !== undefined,
  )
    ? requirements
    : undefined;
}

function parseRequirement(text: string): LabelRequirement | undefined {
  const equality = PATTERNS.equality.exec(text);
  if (equality) {
    const [, key, sign, value] = equality;
    return { key, operator: sign === '!=' ? 'notin' : 'in', values: [value] };
  }
  const set = PATTERNS.set.exec(text);
  if (set) {
    const [, key, operator, list] = set;
    const values = list.split(',').map(value => value.trim());
    return values.every(value => new RegExp(`^${VALUE}$`).test(value))
      ? { key, operator: operator as 'in' | 'notin', values }
      : undefined;
  }
  const existence = PATTERNS.existence.exec(text);
  return existence
    ? {
        key: existence[2],
        operator: existence[1] ? 'absent' : 'exists',
        values: [],
      }
    : undefined;
}

/** Whether labels meet every condition. */
export function labelsMatch(
  requirements: LabelRequirement[],
  labels: Labels = {},
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'in':
        return value !== undefined && values.includes(value);
      // As Kubernetes has it: what lacks the label is not among the values.
      case 'notin':
        return value === undefined || !values.includes(value);
      case 'exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
}
