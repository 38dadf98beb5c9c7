import * as models from '@kubernetes/client-node';

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

/** The kinds whose structure the API servers know, by the names of the client library's models. */
const ROOTS = [
  'V1Namespace',
  'V1Node',
  'V1Pod',
  'V1Service',
  'V1Endpoints',
  'V1ConfigMap',
  'V1Secret',
  'V1ServiceAccount',
  'CoreV1Event',
  'V1EndpointSlice',
  'V1Deployment',
  'V1ReplicaSet',
  'V1Job',
  'V2HorizontalPodAutoscaler',
  'V1Lease',
  'V1Scale',
  'V1SelfSubjectAccessReview',
  'V1SelfSubjectRulesReview',
  'V1SubjectAccessReview',
  'V1SelfSubjectReview',
  'V1TokenReview',
];

/**
 * Reads field names and types of the built-in kinds from the models of `@kubernetes/client-node`:
 * `{ V1PodSpec: { hostNetwork: 'boolean', … } }`. `builtin.json` is this function's output.
 */
export function structuresFromModels(): Record<string, Record<string, string>> {
  const all = models as unknown as Record<
    string,
    { getAttributeTypeMap?: () => Attribute[] }
  >;
  const out: Record<string, Record<string, string>> = {};
  const queue = [...ROOTS];
  while (queue.length > 0) {
    const name = queue.shift()!;
    const model = all[name];
    if (out[name] || !model?.getAttributeTypeMap) continue;
    const fields: Record<string, string> = {};
    for (const { baseName, type, format } of model.getAttributeTypeMap()) {
      fields[baseName] =
        type === 'number' && format.startsWith('int') ? 'integer' : type;
      for (const word of type.match(/[A-Za-z0-9]+/g) ?? []) {
        if (all[word]?.getAttributeTypeMap) queue.push(word);
      }
    }
    out[name] = fields;
  }
  return Object.fromEntries(
    Object.entries(out).sort(([a], [b]) => a.localeCompare(b)),
  );
}
