import { TestDatabases } from '@backstage/backend-test-utils';
import {
  FAILOVER,
  RULES,
  SERVICE,
  startChanges,
} from '../__testUtils__/changes';
import { HANGZHOU_ID, MESH_ID, SHANGHAI_ID } from '../__testUtils__/FakeCloud';
import { podName } from '../__testUtils__/objects';
import { until } from '../__testUtils__/startPlugin';
import { migrationsDirectory } from '../database/migrate';
import { SignalPublisher } from '../topology/SignalPublisher';

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
type Knex = Awaited<ReturnType<typeof databases.init>>;
type Plugin = Awaited<ReturnType<typeof startChanges>>;

const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + HOUR_MS / 2).toISOString();
const letAnHourPass = () => {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + HOUR_MS);
};
afterEach(() => {
  jest.restoreAllMocks();
});

/** Something that the plugin decides by itself. */
interface OwnDecision {
  event: string;
  outcome: string;
  approval?: 'always';
  /** Brings about what is to be decided, and tells of whom and what the event is to speak. */
  prepare: (plugin: Plugin, knex: Knex) => Promise<object>;
  /** Whether a process that begins afterwards is to decide. */
  restart?: boolean;
}

const target = SERVICE;
const { meshId, namespace, name } = SERVICE;
const requestedBy = 'user:default/owner';
const changeId = async ({ change }: Plugin, body: object) =>
  (await change(body).expect(201)).body.id as string;
const startShift = async ({ post }: Plugin, fields: object) => {
  const { body } = await post('/v1/shifts')
    .send({
      target: { meshId, namespace, name },
      from: 'cn-hangzhou',
      to: 'cn-shanghai',
      steps: [50, 100],
      holdSeconds: 60,
      outlierDetection: FAILOVER.outlierDetection,
      reason: 'drain',
      ...fields,
    })
    .expect(201);
  return { shiftId: body.id, target: { meshId, namespace, name }, requestedBy };
};
const membership = async (plugin: Plugin, kind: string, clusterId: string) => {
  const path = `/v1/meshes/${MESH_ID}/clusters/${clusterId}/${kind}`;
  const { body } = await plugin.post(path).expect(202);
  return { operationId: body.id, kind, meshId, clusterId, requestedBy };
};

const DECISIONS: Record<string, OwnDecision> = {
  'a change that nobody approves expires': {
    event: 'change-expire',
    outcome: 'success',
    approval: 'always',
    prepare: async plugin => {
      const id = await changeId(plugin, {});
      letAnHourPass();
      return { changeId: id, target, requestedBy };
    },
  },
  'a change that is to end returns': {
    event: 'change-return',
    outcome: 'success',
    prepare: async plugin => {
      const id = await changeId(plugin, { expiresAt: soon() });
      letAnHourPass();
      return { changeId: id, target, requestedBy };
    },
  },
  'a change that somebody edited since does not return': {
    event: 'change-return',
    outcome: 'fail Error',
    prepare: async plugin => {
      const id = await changeId(plugin, { expiresAt: soon() });
      const live: any = await plugin.rule();
      live.spec.trafficPolicy.outlierDetection.maxEjectionPercent = 42;
      plugin.mesh.put(RULES.plural, live);
      letAnHourPass();
      return { changeId: id, target, requestedBy };
    },
  },
  'a change that a dead process left is finished': {
    event: 'change-resume',
    outcome: 'success',
    approval: 'always',
    prepare: async (plugin, knex) => {
      const id = await changeId(plugin, {});
      await knex('changes').where({ id }).update({ status: 'applying' });
      return { changeId: id, target, requestedBy };
    },
  },
  'a shift takes its next step': {
    event: 'shift-step',
    outcome: 'success',
    prepare: async plugin => {
      const shift = await startShift(plugin, {});
      letAnHourPass();
      return { ...shift, changeId: expect.any(String) };
    },
  },
  'a shift is completed': {
    event: 'shift-end',
    outcome: 'success',
    prepare: async plugin => {
      const shift = await startShift(plugin, { steps: [100] });
      letAnHourPass();
      return { ...shift, status: 'completed' };
    },
  },
  'a shift goes back': {
    event: 'shift-end',
    outcome: 'fail Error',
    prepare: async plugin => {
      const shift = await startShift(plugin, {});
      plugin.connector
        .server(SHANGHAI_ID)
        .remove('pods', 'default', podName('cn-shanghai', 'reviews', 'v2'));
      return { ...shift, status: 'aborted' };
    },
  },
  'a cluster has left': {
    event: 'membership-end',
    outcome: 'success',
    prepare: plugin => membership(plugin, 'leave', HANGZHOU_ID),
  },
  'a cluster could not join': {
    event: 'membership-end',
    outcome: 'fail Error',
    prepare: plugin => {
      plugin.cloud.joinOutcome = { state: 'failed', errorMessage: 'timeout' };
      plugin.cloud.leaveOut(SHANGHAI_ID);
      return membership(plugin, 'join', SHANGHAI_ID);
    },
  },
  'a join that another process left is taken over': {
    event: 'membership-resume',
    outcome: 'success',
    restart: true,
    prepare: plugin => {
      plugin.cloud.joinOutcome = { state: 'starting' };
      plugin.cloud.leaveOut(SHANGHAI_ID);
      return membership(plugin, 'join', SHANGHAI_ID);
    },
  },
};

describe('what the plugin decides by itself', () => {
  it.each(Object.entries(DECISIONS))(
    'leaves one audit event and tells open pages: %s',
    async (_, { event, outcome, approval, prepare, restart }) => {
      const knex = await databases.init('SQLITE_3');
      await knex.migrate.latest({ directory: migrationsDirectory() });
      const options = {
        knex,
        meshDr: approval && { approval: { required: approval } },
      };
      let plugin = await startChanges(options);
      const meta = await prepare(plugin, knex);
      if (restart) {
        const { cloud, connector } = plugin;
        await plugin.stop();
        plugin = await startChanges({ ...options, cloud, connector });
      }
      const told = jest.spyOn(SignalPublisher.prototype, 'meshChanged');
      const { audited, tick, stop } = plugin;
      const own = () => audited.filter(({ eventId }) => eventId === event);
      await until(`${event} is written down`, async () => {
        await tick();
        return own().some(({ outcomes }) => outcomes.length > 0);
      });
      await tick();
      expect(own()).toMatchObject([
        {
          severityLevel: 'medium',
          authorization: undefined,
          meta: { initiator: 'plugin:mesh-dr', ...meta },
          outcomes: [outcome],
        },
      ]);
      // Taking over changes nothing that a page shows.
      const pagesKnow = told.mock.calls.some(([id]) => id === MESH_ID);
      expect(restart || pagesKnow).toBe(true);
      await stop();
    },
  );

  it('tells who asked for the end of a shift', async () => {
    const plugin = await startChanges();
    const { shiftId } = await startShift(plugin, {});
    const path = `/v1/shifts/${shiftId}/abort`;
    await plugin.post(path).send({ reason: 'enough' }).expect(200);
    const ends = plugin.audited.filter(
      ({ eventId }) => eventId === 'shift-end',
    );
    expect(ends).toMatchObject([{ meta: { initiator: requestedBy, shiftId } }]);
    await plugin.stop();
  });
});
