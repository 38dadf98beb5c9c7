import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stateFolder } from '../tools/places';

const run = promisify(execFile);

/** Majors that the package promises to run on. */
const MAJORS = [20, 22];
/** A Node of npm is some 45 MB. */
const FETCH_LIMIT_MS = 120_000;

/** One Node, with the folder that has to come first on the PATH. */
export interface NodeBinary {
  version: string;
  folder: string;
}

/**
 * A Node of each major: the running one, those on the PATH, or npm's package `node`.
 * @param note - told why one cannot be had
 */
export async function findNodes(
  note: (reason: string) => void,
): Promise<NodeBinary[]> {
  const candidates = [
    process.execPath,
    ...(process.env.PATH ?? '')
      .split(delimiter)
      .map(folder => join(folder, 'node'))
      .filter(existsSync),
  ];
  const found: NodeBinary[] = [];
  for (const major of MAJORS) {
    let node: NodeBinary | undefined;
    for (const file of candidates) node ??= await identify(file, major);
    try {
      node ??= await fromNpm(major);
    } catch (error) {
      note(`Node ${major}: ${(error as Error).message.split('\n')[0]}`);
    }
    if (node) found.push(node);
  }
  return found;
}

async function identify(
  file: string,
  major: number,
): Promise<NodeBinary | undefined> {
  const { stdout } = await run(file, ['--version']);
  const version = stdout.trim();
  return version.startsWith(`v${major}.`)
    ? { version, folder: dirname(file) }
    : undefined;
}

async function fromNpm(major: number): Promise<NodeBinary | undefined> {
  const folder = join(stateFolder('package'), `node-${major}`);
  const file = join(folder, 'node_modules/node/bin/node');
  if (!existsSync(file)) {
    await run(
      'npm',
      [
        'install',
        '--no-audit',
        '--no-fund',
        '--prefix',
        folder,
        `node@${major}`,
      ],
      { timeout: FETCH_LIMIT_MS },
    );
  }
  return identify(file, major);
}
