import { meshDrPermissions } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Test } from 'supertest';
import { FAILOVER, startChanges } from '../__testUtils__/changes';
import { openapi } from '../__testUtils__/contract';
import { guideEnvironment } from '../__testUtils__/environments';
import { FakeCloud, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';

/** POST only because their question does not fit into a URL. */
const QUESTIONS = [
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/preflight',
  'POST /v1/meshes/{mesh}/simulations',
  'POST /v1/previews',
  'POST /v1/environment-previews',
  'POST /v1/environments/{name}/drift',
];

type Plugin = Awaited<ReturnType<typeof startChanges>>;

/** How a decision is asked for, and the event that it leaves. */
interface Decision {
  event: string;
  /** What the event is about: names of facts in its meta. */
  subject: string[];
  /** Makes what the decision is about; returns its id. */
  prepare?: (plugin: Plugin) => Promise<string>;
  ask: (plugin: Plugin, id: string) => Test;
}

const approver = { user: 'user:default/approver' };
const path = (id: string, verb: string) => `/v1/changes/${id}/${verb}`;
const member = `/v1/meshes/${MESH_ID}/clusters/${SHANGHAI_ID}`;
const waitingChange = async ({ change }: Plugin) =>
  (await change({}).expect(201)).body.id as string;
const appliedChange = async (plugin: Plugin) => {
  const id = await waitingChange(plugin);
  await plugin.post(path(id, 'approve'), approver).expect(200);
  return id;
};
const askShift = ({ post }: Plugin) =>
  post('/v1/shifts').send({
    target: { meshId: MESH_ID, namespace: 'default', name: 'reviews' },
    from: 'cn-hangzhou',
    to: 'cn-shanghai',
    steps: [50, 100],
    holdSeconds: 60,
    outlierDetection: FAILOVER.outlierDetection,
    reason: 'drain',
  });
const askGrant = ({ post }: Plugin) =>
  post('/v1/grants').send({
    environment: 'guide',
    operations: ['cluster.join'],
  });
const givenGrant = async (plugin: Plugin) =>
  (await askGrant(plugin).expect(201)).body.id as string;

const DECISIONS: Record<string, Decision> = {
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/fixes': {
    event: 'network-repair',
    subject: ['mesh', 'clusterId', 'check'],
    ask: ({ post }) =>
      post(`${member}/fixes`).send({ check: 'security-groups' }),
  },
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/join': {
    event: 'cluster-join',
    subject: ['mesh', 'clusterId'],
    ask: ({ post }) => post(`${member}/join`),
  },
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/leave': {
    event: 'cluster-leave',
    subject: ['mesh', 'clusterId'],
    ask: ({ post }) => post(`${member}/leave`),
  },
  'POST /v1/operations/{id}/cancel': {
    event: 'operation-cancel',
    subject: ['operationId'],
    prepare: async ({ cloud, post }) => {
      cloud.members.forEach(m => Object.assign(m, { state: 'starting' }));
      return (await post(`${member}/join`).expect(202)).body.id;
    },
    ask: ({ post }, id) => post(`/v1/operations/${id}/cancel`),
  },
  'POST /v1/changes': {
    event: 'change-create',
    subject: ['target', 'reason'],
    ask: ({ change }) => change({}),
  },
  'POST /v1/changes/{id}/approve': {
    event: 'change-approve',
    subject: ['changeId'],
    prepare: waitingChange,
    ask: ({ post }, id) => post(path(id, 'approve'), approver),
  },
  'POST /v1/changes/{id}/reject': {
    event: 'change-reject',
    subject: ['changeId'],
    prepare: waitingChange,
    ask: ({ post }, id) =>
      post(path(id, 'reject'), approver).send({ reason: 'no' }),
  },
  'POST /v1/changes/{id}/rollback': {
    event: 'change-rollback',
    subject: ['changeId', 'reason'],
    prepare: appliedChange,
    ask: ({ post }, id) => post(path(id, 'rollback')).send({ reason: 'back' }),
  },
  'POST /v1/shifts': {
    event: 'shift-create',
    subject: ['target', 'reason'],
    ask: askShift,
  },
  'POST /v1/shifts/{id}/abort': {
    event: 'shift-abort',
    subject: ['shiftId', 'reason'],
    prepare: async plugin => (await askShift(plugin).expect(201)).body.id,
    ask: ({ post }, id) =>
      post(`/v1/shifts/${id}/abort`).send({ reason: 'enough' }),
  },
  'POST /v1/verifications': {
    event: 'traffic-verify',
    subject: ['meshId'],
    ask: ({ post }) =>
      post('/v1/verifications').send({
        meshId: MESH_ID,
        namespace: 'default',
        name: 'reviews',
        requests: 1,
      }),
  },
  'POST /v1/grants': {
    event: 'grant-create',
    subject: ['environment', 'operations'],
    ask: askGrant,
  },
  'POST /v1/grants/{id}/redeem': {
    event: 'grant-redeem',
    subject: ['grantId', 'operation', 'environment'],
    prepare: givenGrant,
    ask: ({ post }, id) =>
      post(`/v1/grants/${id}/redeem`, { service: true }).send({
        operation: 'cluster.join',
        environment: 'guide',
      }),
  },
  'DELETE /v1/grants/{id}': {
    event: 'grant-revoke',
    subject: ['grantId'],
    prepare: givenGrant,
    ask: ({ delete: remove }, id) => remove(`/v1/grants/${id}`),
  },
  'PUT /v1/environments/{name}': {
    event: 'environment-put',
    subject: ['environment', 'status'],
    ask: ({ put }) => put('/v1/environments/guide').send(guideEnvironment()),
  },
  'DELETE /v1/environments/{name}': {
    event: 'environment-forget',
    subject: ['environment'],
    ask: ({ delete: remove }) => remove('/v1/environments/guide'),
  },
};

