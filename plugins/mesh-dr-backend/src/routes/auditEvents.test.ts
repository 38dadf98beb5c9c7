import { meshDrPermissions } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Test } from 'supertest';
import { FAILOVER, startChanges } from '../__testUtils__/changes';
import { openapi } from '../__testUtils__/contract';
import { guideEnvironment } from '../__testUtils__/environments';
import { FakeCloud, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { until } from '../__testUtils__/startPlugin';
import { SignalPublisher } from '../topology/SignalPublisher';

/** POST only because their question does not fit into a URL. */
const QUESTIONS = [
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/preflight',
  'POST /v1/meshes/{mesh}/simulations',
  'POST /v1/previews',
  'POST /v1/environment-previews',
  'POST /v1/environments/{name}/drift',
];

type Plugin = Awaited<ReturnType<typeof startChanges>>;

/** How a decision is asked for, the event that it leaves, and the signal. */
interface Decision {
  event: string;
  /** What the event is about: names of facts in its meta. */
  subject: string[];
  /**
   * Of what open pages learn that it changed. Nobody: grants, whose ids are their initiator's business alone, and what
   * is answered to whoever asked and kept nowhere.
   */
  tells: 'mesh' | 'environment' | 'nobody';
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
/** Begun, with its first step approved and applied. */
const runningShift = async (plugin: Plugin) => {
  const { id, changeIds } = (await askShift(plugin).expect(201)).body;
  await plugin.post(path(changeIds[0], 'approve'), approver).expect(200);
  await until('the shift runs', async () => {
    await plugin.tick();
    return (await plugin.get(`/v1/shifts/${id}`)).body.status === 'running';
  });
  return id as string;
};
const askGrant = ({ post }: Plugin) =>
  post('/v1/grants').send({
    environment: 'guide',
    operations: ['cluster.join'],
  });
const givenGrant = async (plugin: Plugin) =>
  (await askGrant(plugin).expect(201)).body.id as string;

const putGuide = ({ put }: Plugin) =>
  put('/v1/environments/guide').send(guideEnvironment());

const DECISIONS: Record<string, Decision> = {
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/fixes': {
    event: 'network-repair',
    tells: 'mesh',
    subject: ['mesh', 'clusterId', 'check'],
    ask: ({ post }) =>
      post(`${member}/fixes`).send({ check: 'security-groups' }),
  },
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/join': {
    event: 'cluster-join',
    tells: 'mesh',
    subject: ['mesh', 'clusterId'],
    ask: ({ post }) => post(`${member}/join`),
  },
  'POST /v1/meshes/{mesh}/clusters/{clusterId}/leave': {
    event: 'cluster-leave',
    tells: 'mesh',
    subject: ['mesh', 'clusterId'],
    ask: ({ post }) => post(`${member}/leave`),
  },
  'POST /v1/operations/{id}/cancel': {
    event: 'operation-cancel',
    tells: 'mesh',
    subject: ['operationId'],
    prepare: async ({ cloud, post }) => {
      cloud.members.forEach(m => Object.assign(m, { state: 'starting' }));
      return (await post(`${member}/join`).expect(202)).body.id;
    },
    ask: ({ post }, id) => post(`/v1/operations/${id}/cancel`),
  },
  'POST /v1/changes': {
    event: 'change-create',
    tells: 'mesh',
    subject: ['target', 'reason'],
    ask: ({ change }) => change({}),
  },
  'POST /v1/changes/{id}/approve': {
    event: 'change-approve',
    tells: 'mesh',
    subject: ['changeId'],
    prepare: waitingChange,
    ask: ({ post }, id) => post(path(id, 'approve'), approver),
  },
  'POST /v1/changes/{id}/reject': {
    event: 'change-reject',
    tells: 'mesh',
    subject: ['changeId'],
    prepare: waitingChange,
    ask: ({ post }, id) =>
      post(path(id, 'reject'), approver).send({ reason: 'no' }),
  },
  'POST /v1/changes/{id}/rollback': {
    event: 'change-rollback',
    tells: 'mesh',
    subject: ['changeId', 'reason'],
    prepare: appliedChange,
    ask: ({ post }, id) => post(path(id, 'rollback')).send({ reason: 'back' }),
  },
  'POST /v1/shifts': {
    event: 'shift-create',
    tells: 'mesh',
    subject: ['target', 'reason'],
    ask: askShift,
  },
  'POST /v1/shifts/{id}/pause': {
    event: 'shift-pause',
    tells: 'mesh',
    subject: ['shiftId', 'reason'],
    prepare: runningShift,
    ask: ({ post }, id) =>
      post(`/v1/shifts/${id}/pause`).send({ reason: 'look first' }),
  },
  'POST /v1/shifts/{id}/resume': {
    event: 'shift-resume',
    tells: 'mesh',
    subject: ['shiftId', 'reason'],
    prepare: async plugin => {
      const id = await runningShift(plugin);
      await plugin
        .post(`/v1/shifts/${id}/pause`)
        .send({ reason: 'look first' })
        .expect(200);
      return id;
    },
    ask: ({ post }, id) =>
      post(`/v1/shifts/${id}/resume`).send({ reason: 'all is well' }),
  },
  'POST /v1/shifts/{id}/abort': {
    event: 'shift-abort',
    tells: 'mesh',
    subject: ['shiftId', 'reason'],
    prepare: async plugin => (await askShift(plugin).expect(201)).body.id,
    ask: ({ post }, id) =>
      post(`/v1/shifts/${id}/abort`).send({ reason: 'enough' }),
  },
  'POST /v1/verifications': {
    event: 'traffic-verify',
    tells: 'nobody',
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
    tells: 'nobody',
    subject: ['environment', 'operations'],
    ask: askGrant,
  },
  'POST /v1/grants/{id}/redeem': {
    event: 'grant-redeem',
    tells: 'nobody',
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
    tells: 'nobody',
    subject: ['grantId'],
    prepare: givenGrant,
    ask: ({ delete: remove }, id) => remove(`/v1/grants/${id}`),
  },
  'PUT /v1/environments/{name}': {
    event: 'environment-put',
    tells: 'environment',
    subject: ['environment', 'status'],
    ask: putGuide,
  },
  'DELETE /v1/environments/{name}': {
    event: 'environment-forget',
    tells: 'environment',
    subject: ['environment'],
    prepare: async plugin => {
      await putGuide(plugin);
      return 'guide';
    },
    ask: ({ delete: remove }) => remove('/v1/environments/guide'),
  },
};

