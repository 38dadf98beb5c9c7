import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { findEnvironment } from './find';
import { provisionEnvironment, type ProvisionOptions } from './provision';
import {
  withRepeatableMeshNames,
  SHORT_TIMING,
} from './__testUtils__/disturbedCloud';
import { dyingProcess } from './__testUtils__/dyingProcess';
import {
  clientOf,
  guideSpec,
  inventory,
  startTestCloud,
} from './__testUtils__/sandbox';
import {
  advance,
  control,
  inStep,
  steppedPace,
} from './__testUtils__/steppedCloud';

jest.setTimeout(120_000);

const spec = guideSpec({
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
});
/** Almost as long as a listing may lag. */
const LAG_MS = 29_000;

describe('listings that lag', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let empty: unknown;

  beforeAll(async () => {
    const started = await startTestCloud({ timeScale: 1 });
    sandbox = started.sandbox;
    // Names of meshes may repeat: nothing but the engine keeps a second one from coming up.
    cloud = withRepeatableMeshNames(started.cloud);
    await cloud.cen.openTransitRouterService();
    empty = await inventory(sandbox);
  });
  afterEach(async () => {
    // Nothing of one test lies within the lag of the next.
    await advance(sandbox, 3_600_000);
  });
  afterAll(async () => {
    await sandbox?.stop();
  });

  function provision(client: Alicloud, options: ProvisionOptions = {}) {
    const pace = steppedPace(sandbox);
    return provisionEnvironment(inStep(client, pace), spec, {
      pace,
      ...options,
    });
  }
  function destroy() {
    const pace = steppedPace(sandbox);
    return destroyEnvironment(inStep(cloud, pace), spec.name, { pace });
  }
  const disturb = (rule: object) =>
    control(sandbox, 'POST', '/faults/rules', rule);
  const forgive = () => control(sandbox, 'DELETE', '/faults/rules');
  const count = async () => {
    const { meshes, clusters, vpcs } = await findEnvironment(cloud, spec.name);
    return [meshes.length, clusters.length, vpcs.length];
  };

  it.each(['createServiceMesh', 'createCluster'])(
    'do not make a second run repeat %s, whose answer the first one did not live to see',
    async call => {
      const first = dyingProcess(cloud, { call, moment: 'after' });
      await provision(first.cloud, {
        uid: call,
        pace: steppedPace(sandbox, { isDead: first.isDead }),
      }).catch(() => undefined);
      expect(first.calls).toContain(call);
      await disturb({ kind: 'stale', lagMs: LAG_MS });
      const second = await provision(cloud, { uid: call });
      await forgive();
      expect(second.resources.filter(({ reason }) => reason)).toEqual([]);
      expect(await count()).toEqual([1, 2, 3]);
      await destroy();
      expect(await inventory(sandbox)).toEqual(empty);
    },
  );

  it.each([
    ['servicemesh', 'DescribeServiceMesh*', 'mesh'],
    ['CS', 'DescribeCluster*', 'cluster/ack-hangzhou'],
  ])(
    'of %s beyond all bounds end the run, and the next one makes no twin',
    async (product, operation, key) => {
      await disturb({ kind: 'stale', lagMs: 600_000, product, operation });
      const first = await provision(cloud);
      expect(first.resources.find(item => item.key === key)).toMatchObject({
        result: 'failed',
        reason: expect.stringMatching(
          /was created and is not visible after 180 seconds. It is not created again/,
        ),
      });
      await forgive();
      expect((await provision(cloud)).status).toBe('ready');
      expect(await count()).toEqual([1, 2, 3]);
      await destroy();
      expect(await inventory(sandbox)).toEqual(empty);
    },
  );

  it('hide nothing from a destroy that begins right after a create', async () => {
    const first = dyingProcess(cloud, { call: 4, moment: 'after' });
    await provision(first.cloud, {
      kinds: ['vpc', 'cen'],
      pace: steppedPace(sandbox, { isDead: first.isDead }),
    }).catch(() => undefined);
    await disturb({ kind: 'stale', lagMs: LAG_MS });
    const { vpcs, cens } = await findEnvironment(cloud, spec.name);
    expect([vpcs, cens]).toEqual([[], []]);
    const report = await destroy();
    await forgive();
    expect(report).toMatchObject({ status: 'destroyed', leftovers: [] });
    expect(report.resources).toHaveLength(4);
    expect(await inventory(sandbox)).toEqual(empty);
  });

  it('let nothing that is gone come back in an environment of the same name', async () => {
    await provision(cloud, { uid: 'earlier' });
    await destroy();
    await disturb({ kind: 'stale', lagMs: LAG_MS });
    let status;
    for (let run = 0; status !== 'ready' && run < 3; run++) {
      ({ status } = await provision(cloud, { uid: 'later' }));
    }
    await forgive();
    expect(status).toBe('ready');
    expect(await count()).toEqual([1, 2, 3]);
    await destroy();
    expect(await inventory(sandbox)).toEqual(empty);
  });
});

describe('a region that cannot be searched', () => {
  it('keeps destroying from saying that everything is gone', async () => {
    const { sandbox } = await startTestCloud({ timeScale: 1 });
    const client = clientOf(sandbox, SHORT_TIMING);
    const pace = steppedPace(sandbox);
    const empty = await inventory(sandbox);
    await provisionEnvironment(client, spec, { pace, kinds: ['vpc'] });
    await control(sandbox, 'POST', '/faults/rules', {
      kind: 'error',
      operation: 'DescribeVpcs',
      region: 'cn-shanghai',
    });
    const report = await destroyEnvironment(client, spec.name, { pace });
    expect(report.status).toBe('failed');
    expect(report.leftovers).toEqual([
      expect.stringMatching(
        /^perhaps something more: Region cn-shanghai could not be searched: /,
      ),
    ]);
    await control(sandbox, 'DELETE', '/faults/rules');
    const again = await destroyEnvironment(client, spec.name, { pace });
    expect(again.status).toBe('destroyed');
    expect(again.resources).toHaveLength(1);
    expect(await inventory(sandbox)).toEqual(empty);
    await sandbox.stop();
  });
});
