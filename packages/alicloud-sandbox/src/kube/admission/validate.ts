import type { KubeObject } from '../../contract';
import { equal, type Json } from '../json';
import type { KindRow } from '../kinds';
import { selectorMatches } from '../selectors';
import type { FieldCause } from '../status';
import { bad, required } from './causes';
import { isLabel, NO_LABEL, podSpecFaults, serviceFaults } from './podSpec';

const SUBDOMAIN =
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const STANDARD_FINALIZERS = new Set([
  'kubernetes',
  'orphan',
  'foregroundDeletion',
]);

function nameFault(row: KindRow, name: string): FieldCause | undefined {
  const field = 'metadata.name';
  if (!name) return required(field, 'name or generateName is required');
  if (row.kind === 'Namespace') {
    return isLabel(name) ? undefined : bad(field, name, NO_LABEL);
  }
  if (row.kind === 'Service') {
    return SERVICE_NAME.test(name) && name.length <= 63
      ? undefined
      : bad(
          field,
          name,
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        );
  }
  return SUBDOMAIN.test(name) && name.length <= 253
    ? undefined
    : bad(
        field,
        name,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      );
}

function labelFaults(labels: Json, field: string): FieldCause[] {
  return Object.values(labels ?? {})
    .filter(v => typeof v !== 'string' || v.length > 63 || !LABEL_VALUE.test(v))
    .map(v =>
      bad(
        field,
        v as string,
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ),
    );
}

function templateFaults(object: KubeObject, policies: string[]): FieldCause[] {
  const { spec } = object;
  const labels = spec?.template?.metadata?.labels;
  const causes = podSpecFaults(
    spec?.template?.spec,
    'spec.template.spec',
    policies,
  );
  if (spec?.selector && !selectorMatches(spec.selector, labels)) {
    causes.push(
      bad(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return causes;
}

function countFault(value: Json, field: string): FieldCause[] {
  return value !== undefined && value < 0
    ? [bad(field, value, 'must be greater than or equal to 0')]
    : [];
}

function immutable(
  object: KubeObject,
  previous: KubeObject | undefined,
  path: string[],
): FieldCause[] {
  if (!previous) return [];
  const read = (o: Json) => path.reduce((at, name) => at?.[name], o);
  return equal(read(object), read(previous))
    ? []
    : [bad(path.join('.'), read(object), 'field is immutable')];
}

/** What is going may lose finalizers, not get new ones. */
function finalizerFaults(
  object: KubeObject,
  previous: KubeObject | undefined,
): FieldCause[] {
  const field = 'metadata.finalizers';
  const { finalizers = [], deletionTimestamp } = object.metadata;
  const causes = finalizers
    .filter(name => !name.includes('/') && !STANDARD_FINALIZERS.has(name))
    .map(name =>
      bad(
        field,
        name,
        'name is neither a standard finalizer name nor is it fully qualified',
      ),
    );
  const before = previous?.metadata.finalizers ?? [];
  const fresh = finalizers.filter(name => !before.includes(name));
  if (previous && deletionTimestamp && fresh.length > 0) {
    causes.push({
      reason: 'FieldValueForbidden',
      field,
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${fresh
        .map(name => JSON.stringify(name))
        .join(', ')}}`,
    });
  }
  return causes;
}

/** Faults in the meaning of an object, after defaults; the words are the API server's. */
export function faultsOf(
  row: KindRow,
  object: KubeObject,
  previous: KubeObject | undefined,
): FieldCause[] {
  const causes: FieldCause[] = [];
  if (!previous) {
    const fault = nameFault(row, object.metadata.name);
    if (fault) causes.push(fault);
  }
  causes.push(
    ...labelFaults(object.metadata.labels, 'metadata.labels'),
    ...finalizerFaults(object, previous),
  );
  switch (row.kind) {
    case 'Pod':
      causes.push(...podSpecFaults(object.spec, 'spec'));
      break;
    case 'Deployment':
    case 'ReplicaSet':
      causes.push(
        ...countFault(object.spec?.replicas, 'spec.replicas'),
        ...templateFaults(object, ['Always']),
        ...immutable(object, previous, ['spec', 'selector']),
      );
      break;
    case 'Job':
      causes.push(
        ...countFault(object.spec?.parallelism, 'spec.parallelism'),
        ...templateFaults(object, ['OnFailure', 'Never']),
        ...immutable(object, previous, ['spec', 'template']),
      );
      break;
    case 'Service':
      causes.push(...serviceFaults(object.spec));
      break;
    default:
  }
  return causes;
}
