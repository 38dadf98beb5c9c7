import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { driftOfEnvironment } from './drift';
import { provisionEnvironment } from './provision';
import {
  withRepeatableMeshNames,
  withWishedNames,
} from './__testUtils__/disturbedCloud';
import { dyingProcess, type Death } from './__testUtils__/dyingProcess';
import {
  control,
  inStep,
  shapeOfCloud,
  steppedPace,
} from './__testUtils__/steppedCloud';
import { guideSpec, inventory, startTestCloud } from './__testUtils__/sandbox';

jest.setTimeout(600_000);

const spec = guideSpec({
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
});

/** The uid is kept with the task, so every process that works on it has the same. */
function provision(
  cloud: Alicloud,
  sandbox: Sandbox,
  uid: string,
  isDead?: () => boolean,
) {
  const pace = steppedPace(sandbox, { isDead });
  return provisionEnvironment(inStep(cloud, pace), spec, { uid, pace });
}

function destroy(cloud: Alicloud, sandbox: Sandbox, isDead?: () => boolean) {
  const pace = steppedPace(sandbox, { isDead });
  return destroyEnvironment(inStep(cloud, pace), spec.name, { pace });
}

/** How often each is called. */
const tally = (calls: readonly string[]) =>
  calls.reduce<Record<string, number>>(
    (counts, call) => ({ ...counts, [call]: (counts[call] ?? 0) + 1 }),
    {},
  );

/** Within the engine's patience with listings. */
const LAG_MS = 20_000;
/** Runs of a successor by which it must have succeeded. */
const MOST_RUNS = 3;

describe('a process that dies while it works', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let empty: unknown;
  let complete: string[];
  let creations: readonly string[];
  let removals: readonly string[];
  let undisturbed: unknown[];

  beforeAll(async () => {
    const started = await startTestCloud({ timeScale: 1 });
    sandbox = started.sandbox;
    // Nothing but the engine keeps a second mesh from coming up.
    cloud = withRepeatableMeshNames(started.cloud);
    empty = await inventory(sandbox);
    // An account activates the transit router service once for ever: that call belongs to no later run.
    await cloud.cen.openTransitRouterService();
    const making = dyingProcess(cloud);
    const made = await provision(making.cloud, sandbox, 'u0');
    complete = withWishedNames(await shapeOfCloud(sandbox));
    creations = [...making.calls];
    const taking = dyingProcess(cloud);
    const taken = await destroy(taking.cloud, sandbox);
    removals = [...taking.calls];
    undisturbed = [made.status, taken.status, await inventory(sandbox)];
  });
  afterAll(async () => {
    await sandbox?.stop();
  });

  /** What comes after a death sees what happened shortly before as late as the cloud's listings allow. */
  async function succeed<T extends { status: string }>(
    done: T['status'],
    run: () => Promise<T>,
  ): Promise<T> {
    await control(sandbox, 'POST', '/faults/rules', {
      kind: 'stale',
      lagMs: LAG_MS,
    });
    let report = await run();
    for (let runs = 1; report.status !== done && runs < MOST_RUNS; runs++) {
      report = await run();
    }
    await control(sandbox, 'DELETE', '/faults/rules');
    return report;
  }

  const completeMaking = (uid: string) =>
    succeed('ready', () => provision(cloud, sandbox, uid));
  const completeRemoval = () =>
    succeed('destroyed', () => destroy(cloud, sandbox));

  const deaths = (calls: readonly string[]): Death[] =>
    calls.flatMap((_, index) => [
      { call: index + 1, moment: 'before' as const },
      { call: index + 1, moment: 'after' as const },
    ]);

  it('is compared with one that lives: it makes everything and takes it away without a trace', () => {
    expect(undisturbed).toEqual(['ready', 'destroyed', empty]);
  });

  it('is succeeded by another that leaves no twin and no orphan, at whatever changing call of provisioning it died', async () => {
    expect(tally(creations)).toEqual({
      createVpc: 3,
      createVSwitch: 3,
      createCen: 1,
      createTransitRouter: 2,
      createVpcAttachment: 3,
      createPeerAttachment: 1,
      // Both ends of the link, and a VPC each.
      associateRouteTable: 5,
      enablePropagation: 5,
      createCluster: 2,
      createServiceMesh: 1,
      authorizeIngress: 2,
      publishRouteEntry: 2,
    });
    const wrong: string[] = [];
    for (const [index, death] of deaths(creations).entries()) {
      const uid = `u${index + 1}`;
      const first = dyingProcess(cloud, death);
      // A dead process reports nothing; whatever the engine returned is lost with it.
      await provision(first.cloud, sandbox, uid, first.isDead).catch(
        () => undefined,
      );
      const report = await completeMaking(uid);
      const shape = withWishedNames(await shapeOfCloud(sandbox));
      const label = `${death.moment} call ${death.call} (${first.calls.at(
        -1,
      )})`;
      if (!first.isDead()) wrong.push(`${label}: never died`);
      if (report.status !== 'ready') {
        wrong.push(
          `${label}: ${report.resources.map(r => r.reason).find(Boolean)}`,
        );
      } else if (JSON.stringify(shape) !== JSON.stringify(complete)) {
        wrong.push(
          `${label}: ${shape.length} resources instead of ${complete.length}`,
        );
      }
      // Recreating under the same name afterwards must not replay what is gone.
      await destroy(cloud, sandbox);
      const left = (await inventory(sandbox)) as { resources: unknown[] };
      if (JSON.stringify(left) !== JSON.stringify(empty)) {
        wrong.push(`${label}: left ${JSON.stringify(left.resources)}`);
        break;
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is succeeded by another that finishes the removal, at whatever changing call of destroying it died', async () => {
    expect(tally(removals)).toEqual({
      withdrawRouteEntry: 2,
      revokeIngress: 2,
      deleteServiceMesh: 1,
      deleteCluster: 2,
      deletePeerAttachment: 1,
      deleteVpcAttachment: 3,
      deleteTransitRouter: 2,
      deleteCen: 1,
      deleteVSwitch: 3,
      deleteVpc: 3,
    });
    const wrong: string[] = [];
    for (const [index, death] of deaths(removals).entries()) {
      await provision(cloud, sandbox, `d${index}`);
      const first = dyingProcess(cloud, death);
      await destroy(first.cloud, sandbox, first.isDead).catch(() => undefined);
      const report = await completeRemoval();
      const left = (await inventory(sandbox)) as { resources: unknown[] };
      const label = `${death.moment} call ${death.call} (${first.calls.at(
        -1,
      )})`;
      if (report.status !== 'destroyed') wrong.push(`${label}: not destroyed`);
      if (JSON.stringify(left) !== JSON.stringify(empty)) {
        wrong.push(`${label}: left ${JSON.stringify(left.resources)}`);
        break;
      }
    }
    expect(wrong).toEqual([]);
  });

  it('leaves an environment in which nothing differs from its spec', async () => {
    const first = dyingProcess(cloud, { call: 12, moment: 'after' });
    await provision(first.cloud, sandbox, 'last', first.isDead).catch(
      () => undefined,
    );
    await provision(cloud, sandbox, 'last');
    expect(await driftOfEnvironment(cloud, spec)).toEqual([]);
    await destroy(cloud, sandbox);
  });
});
