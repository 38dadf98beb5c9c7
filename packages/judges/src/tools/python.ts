import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stateFolder } from './places';

const run = promisify(execFile);

/** Downloads are some ten megabytes; a mirror that is slower than this is not worth waiting for. */
const INSTALL_LIMIT_MS = 180_000;

/** Oldest Python that the packages in question run on. */
const OLDEST = [3, 9];

/**
 * A virtual environment with exactly these packages, made once and kept until the list changes.
 *
 * @param judge - whose state folder it lies in
 * @param requirements - as pip writes them, e.g. `requests==2.32.3`
 * @returns the folder of its commands
 * @throws Error that says in one line why it cannot be had here
 */
export async function pythonEnvironment(
  judge: string,
  requirements: string[],
): Promise<string> {
  const folder = stateFolder(judge);
  const target = join(folder, 'venv');
  const list = join(target, 'requirements.txt');
  const wanted = `${requirements.join('\n')}\n`;
  const bin = join(target, process.platform === 'win32' ? 'Scripts' : 'bin');
  if (existsSync(list) && readFileSync(list, 'utf8') === wanted) return bin;

  const python = await findPython();
  rmSync(target, { recursive: true, force: true });
  try {
    await run(python, ['-m', 'venv', target], { timeout: 60_000 });
    await run(
      join(bin, 'python'),
      ['-m', 'pip', 'install', '--quiet', ...requirements],
      { timeout: INSTALL_LIMIT_MS },
    );
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw new Error(`${requirements[0]} … cannot be installed: ${why(error)}`);
  }
  // Written last and moved into place: an environment without it is half made.
  const staged = join(mkdtempSync(join(folder, 'made-')), 'requirements.txt');
  writeFileSync(staged, wanted);
  renameSync(staged, list);
  rmSync(join(staged, '..'), { recursive: true, force: true });
  return bin;
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python']) {
    try {
      const { stdout } = await run(name, [
        '-c',
        'import sys, venv, ensurepip; print(*sys.version_info[:2])',
      ]);
      const [major, minor] = stdout.trim().split(' ').map(Number);
      if (major === OLDEST[0] && minor >= OLDEST[1]) return name;
    } catch {
      // Not there, or without venv: the next name may do.
    }
  }
  throw new Error(`there is no Python ${OLDEST.join('.')} or newer with venv`);
}

/** The line of a failed command that tells most. */
function why(error: unknown): string {
  const { stderr, message, killed } = error as {
    stderr?: string;
    message: string;
    killed?: boolean;
  };
  if (killed) return 'it took too long';
  const lines = (stderr || message).trim().split('\n');
  return lines.find(line => line.startsWith('ERROR')) ?? lines[0];
}
