import { setImmediate } from 'node:timers/promises';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Alicloud } from '../alicloud/types';
import { destroyEnvironment } from './destroy';
import { defaultPace } from './pace';
import { provisionEnvironment } from './provision';
import type { Pace } from './types';
import {
  clientOf,
  guideSpec,
  inventory,
  startTestCloud,
} from './__testUtils__/sandbox';
import {
  advance,
  control,
  hasStruck,
  shapeOfCloud,
  steppedPace,
} from './__testUtils__/steppedCloud';

jest.setTimeout(120_000);

const spec = guideSpec({
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
});

/** Longest time from a cancel to the end of the run, real ms. */
const PROMPT_MS = 1_000;

/** A fault in whose grip the run is cancelled, or after which it waits to look again. */
interface Moment {
  title: string;
  fault?: Record<string, unknown>;
  /** Cancelled not before it waits. */
  waits?: boolean;
}

const CREATING: Moment[] = [
  {
    title: 'before its first answer',
    fault: { kind: 'black-hole', operation: 'GetCallerIdentity' },
  },
  {
    title: 'while it looks for what exists',
    fault: { kind: 'black-hole', operation: 'DescribeVSwitches' },
  },
  {
    title: 'while the cloud carries out a create',
    fault: { kind: 'slow', operation: 'CreateVpc', delayMs: 2_500 },
  },
  {
    title: 'in a black hole that has swallowed a create without a ClientToken',
    fault: { kind: 'black-hole', operation: 'CreateServiceMesh' },
  },
  {
    title: 'in a black hole that has swallowed a look',
    fault: { kind: 'black-hole', operation: 'DescribeClusterDetail' },
  },
  {
    title: 'while it backs off after throttling',
    fault: { kind: 'throttle', operation: 'CreateTransitRouter' },
  },
  {
    title: 'while it backs off after server errors',
    fault: { kind: 'error', operation: 'CreateTransitRouterVpcAttachment' },
  },
  {
    title: 'while it makes sure of what an unanswered create has made',
    fault: { kind: 'reset-after', operation: 'CreateServiceMesh', times: 1 },
    waits: true,
  },
  { title: 'while it waits for its next look', waits: true },
];

const REMOVING: Moment[] = [
  {
    title: 'while it searches',
    fault: { kind: 'black-hole', operation: 'ListTransitRouters' },
  },
  {
    title: 'in a black hole that has swallowed a delete',
    fault: { kind: 'black-hole', operation: 'DeleteCluster' },
  },
  {
    title: 'while it backs off after throttling',
    fault: { kind: 'throttle', operation: 'DeleteServiceMesh' },
  },
  { title: 'while it waits for its next look', waits: true },
];

describe('a run that is cancelled', () => {
  let sandbox: Sandbox;
  let cloud: Alicloud;
  let empty: unknown;
  let complete: string[];

  beforeAll(async () => {
    ({ sandbox, cloud } = await startTestCloud({ timeScale: 1 }));
    await cloud.cen.openTransitRouterService();
    empty = await inventory(sandbox);
    await provisionEnvironment(cloud, spec, { pace: steppedPace(sandbox) });
    complete = await shapeOfCloud(sandbox);
    await destroyEnvironment(cloud, spec.name, { pace: steppedPace(sandbox) });
  });
  afterEach(async () => {
    await advance(sandbox, 3_600_000);
  });
  afterAll(async () => {
    await sandbox?.stop();
  });

  /** Simulated time passes as soon as the run waits, up to the moment; then the run waits in real time and for long. */
  function paceOf({ fault }: Moment): { pace: Pace; isWaiting(): boolean } {
    const stepped = steppedPace(sandbox);
    let waits = 0;
    return {
      isWaiting: () => waits > 0,
      pace: {
        ...stepped,
        sleep: async (ms, signal) => {
          const isDue = fault
            ? await hasStruck(sandbox)
            : stepped.now() > 60_000;
          if (!isDue) {
            await stepped.sleep(ms, signal);
            return;
          }
          waits += 1;
          await defaultPace.sleep(600_000, signal);
        },
      },
    };
  }

  /** Cancels a run in the moment, and returns what it said and how long it took to end, ms. */
  async function cancel(
    moment: Moment,
    run: (options: {
      client: Alicloud;
      pace: Partial<Pace>;
      signal: AbortSignal;
    }) => Promise<{ status: string }>,
  ) {
    const { fault } = moment;
    if (fault) await control(sandbox, 'POST', '/faults/rules', fault);
    const controller = new AbortController();
    const { pace, isWaiting } = paceOf(moment);
    let ended = false;
    const end = run({
      client: clientOf(sandbox),
      pace,
      signal: controller.signal,
    })
      .then(
        ({ status }) => status,
        error => (error as Error).name,
      )
      .finally(() => {
        ended = true;
      });
    while (!(moment.waits ? isWaiting() : await hasStruck(sandbox)) && !ended) {
      await setImmediate();
    }
    const endedBefore = ended;
    const begin = performance.now();
    controller.abort();
    const said = await end;
    const elapsedMs = performance.now() - begin;
    await control(sandbox, 'DELETE', '/faults/rules');
    return { said, elapsedMs, endedBefore };
  }

  it.each(CREATING)(
    'ends within a second $title, and is resumed',
    async moment => {
      const cancelled = await cancel(moment, ({ client, ...options }) =>
        provisionEnvironment(client, spec, { uid: moment.title, ...options }),
      );
      expect(cancelled).toMatchObject({ endedBefore: false });
      expect(cancelled.said).toMatch(/^(cancelled|AbortError)$/);
      expect(cancelled.elapsedMs).toBeLessThan(PROMPT_MS);

      const pace = steppedPace(sandbox);
      const resumed = await provisionEnvironment(cloud, spec, {
        uid: moment.title,
        pace,
      });
      expect(resumed.resources.filter(({ reason }) => reason)).toEqual([]);
      expect(await shapeOfCloud(sandbox)).toEqual(complete);
      await destroyEnvironment(cloud, spec.name, { pace });
      expect(await inventory(sandbox)).toEqual(empty);
    },
  );

  it.each(REMOVING)(
    'ends within a second $title of destroying, and is resumed',
    async moment => {
      const pace = steppedPace(sandbox);
      await provisionEnvironment(cloud, spec, { uid: moment.title, pace });
      const cancelled = await cancel(moment, ({ client, ...options }) =>
        destroyEnvironment(client, spec.name, options),
      );
      expect(cancelled).toMatchObject({
        said: 'cancelled',
        endedBefore: false,
      });
      expect(cancelled.elapsedMs).toBeLessThan(PROMPT_MS);

      const resumed = await destroyEnvironment(cloud, spec.name, { pace });
      expect(resumed).toMatchObject({ status: 'destroyed', leftovers: [] });
      expect(await inventory(sandbox)).toEqual(empty);
    },
  );
});
