import type { CaseResult } from '../types';
import { isComplete, readOurs, untilOurs } from './pages';
import { serviceName } from './Filling';
import { SERVICE, type World } from './protocol';
import { result } from './results';
import { Scene, type Running } from './Scene';

const PER_SECOND = 200;
const MARKS = 100;
const CPU_MS = 20_000;
const VISIBLE_GOAL_MS = 250;
const COLD_GOAL_S = 10;
const POD_GOAL_KIB = 1;
const COLD_STARTS = 3;

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** From a change of a pod until REST shows it, ms, while other pods change all the time. */
async function visibility(scene: Scene, backend: Running): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < MARKS; n++) {
    const version = `rev-${Date.now()}-${n}`;
    const service = serviceName(1 + (n % (scene.world.services - 1)));
    const cluster = n % scene.world.clusters;
    const { at } = await scene.ask({ do: 'mark', version, service, cluster });
    for (;;) {
      const page = await readOurs(backend.port, { service });
      if (page.text.includes(version)) break;
      if (Date.now() - at > 30_000) {
        throw new Error(`${version} of ${service} was never shown`);
      }
      await pause(5);
    }
    found.push(Date.now() - at);
  }
  return found;
}

/** A large fleet: how soon it is there, what it takes, and how soon changes are seen. */
export async function fleetChanges(
  world: World,
  load: () => string,
): Promise<CaseResult[]> {
  const { clusters, services, deployments, replicas } = world;
  const pods = clusters * deployments * replicas;
  const ofService = (pods / services) | 0;
  return await Scene.with(world, async scene => {
    const idle = await scene.start('ours');
    await readOurs(idle.port);
    await pause(2_000);
    const empty = await idle.usage();
    await idle.stop();
    await scene.ask({ do: 'fill' });

    const starts: number[] = [];
    let backend: Running | undefined;
    for (let n = 0; n < COLD_STARTS; n++) {
      await backend?.stop();
      backend = await scene.start('ours');
      await untilOurs(backend.port, 'the topology is complete', topology =>
        isComplete(topology, ofService),
      );
      starts.push((Date.now() - backend.startedAt) / 1000);
    }
    const full = await backend!.usage();
    const name = `${clusters} clusters × ${pods / clusters} pods`;
    const perPod = (after: number, before: number) =>
      (after - before) / pods / 1024;

    await scene.ask({ do: 'churn', perSecond: PER_SECOND });
    const visible = await visibility(scene, backend!);
    const cpuBefore = (await backend!.usage()).cpuSeconds;
    const changesBefore = (await scene.ask({ do: 'rtt', ms: 0 })).changes;
    const began = Date.now();
    await pause(CPU_MS);
    const seconds = (Date.now() - began) / 1000;
    const cpu = (await backend!.usage()).cpuSeconds - cpuBefore;
    const { changes } = await scene.ask({ do: 'churn', perSecond: 0 });
    const rate = (changes - changesBefore) / seconds;
    return [
      result({
        name: `${name}: first complete topology of ${SERVICE} after the start`,
        unit: 's',
        ours: starts,
        goal: `< ${COLD_GOAL_S} s`,
        met: figures => figures.max < COLD_GOAL_S,
        notes: ['from when the modules are loaded', load()],
      }),
      result({
        name: `${name}: heap a pod, all else that is kept included`,
        unit: 'KiB',
        ours: [perPod(full.heapUsed, empty.heapUsed)],
        goal: `≤ ${POD_GOAL_KIB} KiB`,
        met: figures => figures.p50 <= POD_GOAL_KIB,
        notes: [
          `${(full.heapUsed / 2 ** 20).toFixed(1)} MiB of heap, of which ${(
            empty.heapUsed /
            2 ** 20
          ).toFixed(1)} MiB with empty clusters; resident ${(
            full.rss /
            2 ** 20
          ).toFixed(0)} MiB`,
          `${services} services and ${deployments} deployments a cluster share it`,
        ],
      }),
      result({
        name: `${name}, ${PER_SECOND} pod changes/s: a change is visible by REST`,
        unit: 'ms',
        ours: visible,
        goal: `p99 < ${VISIBLE_GOAL_MS} ms`,
        met: figures => figures.p99 < VISIBLE_GOAL_MS,
        notes: [load()],
      }),
      result({
        name: `${name}, ${PER_SECOND} pod changes/s: CPU of the backend`,
        unit: '% of a core',
        ours: [(100 * cpu) / seconds],
        goal: 'reported',
        met: () => true,
        notes: [`${rate.toFixed(0)} changes a second were made`],
      }),
    ];
  });
}