/** In which field of a signal a change is named, and how. */
const CHANNELS = {
  mesh: ['meshIds', MESH_ID],
  environment: ['environments', 'guide'],
} as const;

/** Starts the plugin so that every decision can be asked for. */
async function start(operation: string) {
  const cloud = new FakeCloud();
  if (operation.endsWith('/join')) cloud.leaveOut(SHANGHAI_ID);
  // Something to repair.
  if (operation.endsWith('/fixes')) cloud.admitted.set('sg-hangzhou', []);
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

afterEach(() => {
  jest.restoreAllMocks();
});

describe('audit events and signals', () => {
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
    '%s leaves one event, done or refused, with who and what, and tells open pages',
    async (operation, { event, subject, tells, prepare, ask }) => {
      const plugin = await start(operation);
      const { denied, events, signals, stop } = plugin;
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
      signals.length = 0;
      const told = {
        mesh: jest.spyOn(SignalPublisher.prototype, 'meshChanged'),
        environment: jest.spyOn(
          SignalPublisher.prototype,
          'environmentChanged',
        ),
      };
      const done = await ask(plugin, id);
      const own = events.filter(({ eventId }) => eventId === event);
      expect([done.ok, own]).toMatchObject([true, [{ outcomes: ['success'] }]]);
      expect(Object.keys(own[0].meta)).toEqual(expect.arrayContaining(subject));
      if (tells !== 'nobody') {
        const [field, changed] = CHANNELS[tells];
        // Before the answer: a page that asks again because of it must find the new state.
        if (!told[tells].mock.calls.some(([name]) => name === changed)) {
          throw new Error(`${operation} told nobody of '${changed}'`);
        }
        await until('the signal is published', () =>
          signals.some(({ message }) => message[field].includes(changed)),
        );
      }
      await stop();
    },
  );
});
