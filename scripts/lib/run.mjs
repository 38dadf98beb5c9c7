import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';

/** Runs a command in the foreground, passes signals on, returns its exit code. */
export function foreground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      cwd: root,
      ...options,
      env: {
        ...process.env,
        PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${
          process.env.PATH
        }`,
        ...options.env,
      },
    });
    const forward = signal => child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      resolve(code ?? 128 + (os.constants.signals[signal] ?? 1));
    });
  });
}

const typescript = (file, args) =>
  foreground(process.execPath, [
    '--import',
    'tsx',
    path.join(root, file),
    ...args,
  ]);

/** `npm run sandbox -- …`: the local cloud alone. */
export const sandbox = args =>
  typescript('packages/alicloud-sandbox/src/cli.ts', args);

/** `npm run cloud:doctor -- --config FILE`: looks at an account and says which assumptions hold. */
export const doctor = args => typescript('packages/doctor/src/cli.ts', args);

/** `npm run bench`: lists the benchmarks; `npm run bench -- NAME --json FILE` runs one. */
export const bench = args => typescript('packages/benchmarks/src/cli.ts', args);

/** Any installed command under the tested Node, e.g. `exec prettier --check .` */
export const exec = ([command, ...args]) => foreground(command, args);
