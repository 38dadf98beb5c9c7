import type { KubeObject } from '../contract';
import { badRequest } from './status';
import type { KindRow } from './kinds';

export type Matcher = (object: KubeObject) => boolean;

type Labels = Record<string, string> | undefined;

const KEY =
  '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Splits at commas that are not inside parentheses. */
function requirements(text: string): string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '');
}

function labelRequirement(text: string): (labels: Labels) => boolean {
  const set = SET.exec(text);
  if (set) {
    const values = new Set(set[3].split(',').map(v => v.trim()));
    const wanted = set[2] === 'in';
    return labels => {
      const value = labels?.[set[1]];
      return (value !== undefined && values.has(value)) === wanted;
    };
  }
  const equality = EQUALITY.exec(text);
  if (equality) {
    const wanted = equality[2] !== '!=';
    return labels => (labels?.[equality[1]] === equality[3]) === wanted;
  }
  const existence = EXISTENCE.exec(text);
  if (existence) {
    const wanted = existence[1] === '';
    return labels => (labels?.[existence[2]] !== undefined) === wanted;
  }
  throw badRequest(
    `unable to parse requirement: found '${text}', expected: a label selector`,
  );
}

/** Parses `app=x,version in (v1,v2),!legacy`; 400 for anything else. */
export function labelMatcher(text: string | null | undefined): Matcher {
  const tests = requirements(text ?? '').map(labelRequirement);
  return object => tests.every(test => test(object.metadata.labels));
}

/** Matches a `LabelSelector` object (`matchLabels`, `matchExpressions`); an empty one matches everything. */
export function selectorMatches(
  selector: any,
  labels: Record<string, string> | undefined,
): boolean {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    if (labels?.[key] !== value) return false;
  }
  for (const { key, operator, values = [] } of selector?.matchExpressions ??
    []) {
    const value = labels?.[key];
    const has = value !== undefined;
    const passes = {
      In: has && values.includes(value),
      NotIn: !has || !values.includes(value),
      Exists: has,
      DoesNotExist: !has,
    }[operator as string];
    if (!passes) return false;
  }
  return true;
}

/** Writes a `LabelSelector` as text, for `/scale` and printed columns. */
export function selectorText(selector: any): string {
  const parts = Object.entries(selector?.matchLabels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  );
  for (const { key, operator, values = [] } of selector?.matchExpressions ??
    []) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else {
      parts.push(
        `${key} ${operator.toLocaleLowerCase('en-US')} (${values.join(',')})`,
      );
    }
  }
  return parts.join(',');
}

/** Fields by which each kind can be selected, beside `metadata.name` and `metadata.namespace`. */
const FIELDS: Record<string, string[]> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Service: ['spec.clusterIP', 'spec.type'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
};

function fieldText(object: KubeObject, path: string): string {
  let value: any = object;
  for (const key of path.split('.')) value = value?.[key];
  if (path === 'source') value = value?.component;
  return value === undefined || value === null ? '' : String(value);
}

/** Parses `metadata.name=x,status.phase!=Failed`; 400 for fields that the kind cannot be selected by. */
export function fieldMatcher(
  row: KindRow,
  text: string | null | undefined,
): Matcher {
  const tests = requirements(text ?? '').map(part => {
    const match = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(part);
    if (!match) {
      throw badRequest(
        `invalid selector: '${part}'; can't understand '${part}'`,
      );
    }
    const [, path, operator, wanted] = match;
    const known = ['metadata.name', 'metadata.namespace'].concat(
      FIELDS[row.kind] ?? [],
    );
    if (!known.includes(path)) {
      throw badRequest(`field label not supported: ${path}`);
    }
    // A boolean that is absent reads as false, as it does in Go.
    const read = (object: KubeObject) =>
      fieldText(object, path) ||
      (/hostNetwork|unschedulable/.test(path) ? 'false' : '');
    return (object: KubeObject) =>
      (read(object) === wanted) === (operator !== '!=');
  });
  return object => tests.every(test => test(object));
}

/** Both selectors of a list or watch request. */
export function matcherOf(row: KindRow, query: URLSearchParams): Matcher {
  const labels = labelMatcher(query.get('labelSelector'));
  const fields = fieldMatcher(row, query.get('fieldSelector'));
  return object => labels(object) && fields(object);
}
