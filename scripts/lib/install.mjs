import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { installEnvironment } from './toolchain.mjs';

const stamp = path.join(root, 'node_modules', '.mesh-dr-installed');

/** Fingerprint of everything that decides what is installed. */
function fingerprint() {
  const files = [
    'yarn.lock',
    '.yarnrc.yml',
    'package.json',
    ...globSync('{packages,plugins}/*/package.json', { cwd: root }).sort(),
  ];
  const hash = createHash('sha256').update(process.version);
  for (const file of files) {
    hash.update(file).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** Whether the one native module that everything depends on was built for this Node. */
const sqliteLoads = () =>
  spawnSync(
    process.execPath,
    ['-e', "new (require('better-sqlite3'))(':memory:')"],
    { cwd: root },
  ).status === 0;

/** Installs the locked dependencies unless exactly these are installed already. */
export function ensureInstalled() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  const started = Date.now();
  console.error('Installing dependencies (the first time takes two minutes) …');
  const result = spawnSync('yarn', ['install', '--immutable'], {
    cwd: root,
    env: installEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) {
    console.error(result.stdout, result.stderr);
    throw new Error(
      'yarn install failed; its output is above. Mend the cause and run the same command again.',
    );
  }
  if (!sqliteLoads()) {
    throw new Error(
      'better-sqlite3 was installed but does not load under this Node. Remove node_modules and run the same command again.',
    );
  }
  writeFileSync(stamp, wanted);
  console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}
