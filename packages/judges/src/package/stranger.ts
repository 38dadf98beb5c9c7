import { ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { repository, sourceFile } from '../tools/places';
import type { NodeBinary } from './nodes';

const run = promisify(execFile);

const START_LIMIT_MS = 60_000;
/** An official client, for the first signed call. */
const CLIENT = '@alicloud/pop-core@1.8.0';
const REGISTRY_LIMIT_MS = 30_000;

/** Why nothing can be installed here; undefined when the registry answers. */
export async function registryFault(): Promise<string | undefined> {
  try {
    await run('npm', ['view', CLIENT, 'version'], {
      timeout: REGISTRY_LIMIT_MS,
    });
    return undefined;
  } catch {
    return 'the npm registry does not answer';
  }
}

/** The first line of a started sandbox. */
export interface Started {
  child: ChildProcess;
  where: { endpoint: string; httpsEndpoint: string; [key: string]: string };
}

/** Someone with one Node and an empty folder, far from this repository. */
export class Stranger {
  constructor(readonly folder: string, private readonly node: NodeBinary) {}

  /** Nothing of the repository is on the PATH, and no option of it in the environment. */
  private get env(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, INIT_CWD: __, ...env } = process.env;
    const path = (env.PATH ?? '')
      .split(delimiter)
      .filter(folder => !folder.startsWith(join(repository, 'node_modules')));
    return { ...env, PATH: [this.node.folder, ...path].join(delimiter) };
  }

  /** Installs the package from its tarball, with its dependencies and nothing else, and an official client. */
  async install(tarball: string): Promise<void> {
    writeFileSync(join(this.folder, 'package.json'), '{"private":true}');
    await this.run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      tarball,
      CLIENT,
    ]);
    cpSync(sourceFile('package/program'), this.folder, { recursive: true });
  }

  /** Runs a command in the folder. @throws with what it wrote when it fails */
  async run(command: string, args: string[]): Promise<string> {
    const { stdout } = await run(command, args, {
      cwd: this.folder,
      env: this.env,
      timeout: 120_000,
    });
    return stdout;
  }

  /** Starts a command that prints one line of JSON when it serves, in a process group of its own. */
  start(command: string, args: string[], cwd = this.folder): Promise<Started> {
    const child = spawn(command, args, {
      cwd,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    return new Promise((resolve, reject) => {
      let log = '';
      child.stderr.on('data', chunk => {
        log += chunk;
      });
      const timer = setTimeout(() => {
        process.kill(-child.pid!, 'SIGKILL');
        reject(new Error(`${command} did not start: ${log}`));
      }, START_LIMIT_MS);
      child.on('error', reject);
      child.on('close', code =>
        reject(new Error(`${command} ended with ${code}: ${log}`)),
      );
      createInterface({ input: child.stdout }).once('line', line => {
        clearTimeout(timer);
        resolve({ child, where: JSON.parse(line) });
      });
    });
  }
}

/** Asks a process group to end. @returns the exit status of its leader */
export function stop({ child }: Started): Promise<number | null> {
  return new Promise(resolve => {
    child.on('close', resolve);
    process.kill(-child.pid!, 'SIGTERM');
  });
}