/** Starts the plugin so that every decision can be asked for. */
async function start(operation: string) {
  const cloud = new FakeCloud();
  if (operation.endsWith('/join')) cloud.leaveOut(SHANGHAI_ID);
  const plugin = await startChanges({
    cloud,
    meshDr: {
      approval: { required: 'always' },
      // Nobody answers there; that is a result of verifying, too.
      probes: { connectTo: ['127.77.0.0/16:80:127.0.0.1:1'] },
    },
  });
  return { ...plugin, events: plugin.audited as any[] };
}

describe('audit events', () => {
  it('are expected of every route that changes something', () => {
    const changing = Object.entries(openapi.paths).flatMap(([url, item]) =>
      ['post', 'put', 'patch', 'delete'].flatMap(method =>
        item[method] ? [`${method.toUpperCase()} ${url}`] : [],
      ),
    );
    expect(changing.sort()).toEqual(
      [...Object.keys(DECISIONS), ...QUESTIONS].sort(),
    );
  });

  it.each(Object.entries(DECISIONS))(
    '%s leaves one, done or refused, with who and what',
    async (operation, { event, subject, prepare, ask }) => {
      const plugin = await start(operation);
      const { denied, events, stop } = plugin;
      const id = (await prepare?.(plugin)) ?? 'none';

      // Somebody who holds no permission at all; what belongs to its owner is refused by another name.
      for (const { name } of meshDrPermissions) denied.add(name);
      events.length = 0;
      const byRights = !operation.includes('/grants/{id}');
      const refused = await ask(plugin, byRights ? id : 'unknown');
      expect([403, 404]).toContain(refused.status);
      expect(events).toMatchObject([
        {
          eventId: event,
          outcomes: [expect.stringMatching(/^fail Not(Allowed|Found)Error$/)],
          authorization: expect.stringMatching(/^Bearer /),
        },
      ]);
      expect(Object.keys(events[0].meta)).toEqual(
        expect.arrayContaining(subject),
      );

      denied.clear();
      events.length = 0;
      const done = await ask(plugin, id);
      const own = events.filter(({ eventId }) => eventId === event);
      expect([done.ok, own]).toMatchObject([true, [{ outcomes: ['success'] }]]);
      expect(Object.keys(own[0].meta)).toEqual(expect.arrayContaining(subject));
      await stop();
    },
  );
});
