import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Judge, Verdict } from '../judge';
import { repository, stateFolder } from '../tools/places';
import { findNodes, type NodeBinary } from './nodes';
import { registryFault, stop, Stranger } from './stranger';
import { buildTarball, filesOf } from './tarball';

type Report = (verdict: Verdict) => void;

let nodes: NodeBinary[] = [];
const notes: string[] = [];

/** A verdict from a deed: in favour when it does not throw. */
async function attempt(report: Report, name: string, deed: () => unknown) {
  try {
    await deed();
    report({ name, ok: true });
  } catch (error) {
    const { message, stdout } = error as Error & { stdout?: string };
    report({ name, ok: false, detail: [message, stdout].join('\n') });
  }
}

function expectStatus(actual: unknown, expected: number): void {
  if (actual !== expected) {
    throw new Error(`ended with ${actual}, expected ${expected}`);
  }
}

async function judgeContents(tarball: string): Promise<void> {
  const files = await filesOf(tarball);
  const missing = [
    'LICENSE',
    'README.md',
    'bin/alicloud-sandbox',
    'dist/index.cjs.js',
    'dist/index.d.ts',
    'examples/faults.yaml',
  ].filter(file => !files.includes(file));
  const foreign = files.filter(file => /^src\/|\.test\.|__test/.test(file));
  if (missing.length || foreign.length) {
    throw new Error(`misses [${missing}], carries [${foreign}]`);
  }
}

/** Starts the command and calls it with an official client; ends it and looks at its exit status. */
async function serves(
  stranger: Stranger,
  command: string,
  args: string[],
  options: { cwd?: string; status?: number },
): Promise<void> {
  const started = await stranger.start(
    command,
    [...args, '--port', '0', '--memory', '--gateway-port', '0'],
    options.cwd,
  );
  let status: number | null;
  try {
    await stranger.run('node', ['calls.cjs', JSON.stringify(started.where)]);
  } finally {
    status = await stop(started);
  }
  if (options.status !== undefined) expectStatus(status, options.status);
  const answers = await fetch(started.where.endpoint).catch(() => undefined);
  if (answers) throw new Error('something still listens after the stop');
}

async function judgeNode(
  node: NodeBinary,
  tarball: string,
  report: Report,
): Promise<void> {
  const on = `on Node ${node.version}`;
  const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
  const stranger = new Stranger(folder, node);
  const command = join(folder, 'node_modules/.bin/alicloud-sandbox');
  try {
    await stranger.install(tarball);
    await attempt(report, `npx alicloud-sandbox in an empty folder ${on}`, () =>
      serves(stranger, 'npx', ['--no-install', 'alicloud-sandbox'], {}),
    );
    await attempt(report, `the command ends with 0 when asked to ${on}`, () =>
      serves(stranger, command, [], { status: 0 }),
    );
    await attempt(report, `refuses a flag that it does not know ${on}`, () =>
      stranger.run(command, ['--prot', '1']).then(
        () => expectStatus(0, 2),
        error => expectStatus(error.code, 2),
      ),
    );
    await attempt(report, `inside a test, over TLS ${on}`, () =>
      stranger.run('node', ['embeds.cjs']),
    );
    await attempt(report, `npx alicloud-sandbox in the repository ${on}`, () =>
      serves(stranger, 'npx', ['--no-install', 'alicloud-sandbox'], {
        cwd: repository,
      }),
    );
    if (node === nodes[0]) {
      await attempt(report, 'declarations satisfy a strict compiler', () =>
        stranger.run(join(repository, 'node_modules/.bin/tsc'), ['-p', '.']),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package alone: packed, installed from the tarball into an empty folder, run on every Node that it promises. */
export const packageAlone: Judge = {
  name: 'package',
  description: 'npm installs the packed sandbox into an empty folder',
  async unavailable() {
    nodes = await findNodes(reason => notes.push(reason));
    return nodes.length ? registryFault() : notes.join('; ');
  },
  async run(report) {
    for (const note of notes) console.log(`*** SKIPPED: ${note} ***`);
    const work = join(stateFolder('package'), 'publisher');
    const tarball = await buildTarball(work);
    await attempt(report, 'carries the build and nothing else', () =>
      judgeContents(tarball),
    );
    for (const node of nodes) await judgeNode(node, tarball, report);
    rmSync(work, { recursive: true, force: true });
  },
};
