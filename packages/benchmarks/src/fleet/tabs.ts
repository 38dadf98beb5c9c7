import type { CaseResult } from '../types';
import { isComplete, readOurs, readPeer, untilOurs } from './pages';
import type { World } from './protocol';
import { result } from './results';
import { Scene, type Running } from './Scene';

const TABS = 200;
const OPEN_MS = 60_000;
/** How often a tab asks: the interval of the peer's own page. */
const INTERVAL_MS = 10_000;
const CHANGE_MS = 1_000;

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Tabs that look again and again; each begins at another moment. Returns how many answers they got. */
async function open(
  tabs: number,
  look: (tab: number) => Promise<unknown>,
): Promise<number> {
  const end = Date.now() + OPEN_MS;
  const answers = await Promise.all(
    Array.from({ length: tabs }, async (_, tab) => {
      await pause((INTERVAL_MS * tab) / tabs);
      let got = 0;
      while (Date.now() < end) {
        const next = Date.now() + INTERVAL_MS;
        try {
          await look(tab);
          got += 1;
        } catch {
          // A tab that got no answer asks again at its next turn.
        }
        await pause(Math.max(0, Math.min(next, end) - Date.now()));
      }
      return got;
    }),
  );
  return answers.reduce((sum, n) => sum + n, 0);
}

/** Changes a pod of the page every second while something runs, so that tabs are told more than that nothing is new. */
async function amongChanges<T>(
  scene: Scene,
  run: () => Promise<T>,
): Promise<T> {
  let running = true;
  const changes = (async () => {
    for (let n = 0; running; n++) {
      const cluster = n % scene.world.clusters;
      await scene.ask({ do: 'mark', version: `rev-${Date.now()}`, cluster });
      await pause(CHANGE_MS);
    }
  })();
  try {
    return await run();
  } finally {
    running = false;
    await changes;
  }
}

/** What the clusters are asked while many pages are open. */
export async function openTabs(
  world: World,
  load: () => string,
): Promise<CaseResult[]> {
  return await Scene.with(world, async scene => {
    await scene.ask({ do: 'fill' });
    const pods = world.clusters * world.deployments;
    const ours = await scene.start('ours');
    await untilOurs(ours.port, 'all pods are shown', t => isComplete(t, pods));

    const calls = async ({ usage }: Running, run: () => Promise<number>) => {
      const before = await scene.apiCalls();
      const cpu = (await usage()).cpuSeconds;
      const answers = await amongChanges(scene, run);
      return {
        answers,
        calls: (await scene.apiCalls()) - before,
        cpuSeconds: (await usage()).cpuSeconds - cpu,
      };
    };
    const etags = new Map<number, string | undefined>();
    const look = async (tab: number) => {
      const page = await readOurs(ours.port, { etag: etags.get(tab) });
      if (page.etag) etags.set(tab, page.etag);
    };
    const one = await calls(ours, () => open(1, look));
    const many = await calls(ours, () => open(TABS, look));
    await ours.stop();

    const peer = await scene.start('peer');
    await readPeer(peer.port);
    const peers = await calls(peer, () =>
      open(TABS, () => readPeer(peer.port)),
    );
    return [
      result({
        name: `${TABS} tabs open for ${OPEN_MS / 1000} s: API calls`,
        unit: 'requests',
        ours: [many.calls],
        peer: [peers.calls],
        goal: 'as with one tab: none for the sake of a page',
        met: figures => figures.max <= one.calls,
        notes: [
          `with one tab: ${one.calls}`,
          'a pod of the page changed every second',
          `answers: ours ${many.answers}, peer ${peers.answers}`,
          `CPU: ours ${many.cpuSeconds.toFixed(
            1,
          )} s, peer ${peers.cpuSeconds.toFixed(1)} s`,
          load(),
        ],
      }),
    ];
  });
}
