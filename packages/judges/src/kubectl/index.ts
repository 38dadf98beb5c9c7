import { startSandbox, type KubeFleet } from '@mesh-dr/alicloud-sandbox';
import type { Judge, Verdict } from '../judge';
import { findBinaries, type Binary } from './binaries';
import { apply } from './chapters/apply';
import { change } from './chapters/change';
import { create } from './chapters/create';
import { discovery } from './chapters/discovery';
import { mesh } from './chapters/mesh';
import { read } from './chapters/read';
import { remove } from './chapters/remove';
import { watch } from './chapters/watch';
import { Kubectl, type Chapter, type Check } from './session';

/** Later chapters read what earlier ones made. */
const CHAPTERS: [string, Chapter][] = [
  ['discovery', discovery],
  ['create', create],
  ['read', read],
  ['apply', apply],
  ['change', change],
  ['watch', watch],
  ['remove', remove],
  ['mesh', mesh],
];

/** So many versions run at a time; each has clusters of its own. */
const AT_ONCE = 2;

const KUBERNETES = '1.32.1-aliyun.1';
const DAY_MS = 86_400_000;

let binaries: Binary[] = [];
const notes: string[] = [];

/** kubectl in all versions that can be had: a conformance script against the API servers of a cluster and a mesh. */
export const kubectl: Judge = {
  name: 'kubectl',
  description: 'kubectl of several versions in a conformance script',
  async unavailable() {
    binaries = await findBinaries(reason => notes.push(reason));
    return binaries.length > 0
      ? undefined
      : ['no kubectl on the PATH', ...notes].join('; ');
  },
  async run(report) {
    for (const note of notes) console.log(`*** SKIPPED: ${note} ***`);
    const sandbox = await startSandbox({ timeScale: 200, gatewayPort: 0 });
    try {
      const queue = [...binaries];
      const worker = async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          await judgeOne(sandbox.kube, next, report);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } finally {
      await sandbox.stop();
    }
  },
};

async function clustersFor(fleet: KubeFleet, minor: number) {
  const region = 'cn-hangzhou';
  const id = (kind: string) => `c${kind}1${minor}`.padEnd(33, '0');
  const ack = await fleet.open({
    id: id('ack'),
    kind: 'ack',
    name: 'ack',
    region,
    kubernetesVersion: KUBERNETES,
    podCidr: '10.0.0.0/16',
    serviceCidr: '172.16.0.0/16',
    networkPlugin: 'flannel',
  });
  const asm = await fleet.open({
    id: id('asm'),
    kind: 'asm',
    name: 'asm',
    region,
    kubernetesVersion: KUBERNETES,
  });
  for (const n of [1, 2]) {
    ack.addNode({
      name: `${region}.20.0.0.${n}`,
      zone: `${region}-h`,
      instanceId: `i-bp1000000000000000${n}`,
      instanceType: 'ecs.g7.xlarge',
      ip: `20.0.0.${n}`,
      cpu: '4',
      memory: '16Gi',
    });
  }
  return { ack, asm };
}

/** One version through all chapters: a verdict a chapter, and one for each check that failed. */
async function judgeOne(
  fleet: KubeFleet,
  binary: Binary,
  report: (verdict: Verdict) => void,
): Promise<void> {
  const clusters = await clustersFor(fleet, binary.minor);
  const yaml = (name: 'ack' | 'asm') =>
    clusters[name].kubeconfig({ ttlMs: DAY_MS }).yaml;
  const session = new Kubectl(binary, { ack: yaml('ack'), asm: yaml('asm') });
  try {
    for (const [title, chapter] of CHAPTERS) {
      const started = Date.now();
      const counts = { ok: 0, failed: 0 };
      const check: Check = async (name, body) => {
        try {
          await body();
          counts.ok += 1;
        } catch (error) {
          counts.failed += 1;
          report({
            name: `${binary.version} ${name}`,
            ok: false,
            detail: (error as Error).message,
          });
        }
      };
      await chapter(session, check);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      if (counts.failed === 0) {
        report({
          name: `${binary.version} ${title}`,
          ok: true,
          detail: `${counts.ok} checks in ${seconds} s`,
        });
      }
    }
  } finally {
    session.close();
    await Promise.all(
      Object.values(clusters).map(c => fleet.destroy(c.spec.id)),
    );
  }
}
