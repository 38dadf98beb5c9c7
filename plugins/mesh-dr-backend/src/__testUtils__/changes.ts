import type { StoredChange } from '../database/ChangeStore';
import { MESH_ID } from './FakeCloud';
import { startPlugin, until, type StartOptions } from './startPlugin';

export const SERVICE = {
  scope: 'service' as const,
  meshId: MESH_ID,
  namespace: 'default',
  name: 'reviews',
};
export const MESH = { scope: 'mesh' as const, meshId: MESH_ID };
export const BOTH_WAYS = [
  { from: 'cn-hangzhou', to: 'cn-shanghai' },
  { from: 'cn-shanghai', to: 'cn-hangzhou' },
];
export const OUTLIER_DETECTION = {
  consecutive5xxErrors: 3,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};
export const FAILOVER = {
  mode: 'failover',
  failover: BOTH_WAYS,
  outlierDetection: OUTLIER_DETECTION,
};
export const DISTRIBUTION = {
  mode: 'distribution',
  distribute: [
    { from: 'cn-hangzhou', to: { 'cn-hangzhou': 90, 'cn-shanghai': 10 } },
    { from: 'cn-shanghai', to: { 'cn-shanghai': 100 } },
  ],
  outlierDetection: OUTLIER_DETECTION,
};
export const RULES = {
  apiVersion: 'networking.istio.io/v1beta1',
  plural: 'destinationrules',
};
export const SUBSETS = [{ name: 'v1', labels: { version: 'v1' } }];

/** A change as the history keeps it; by default one that switched a mesh's rule off. */
export function storedChange(fields: Partial<StoredChange> = {}): StoredChange {
  return {
    id: 'c1',
    target: { scope: 'mesh', meshId: MESH_ID },
    intent: { mode: 'off' },
    status: 'applied',
    requestedBy: 'user:default/owner',
    requestedAt: '2026-01-01T00:00:00.000Z',
    reason: 'game day',
    hash: 'h',
    before: '',
    after: '',
    findings: [],
    plan: {
      kind: 'mesh',
      before: { enabled: true },
      after: { enabled: false },
      offFirst: false,
    },
    ...fields,
  };
}

export async function startChanges(options: StartOptions = {}) {
  const plugin = await startPlugin(options);
  const mesh = plugin.connector.server(MESH_ID);
  await until('both regions show reviews', async () => {
    const { body } = await plugin.get(
      `/v1/meshes/${MESH_ID}/services/default/reviews/topology`,
    );
    return body.regions?.every((region: any) => region.total === 1);
  });
  const change = (body: object, user?: string) =>
    plugin
      .post('/v1/changes', { user })
      .send({ reason: 'game day', target: SERVICE, intent: FAILOVER, ...body });
  const preview = (body: object = {}) =>
    plugin
      .post('/v1/previews')
      .send({ target: SERVICE, intent: FAILOVER, ...body });
  const rule = (name = 'reviews') => mesh.get(RULES, 'default', name);
  return { ...plugin, mesh, change, preview, rule };
}
