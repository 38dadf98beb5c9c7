/** The people of the sandbox configuration, by what they show, and one more. */
export const PEOPLE = {
  reader: 'rita',
  owner: 'olivia',
  secondOwner: 'oscar',
  approver: 'amara',
  platform: 'pavel',
  /** Has every right of the plugin, and may read nothing in the catalog. */
  outsider: 'uma',
} as const;
export type Person = keyof typeof PEOPLE;

export const EVERYBODY: Person[] = [
  'reader',
  'owner',
  'secondOwner',
  'approver',
  'platform',
  'outsider',
];
/** Who may read the entities that stand for the service in question. */
const ITS_READERS = EVERYBODY.filter(person => person !== 'outsider');
/** Whoever owns something. */
const OWNERS: Person[] = ['owner', 'secondOwner', 'platform', 'outsider'];
/** Of these, who may change the service in question: the second owner owns another one. */
const ITS_OWNERS: Person[] = ['owner', 'platform'];
export const OWNING_GROUP = 'group:default/bookinfo-owners';
/** Who approves changes of the service in question. */
const ITS_APPROVERS: Person[] = ['approver', 'platform'];
/** Who may do everything to the service in question. */
const ITS_PLATFORM: Person[] = ['platform'];
const PLATFORM: Person[] = ['platform', 'outsider'];
const NOBODY: Person[] = [];

export const service = {
  scope: 'service',
  meshId: 'm',
  namespace: 'default',
  name: 'reviews',
};
export const { scope: _, ...shifted } = service;
export const off = { intent: { mode: 'off' }, reason: 'because' };
const reason = { reason: 'because' };
const grant = (...operations: string[]) => ({ environment: '*', operations });

/** Method, path, who may, and a body that the route understands. The paths are those of openapi.yaml. */
export const TABLE: [string, string, Person[], object?][] = [
  ['GET', '/openapi.yaml', EVERYBODY],
  ['GET', '/v1/meshes', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/network', EVERYBODY],
  ['GET', '/v1/meshes/{mesh}/candidates', EVERYBODY],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/preflight', EVERYBODY],
  [
    'POST',
    '/v1/meshes/{mesh}/clusters/{clusterId}/fixes',
    PLATFORM,
    { check: 'security-groups' },
  ],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/join', PLATFORM],
  ['GET', '/v1/meshes/{mesh}/clusters/{clusterId}/leave-preview', EVERYBODY],
  ['POST', '/v1/meshes/{mesh}/clusters/{clusterId}/leave', PLATFORM],
  ['GET', '/v1/operations/{id}', EVERYBODY],
  ['POST', '/v1/operations/{id}/cancel', PLATFORM],
  ['GET', '/v1/meshes/{mesh}/services', EVERYBODY],
  [
    'GET',
    '/v1/meshes/{mesh}/services/{namespace}/{name}/topology',
    ITS_READERS,
  ],
  ['POST', '/v1/meshes/{mesh}/simulations', EVERYBODY, { targets: [] }],
  [
    'GET',
    '/v1/meshes/{mesh}/services/{namespace}/{name}/break-glass',
    ITS_READERS,
  ],
  [
    'POST',
    '/v1/previews',
    ITS_READERS,
    { target: service, intent: off.intent },
  ],
  [
    'POST',
    '/v1/previews',
    EVERYBODY,
    { target: { ...service, name: 'ratings' }, intent: off.intent },
  ],
  [
    'POST',
    '/v1/previews',
    EVERYBODY,
    { target: { scope: 'mesh', meshId: 'm' }, intent: off.intent },
  ],
  ['GET', '/v1/changes', EVERYBODY],
  ['POST', '/v1/changes', ITS_OWNERS, { target: service, ...off }],
  // The catalog does not know whose this one is.
  [
    'POST',
    '/v1/changes',
    PLATFORM,
    { target: { ...service, name: 'ratings' }, ...off },
  ],
  [
    'POST',
    '/v1/changes',
    PLATFORM,
    { target: { scope: 'mesh', meshId: 'm' }, ...off },
  ],
  [
    'POST',
    '/v1/changes',
    ITS_PLATFORM,
    { target: service, ...off, overrides: ['freeze-window'] },
  ],
  ['GET', '/v1/changes/{id}', ITS_READERS],
  ['GET', '/v1/changes/{id}/export', ITS_READERS],
  ['POST', '/v1/changes/{id}/approve', ITS_APPROVERS],
  ['POST', '/v1/changes/{id}/reject', ITS_APPROVERS, reason],
  ['POST', '/v1/changes/{id}/rollback', ITS_OWNERS, reason],
  [
    'POST',
    '/v1/changes/{id}/rollback',
    ITS_PLATFORM,
    { ...reason, overrides: ['approval'] },
  ],
  ['GET', '/v1/audit', EVERYBODY],
  ['GET', '/v1/shifts', EVERYBODY],
  [
    'POST',
    '/v1/shifts',
    ITS_OWNERS,
    {
      target: shifted,
      from: 'cn-hangzhou',
      to: 'cn-shanghai',
      steps: [100],
      holdSeconds: 1,
      outlierDetection: {},
      ...reason,
    },
  ],
  ['GET', '/v1/shifts/{id}', ITS_READERS],
  ['POST', '/v1/shifts/{id}/pause', ITS_OWNERS, reason],
  ['POST', '/v1/shifts/{id}/resume', ITS_OWNERS, reason],
  ['POST', '/v1/shifts/{id}/abort', ITS_OWNERS, reason],
  [
    'POST',
    '/v1/verifications',
    ITS_READERS,
    { meshId: 'm', namespace: 'default', name: 'reviews', requests: 1 },
  ],
  ['GET', '/v1/grants', EVERYBODY],
  ['POST', '/v1/grants', OWNERS, grant('rule.change')],
  ['POST', '/v1/grants', EVERYBODY, grant('traffic.verify')],
  ['POST', '/v1/grants', PLATFORM, grant('environment.provision')],
  ['POST', '/v1/grants', PLATFORM, grant('rule.change', 'cluster.join')],
  // It is somebody else's.
  ['DELETE', '/v1/grants/{id}', PLATFORM],
  // Only services redeem.
  [
    'POST',
    '/v1/grants/{id}/redeem',
    NOBODY,
    { operation: 'rule.change', environment: '*' },
  ],
  ['POST', '/v1/environment-previews', PLATFORM, { spec: {} }],
  ['GET', '/v1/vpcs', EVERYBODY],
  ['GET', '/v1/environments', EVERYBODY],
  ['GET', '/v1/environments/{name}', EVERYBODY],
  ['PUT', '/v1/environments/{name}', PLATFORM, {}],
  ['DELETE', '/v1/environments/{name}', PLATFORM],
  ['GET', '/v1/environments/{name}/removal', PLATFORM],
  ['POST', '/v1/environments/{name}/drift', EVERYBODY],
];
