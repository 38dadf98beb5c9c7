import { figures, time } from '../measure';
import type { CaseResult } from '../types';
import { isComplete, readOurs, readPeer, untilOurs, type Page } from './pages';
import { ENTITY_LABEL, NAMESPACE, SERVICE, type World } from './protocol';
import { accessOf, call } from '../sandboxSize/client';
import { rest } from './rest';
import { result, timesFaster } from './results';
import { Scene } from './Scene';

/** After this long a change has to be seen: the product's promise. */
const FRESH_MS = 250;
const SPOT_READS = 20;
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

interface Series {
  ours: number[];
  peer: number[];
  /** One list of the entity's pods in one cluster, straight from its API server. */
  list: number[];
  calls: { ours: number[]; peer: number[] };
  bytes: { ours: number[]; peer: number[] };
  stale: { ours: number; peer: number };
}

/** A reading and how long it took, ms. */
async function timed(reading: () => Promise<Page>) {
  const began = performance.now();
  const page = await reading();
  return { page, ms: performance.now() - began };
}

/** Reads by turns, each time after a change that both have to show. */
async function series(
  scene: Scene,
  ports: { ours: number; peer: number },
  repetitions: number,
): Promise<Series> {
  const found: Series = {
    ours: [],
    peer: [],
    list: [],
    calls: { ours: [], peer: [] },
    bytes: { ours: [], peer: [] },
    stale: { ours: 0, peer: 0 },
  };
  const access = accessOf(scene.clouds.members[0].kubeconfig);
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=${ENTITY_LABEL}%3D${SERVICE}`;
  const turn = async (who: 'ours' | 'peer', version: string) => {
    await rest();
    const before = await scene.apiCalls();
    const { page, ms } = await timed(() =>
      (who === 'ours' ? readOurs : readPeer)(ports[who]),
    );
    found[who].push(ms);
    found.calls[who].push((await scene.apiCalls()) - before);
    found.bytes[who].push(page.bytes);
    if (!page.text.includes(version)) found.stale[who] += 1;
  };
  for (let n = 0; n < repetitions; n++) {
    const version = `rev-${Date.now()}-${n}`;
    const cluster = n % scene.world.clusters;
    await scene.ask({ do: 'mark', version, cluster });
    await pause(FRESH_MS);
    const order = ['ours', 'peer'] as const;
    for (const who of n % 2 ? order : [...order].reverse()) {
      await turn(who, version);
    }
    found.list.push(await time(() => call(access, 'GET', pods)));
  }
  access.agent.destroy();
  return found;
}

/**
 * What a reader waits for who comes so soon after a change that nothing was worked out ahead of him: the reading that
 * shows it first, ms.
 */
async function onTheSpot(scene: Scene, port: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < SPOT_READS; n++) {
    const version = `spot-${Date.now()}-${n}`;
    const cluster = n % scene.world.clusters;
    await rest();
    await scene.ask({ do: 'mark', version, cluster });
    let last: { page: Page; ms: number };
    do {
      last = await timed(() => readOurs(port));
    } while (!last.page.text.includes(version));
    found.push(last.ms);
  }
  return found;
}

const median = (values: number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function cases(
  name: string,
  found: Series,
  spot: number[],
  times: number,
  load: () => string,
): CaseResult[] {
  const { ours, peer, calls, bytes, stale } = found;
  const { p50, p99 } = figures(spot);
  const reads = ours.length;
  return [
    result({
      name: `${name}: page read, warm`,
      unit: 'ms',
      ours,
      peer,
      goal: `p50 and p99 at least ${times} × faster`,
      met: timesFaster(times),
      notes: [
        `a list of the entity's pods of one cluster, straight from its API server: p50 ${median(
          found.list,
        ).toFixed(1)} ms`,
        `read at once after a change, so that nothing was worked out ahead: ours p50 ${p50.toFixed(
          1,
        )} ms, p99 ${p99.toFixed(1)} ms (n=${spot.length})`,
        `fresh (a change of ${FRESH_MS} ms ago is shown): ours ${
          reads - stale.ours
        } of ${reads}, peer ${reads - stale.peer} of ${reads}`,
        load(),
      ],
    }),
    result({
      name: `${name}: API calls a read`,
      unit: 'requests',
      ours: calls.ours,
      peer: calls.peer,
      goal: 'none in any read',
      met: ({ max }) => max === 0,
    }),
    result({
      name: `${name}: bytes a read`,
      unit: 'KiB',
      ours: bytes.ours.map(n => n / 1024),
      peer: bytes.peer.map(n => n / 1024),
      goal: "less than 10 % of the peer's",
      met: (mine, other) => mine.p50 < other!.p50 / 10,
    }),
  ];
}

/** How long a page takes beside the peer's, without and with distance between the portal and the clusters. */
export async function pageReads(
  world: World,
  options: { times: number; repetitions: number; load: () => string },
): Promise<CaseResult[]> {
  const name = `${world.clusters} clusters × ${world.deployments} objects a type`;
  return await Scene.with(world, async scene => {
    await scene.ask({ do: 'fill' });
    const ours = await scene.start('ours');
    const peer = await scene.start('peer');
    const ports = { ours: ours.port, peer: peer.port };
    const pods = world.clusters * world.deployments * world.replicas;
    await untilOurs(ours.port, 'all pods are shown', t => isComplete(t, pods));
    // Both have compiled their code and opened their connections.
    await series(scene, ports, 5);
    const all: CaseResult[] = [];
    for (const ms of [0, 30]) {
      await scene.ask({ do: 'rtt', ms });
      const found = await series(scene, ports, options.repetitions);
      const spot = await onTheSpot(scene, ours.port);
      const { times, load } = options;
      all.push(...cases(`${name}, ${ms} ms away`, found, spot, times, load));
    }
    return all;
  });
}
