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

function tamePod(spec: Json, policy: string): void {
  spec.restartPolicy = policy;
}

const tameTemplate =
  (policy: string) =>
  ({ spec }: Json): void => {
    spec.selector = { matchLabels: { k: 's' } };
    tamePod(spec.template.spec, policy);
  };

/** What must be so that an object with every field set can exist: names that fit, selectors that match. */
const TAMERS: Record<string, (object: Json) => void> = {
  Deployment: tameTemplate('Always'),
  ReplicaSet: tameTemplate('Always'),
  Job: tameTemplate('Never'),
  // The namespace of the other samples exists already.
  Namespace: ({ metadata }) => {
    metadata.name = 't';
  },
  Pod: ({ spec }) => tamePod(spec, 'Always'),
  Service: ({ spec }) => {
    spec.type = 'ClusterIP';
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.ports[0].nodePort;
  },
};

/** Fields of which only some values exist, wherever they stand. */
const CLOSED: Record<string, Json> = {
  imagePullPolicy: 'Always',
  protocol: 'TCP',
};

/** Names of the containers, which must differ. */
const CONTAINERS = ['initContainers', 'ephemeralContainers'];

function tameBelow(value: Json): Json {
  if (Array.isArray(value)) return value.map(tameBelow);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries<Json>(value).map(([name, child]) => {
      if (CONTAINERS.includes(name)) {
        return [name, [{ ...tameBelow(child[0]), name: 'other' }]];
      }
      return [
        name,
        typeof child === 'string' ? CLOSED[name] ?? child : tameBelow(child),
      ];
    }),
  );
}

/** A sample that the API server can accept. */
export function tamed(sample: Json): Json {
  const {
    deletionTimestamp: _time,
    deletionGracePeriodSeconds: _grace,
    resourceVersion: _version,
    managedFields: _fields,
    ...metadata
  } = sample.metadata;
  const object: Json = {
    ...tameBelow(sample),
    metadata: { ...metadata, finalizers: ['example.com/f'] },
  };
  TAMERS[object.kind]?.(object);
  return object;
}
