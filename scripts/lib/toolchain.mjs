import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stateDir } from './paths.mjs';

/** Exact versions: native modules and the lock file are tried with these. */
const NODE = '22.23.3';
const YARN = '4.13.0';

const cache = path.join(stateDir, 'toolchain.json');

/** An inherited nodedir of another Node compiles native modules that then do not load: drop it in every spelling. */
function withoutNodedir(env) {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([key]) => key.toLowerCase() !== 'npm_config_nodedir',
    ),
  );
}

/**
 * Asks npm for the tested Node and yarn (from its cache, or the registry the first time) and remembers where they are.
 * @returns {{ node: string, path: string }} the Node binary, and the PATH on which it and yarn come first
 */
function fetchToolchain() {
  if (existsSync(cache)) {
    const known = JSON.parse(readFileSync(cache, 'utf8'));
    if (known.version === `${NODE}/${YARN}` && existsSync(known.node)) {
      return known;
    }
  }
  console.error(`Fetching Node ${NODE} and yarn ${YARN} …`);
  const result = spawnSync(
    'npm',
    [
      'exec',
      '--yes',
      `--package=node@${NODE}`,
      `--package=@yarnpkg/cli-dist@${YARN}`,
      '--',
      'node',
      '-p',
      'JSON.stringify({ node: process.execPath, path: process.env.PATH })',
    ],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: withoutNodedir(process.env),
      shell: process.platform === 'win32',
    },
  );
  if (result.status !== 0) {
    throw new Error(
      `npm could not fetch Node ${NODE} and yarn ${YARN}${
        result.error ? ` (${result.error.message})` : ''
      }; npm 9 or newer and a reachable npm registry are needed`,
    );
  }
  const found = {
    version: `${NODE}/${YARN}`,
    ...JSON.parse(result.stdout.trim().split('\n').at(-1)),
  };
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(cache, JSON.stringify(found));
  return found;
}

/**
 * Runs this very command again under the tested Node.
 * @returns true when it did (the exit code follows the child's), false when already inside
 */
export function reexecUnderToolchain() {
  if (process.env.MESH_DR_TOOLCHAIN === NODE) {
    return false;
  }
  const toolchain = fetchToolchain();
  const child = spawn(toolchain.node, process.argv.slice(1), {
    stdio: 'inherit',
    env: {
      ...withoutNodedir(process.env),
      PATH: toolchain.path,
      MESH_DR_TOOLCHAIN: NODE,
    },
  });
  // The terminal sends Ctrl-C to the whole group; whoever kills only this process must reach the child as well.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) {
        child.kill(signal);
      }
    });
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (os.constants.signals[signal] ?? 1));
  });
  return true;
}

/**
 * Folder with the headers of exactly the running Node, which node-gyp needs where prebuilt binaries cannot be
 * downloaded. The npm packages of Node ship them beside the binary.
 */
function headersFolder() {
  const packageName = `node-${os.platform()}-${os.arch()}`;
  const bin = path.dirname(process.execPath);
  return [
    path.join(bin, '..'),
    path.join(bin, '..', 'node_modules', packageName),
    path.join(bin, '..', '..', packageName),
  ].find(folder => existsSync(path.join(folder, 'include', 'node', 'node.h')));
}

/** Environment for installing and building native modules. */
export function installEnvironment() {
  const headers = headersFolder();
  return {
    ...withoutNodedir(process.env),
    ...(headers ? { npm_config_nodedir: headers } : {}),
  };
}
