import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stateFolder } from './places';

const run = promisify(execFile);

const DOWNLOAD_LIMIT_MS = 120_000;

/**
 * The files of a Debian package, fetched by apt and unpacked beside the system: nothing is installed, no service is
 * started. Kept from the first time on.
 *
 * @returns the folder that stands for `/`
 * @throws Error that says in one line why it cannot be had here
 */
export async function debianPackage(
  judge: string,
  name: string,
): Promise<string> {
  const folder = stateFolder(judge);
  const target = join(folder, name);
  if (existsSync(target)) return target;
  const work = mkdtempSync(join(folder, 'made-'));
  try {
    await download(name, work);
    const file = readdirSync(work).find(entry => entry.endsWith('.deb'));
    if (!file) throw new Error('apt left no package');
    await run('dpkg', ['-x', join(work, file), join(work, 'root')]);
    renameSync(join(work, 'root'), target);
    return target;
  } catch (error) {
    throw new Error(
      `the Debian package ${name} cannot be had: ${
        (error as Error).message.split('\n')[0]
      }`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function download(name: string, folder: string): Promise<void> {
  const options = { cwd: folder, timeout: DOWNLOAD_LIMIT_MS };
  try {
    await run('apt-get', ['download', name], options);
  } catch (error) {
    // Fresh images have no package lists; only root can fetch them.
    if (process.getuid?.() !== 0) throw error;
    await run('apt-get', ['-qq', 'update'], options);
    await run('apt-get', ['download', name], options);
  }
}
