type Json = any;

const PATHS: Record<string, string> = {
  Deployment: 'apis/apps/v1/namespaces/s/deployments',
  ReplicaSet: 'apis/apps/v1/namespaces/s/replicasets',
  Job: 'apis/batch/v1/namespaces/s/jobs',
  Lease: 'apis/coordination.k8s.io/v1/namespaces/s/leases',
  EndpointSlice: 'apis/discovery.k8s.io/v1/namespaces/s/endpointslices',
  ConfigMap: 'api/v1/namespaces/s/configmaps',
  Event: 'api/v1/namespaces/s/events',
  Namespace: 'api/v1/namespaces',
  Node: 'api/v1/nodes',
  Pod: 'api/v1/namespaces/s/pods',
  Secret: 'api/v1/namespaces/s/secrets',
  Service: 'api/v1/namespaces/s/services',
  ServiceAccount: 'api/v1/namespaces/s/serviceaccounts',
};

/** Where an object of a kind is created. */
export const pathOf = (kind: string): string => `/${PATHS[kind]}`;

function tamePod(spec: Json): void {
  spec.restartPolicy = 'Never';
}

function tameTemplate({ spec }: Json): void {
  spec.selector = { matchLabels: { k: 's' } };
  tamePod(spec.template.spec);
}

/** What must be so that an object with every field set can exist: names that fit, selectors that match. */
const TAMERS: Record<string, (object: Json) => void> = {
  Deployment: tameTemplate,
  ReplicaSet: tameTemplate,
  Job: tameTemplate,
  // The namespace of the other samples exists already.
  Namespace: ({ metadata }) => {
    metadata.name = 't';
  },
  Pod: ({ spec }) => tamePod(spec),
  Service: ({ spec }) => {
    spec.type = 'ClusterIP';
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ports[0].nodePort;
  },
};

/** A sample that the API server can accept. */
export function tamed(sample: Json): Json {
  const {
    deletionTimestamp: _time,
    deletionGracePeriodSeconds: _grace,
    resourceVersion: _version,
    managedFields: _fields,
    ...metadata
  } = sample.metadata;
  const object = {
    ...sample,
    metadata: { ...metadata, finalizers: ['example.com/f'] },
  };
  TAMERS[object.kind]?.(object);
  return object;
}
