import { time } from '../measure';
import type { CaseResult } from '../types';
import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  isComplete,
  podsSeen,
  readOurs,
  readPeer,
  untilOurs,
  type Page,
} from './pages';
import type { World } from './protocol';
import { result } from './results';
import { Scene } from './Scene';

const REPETITIONS = 200;
/** How long a page is waited for: a user has gone by then. */
const MARK_READS = 30;
const PATIENCE_MS = 10_000;
const PEER_REPETITIONS = 3;
const COLD_GOAL_MS = 2_000;
/** Of two series that do the same, one is this much slower by chance. */
const CHANCE = 1.2;

const topologyOf = ({ text }: Page) => JSON.parse(text) as ServiceTopology;

const unwell = ({ regions }: ServiceTopology) =>
  regions
    .filter(({ freshness }) => freshness.state !== 'ok')
    .map(({ region, freshness }) => `${region}: ${freshness.state}`);

async function readings(port: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < REPETITIONS; n++) {
    found.push(await time(() => readOurs(port)));
  }
  return found;
}

/** The peer's page, or how long it was waited for. */
async function patient(port: number): Promise<number> {
  return await time(() =>
    readPeer(port, { patienceMs: PATIENCE_MS }).catch(() => undefined),
  );
}

async function warmAndCold(scene: Scene, load: string): Promise<CaseResult[]> {
  const { clusters, deployments } = scene.world;
  const ours = await scene.start('ours');
  const peer = await scene.start('peer');
  await untilOurs(ours.port, 'all pods are shown', t =>
    isComplete(t, clusters * deployments),
  );
  await readPeer(peer.port);
  await readings(ours.port);
  const before = await readings(ours.port);

  await scene.ask({ do: 'hang', cluster: clusters - 1 });
  const peers: number[] = [];
  for (let n = 0; n < PEER_REPETITIONS; n++) {
    peers.push(await patient(peer.port));
  }
  const marked = await untilOurs(
    ours.port,
    'the lost region is marked',
    topology => unwell(topology).length === 1,
  );
  const during = await readings(ours.port);
  await ours.stop();

  // A portal that starts while a region is lost.
  const cold = await scene.start('ours');
  const others = (clusters - 1) * deployments;
  const first = await untilOurs(
    cold.port,
    'the other regions are complete',
    topology => podsSeen(topology) === others && unwell(topology).length === 1,
  );
  const coldMs = Date.now() - cold.startedAt;
  await cold.stop();
  await scene.ask({ do: 'wake', cluster: clusters - 1 });

  const p50 = [...before].sort((a, b) => a - b)[REPETITIONS / 2];
  const waited = `the peer gave no answer within ${PATIENCE_MS / 1000} s, ${
    peers.filter(ms => ms >= PATIENCE_MS).length
  } of ${PEER_REPETITIONS} times`;
  return [
    result({
      name: `one of ${clusters} clusters accepts and never answers: page read, warm`,
      unit: 'ms',
      ours: during,
      peer: peers,
      goal: `p50 no slower than without the outage (${p50.toFixed(
        1,
      )} ms, within ${CHANCE} ×)`,
      met: figures => figures.p50 <= CHANCE * p50,
      notes: [waited, `marked: ${unwell(marked).join(', ')}`, load],
    }),
    result({
      name: `one of ${clusters} clusters accepts and never answers: first page after the start`,
      unit: 'ms',
      ours: [coldMs],
      peer: peers,
      goal: `complete for the others within ${COLD_GOAL_MS} ms, the region marked`,
      met: figures => figures.max <= COLD_GOAL_MS,
      notes: [
        waited,
        `marked: ${unwell(first).join(', ')}`,
        'from when the modules are loaded',
      ],
    }),
  ];
}

async function refused(scene: Scene, load: string): Promise<CaseResult[]> {
  const { clusters, deployments } = scene.world;
  const ours = await scene.start('ours');
  const peer = await scene.start('peer');
  await untilOurs(ours.port, 'all pods are shown', t =>
    isComplete(t, clusters * deployments),
  );
  await readPeer(peer.port);
  await scene.ask({ do: 'revoke', cluster: 0 });
  const marked = await untilOurs(
    ours.port,
    'the region that refuses is marked',
    topology => unwell(topology).some(text => text.endsWith('forbidden')),
  );
  const counted: number[] = [];
  const peers: number[] = [];
  for (let n = 0; n < MARK_READS; n++) {
    counted.push(unwell(topologyOf(await readOurs(ours.port))).length);
    const { items } = JSON.parse((await readPeer(peer.port)).text);
    peers.push(
      (items ?? []).filter((item: any) => item.errors.length > 0).length,
    );
  }
  return [
    result({
      name: `one of ${clusters} clusters refuses the credentials: regions marked`,
      unit: 'regions',
      ours: counted,
      peer: peers,
      goal: 'only that one, in every read',
      met: figures => figures.min === 1 && figures.max === 1,
      notes: [`marked: ${unwell(marked).join(', ')}`, load],
    }),
  ];
}

/** Pages while a cluster hangs, and while one refuses the portal's credentials. */
export async function outageReads(
  world: World,
  load: () => string,
): Promise<CaseResult[]> {
  return await Scene.with(world, async scene => {
    await scene.ask({ do: 'fill' });
    return [
      ...(await warmAndCold(scene, load())),
      ...(await refused(scene, load())),
    ];
  });
}
