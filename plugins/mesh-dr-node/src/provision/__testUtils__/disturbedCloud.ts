import type { Alicloud } from '../../alicloud/types';
import { CLIENT_DEADLINE_MS, type Rule, type Schedule } from './faultSchedule';
import { clientOf } from './sandbox';
import type { RemoteSandbox } from './sandboxes';
import {
  advance,
  control,
  shapeOfCloud,
  steppedPace,
  type SteppedPace,
} from './steppedCloud';

/** Longer than anything in the cloud still has to happen. */
const SETTLED_MS = 30 * 60_000;

/** For clients that give up after so many milliseconds. */
const timingOf = (deadlineMs: number) => ({
  deadlineMs,
  readAttemptMs: deadlineMs / 2,
  backoffMs: 2,
  throttledBackoffMs: 2,
  maxBackoffMs: 10,
});

/** For clients that give up soon. */
export const SHORT_TIMING = timingOf(CLIENT_DEADLINE_MS);

/** Whoever has to repeat a task gets more patient: on a stalled machine even a healthy cloud answers late. */
const deadlineOf = (attempt: number) =>
  Math.min(CLIENT_DEADLINE_MS * 2 ** Math.max(0, attempt - 2), 10_000);

/**
 * ASM as it would be if it let two meshes have the same name, which nobody has documented: every create asks for another
 * name, so that the environment's tag alone tells the meshes apart.
 */
export function withRepeatableMeshNames(
  cloud: Alicloud,
  meshes = { asked: 0 },
): Alicloud {
  const { asm } = cloud;
  return {
    ...cloud,
    asm: {
      ...asm,
      createServiceMesh: (params, call) => {
        meshes.asked += 1;
        const name = `${params.name}-x${meshes.asked}`;
        return asm.createServiceMesh({ ...params, name }, call);
      },
    },
  };
}

/** A shape of the cloud as if every mesh had the name that was wished for. */
export const withWishedNames = (shape: string[]): string[] =>
  shape.map(line => line.replace(/-x\d+/g, ''));

/** Creates of clusters and meshes, which are given more time than other calls, give up as soon as these. */
function withShortCreates(cloud: Alicloud, deadlineMs: number): Alicloud {
  const { ack, asm } = cloud;
  return {
    ...cloud,
    ack: {
      ...ack,
      createCluster: (params, call) =>
        ack.createCluster(params, { ...call, deadlineMs }),
    },
    asm: {
      ...asm,
      createServiceMesh: (params, call) =>
        asm.createServiceMesh(params, { ...call, deadlineMs }),
    },
  };
}

/** How many calls there were, and how many of them each kind of fault struck; how often a region went out. */
export interface FaultCounts {
  calls: number;
  outages: number;
  struck: Map<string, number>;
}

/** A local cloud of its own with a client that gives up soon, and what goes wrong in it. */
export class DisturbedCloud {
  private passed = 0;
  private schedule?: Schedule;
  /** The region that is out. */
  private out?: string;
  private turning: Promise<void> = Promise.resolve();

  private readonly meshes = { asked: 0 };
  private readonly clients = new Map<number, Alicloud>();
  /** For what has to work: waits as long as a stalled machine takes. */
  readonly patientCloud: Alicloud;

  constructor(
    private readonly sandbox: RemoteSandbox,
    private readonly counts: FaultCounts,
  ) {
    this.patientCloud = withRepeatableMeshNames(clientOf(sandbox), this.meshes);
  }

  /** The client of a run of a task, the first being 1. */
  cloudOf(attempt: number): Alicloud {
    const deadlineMs = deadlineOf(attempt);
    let cloud = this.clients.get(deadlineMs);
    if (!cloud) {
      const client = clientOf(this.sandbox, timingOf(deadlineMs));
      cloud = withRepeatableMeshNames(
        withShortCreates(client, deadlineMs),
        this.meshes,
      );
      this.clients.set(deadlineMs, cloud);
    }
    return cloud;
  }

  /** Begins to go wrong as the schedule says. */
  async disturb(schedule: Schedule): Promise<void> {
    this.schedule = schedule;
    for (const rule of schedule.rules) {
      await control(this.sandbox, 'POST', '/faults/rules', rule);
    }
    await this.turnRegions();
  }

  /** Nothing goes wrong any more, and whatever was under way has happened. */
  async calm(): Promise<void> {
    const { rules } = await control<{
      rules: (Rule & { matched: number; fired: number })[];
    }>(this.sandbox, 'GET', '/faults/rules');
    const [first] = rules;
    this.counts.calls += first?.matched ?? 0;
    const { struck } = this.counts;
    for (const { kind, fired } of rules) {
      struck.set(kind, (struck.get(kind) ?? 0) + fired);
    }
    await control(this.sandbox, 'DELETE', '/faults/rules');
    this.schedule = undefined;
    await this.turnRegions();
    await advance(this.sandbox, SETTLED_MS);
    this.passed = 0;
  }

  /** Simulated time for the next run, which may find that a region is back. */
  async wait(ms: number): Promise<void> {
    if (ms) await advance(this.sandbox, ms);
    await this.onPassed(ms);
  }

  /** Whether a region is out at the moment. */
  get isOut(): boolean {
    return this.out !== undefined;
  }

  pace(isDead?: () => boolean): SteppedPace {
    return steppedPace(this.sandbox, {
      isDead,
      onPassed: ms => this.onPassed(ms),
    });
  }

  async shape(): Promise<string[]> {
    return withWishedNames(await shapeOfCloud(this.sandbox));
  }

  private async onPassed(ms: number): Promise<void> {
    this.passed += ms;
    await this.turnRegions();
  }

  /** Concurrent waits may cross the outage's edges together; its calls must not overtake each other. */
  private turnRegions(): Promise<void> {
    this.turning = this.turning.then(async () => {
      const wanted = this.schedule?.outage;
      const isDue =
        !!wanted &&
        this.passed >= wanted.fromMs &&
        this.passed < wanted.untilMs;
      const { out } = this;
      if (isDue && !out) {
        const { region, mode } = wanted;
        this.out = region;
        this.counts.outages += 1;
        const body = { region, mode };
        await control(this.sandbox, 'POST', '/faults/regions', body);
      } else if (!isDue && out) {
        this.out = undefined;
        await control(this.sandbox, 'DELETE', `/faults/regions/${out}`);
      }
    });
    return this.turning;
  }
}
