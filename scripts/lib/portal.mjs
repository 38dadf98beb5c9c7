import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { until } from './processes.mjs';
import { bin, root } from './paths.mjs';

const require = createRequire(import.meta.url);
const appFolder = path.join(root, 'packages', 'app');
const buildStamp = path.join(appFolder, 'dist', '.mesh-dr-built');

/** Fingerprint of the sources the browser loads. */
function appFingerprint() {
  const hash = createHash('sha256').update(
    readFileSync(path.join(root, 'yarn.lock')),
  );
  for (const file of globSync(
    '{packages/app,plugins/mesh-dr,plugins/mesh-dr-common}/{src,public,package.json,config.d.ts}/**',
    { cwd: root },
  ).sort()) {
    const full = path.join(root, file);
    if (statSync(full).isFile()) hash.update(file).update(readFileSync(full));
  }
  return hash.digest('hex');
}

/** Builds the browser app unless the same sources were built before. */
export function ensureAppBuilt() {
  const wanted = appFingerprint();
  if (existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === wanted) {
    return;
  }
  const started = Date.now();
  console.error('Building the portal for the browser …');
  const result = spawnSync(bin('backstage-cli'), ['package', 'build'], {
    cwd: appFolder,
    encoding: 'utf8',
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) {
    console.error(result.stdout, result.stderr);
    throw new Error('The browser app could not be built; the reason is above.');
  }
  writeFileSync(buildStamp, wanted);
  console.error(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Starts the local cloud and waits for its JSON line.
 * @returns {Promise<{ endpoint: string, accessKeyId: string, accessKeySecret: string, control: string }>}
 */
export async function startSandbox(
  processes,
  { port, state, gatewayPort, timeScale, fresh, logFile },
) {
  const child = processes.start({
    name: 'sandbox',
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      'packages/alicloud-sandbox/src/cli.ts',
      '--port',
      String(port),
      '--state',
      path.join(state, 'sandbox'),
      '--gateway-port',
      String(gatewayPort),
      ...(timeScale ? ['--time-scale', String(timeScale)] : []),
      ...(fresh ? ['--fresh'] : []),
    ],
    cwd: root,
    env: process.env,
    logFile,
    secretStdout: true,
  });
  let output = '';
  child.child.stdout.on('data', chunk => {
    output += chunk;
  });
  return until(
    'The local cloud to serve',
    () => {
      if (child.child.exitCode !== null) {
        throw new Error(`it ended: ${child.tail().slice(-2000)}`);
      }
      const line = output.split('\n').find(text => text.startsWith('{'));
      return line && output.includes('\n') ? JSON.parse(line) : undefined;
    },
    60_000,
  );
}

/**
 * Starts the portal's backend, which serves the built browser app too, and waits until it is ready.
 * @returns {Promise<string>} the portal's URL
 */
export async function startPortal(
  processes,
  { port, state, sandbox, gatewayPort, configs, logFile, env = {} },
) {
  mkdirSync(state, { recursive: true });
  const url = `http://localhost:${port}`;
  const child = processes.start({
    name: 'portal',
    // The CLI's own loader without its watcher: an edited file must not restart a portal that somebody is using.
    command: process.execPath,
    args: [
      '--no-node-snapshot',
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      'src/index.ts',
      ...configs.flatMap(file => ['--config', path.resolve(root, file)]),
    ],
    cwd: path.join(root, 'packages', 'backend'),
    env: {
      ...process.env,
      NODE_ENV: 'development',
      MESH_DR_STATE: state,
      APP_CONFIG_app_baseUrl: url,
      APP_CONFIG_backend_baseUrl: url,
      APP_CONFIG_backend_listen_port: String(port),
      ...(sandbox
        ? {
            ALICLOUD_SANDBOX_ENDPOINT: sandbox.endpoint,
            ALICLOUD_SANDBOX_ACCESS_KEY_ID: sandbox.accessKeyId,
            ALICLOUD_SANDBOX_ACCESS_KEY_SECRET: sandbox.accessKeySecret,
            ALICLOUD_SANDBOX_GATEWAY_PORT: String(gatewayPort),
          }
        : {}),
      ...env,
    },
    logFile,
  });
  await until(
    'The portal to be ready',
    async () => {
      if (child.child.exitCode !== null) {
        throw new Error(`it ended: ${child.tail().slice(-3000)}`);
      }
      const answer = await fetch(`${url}/.backstage/health/v1/readiness`);
      return answer.ok;
    },
    120_000,
  );
  if (sandbox) {
    // The demo identities are catalog entities: nobody can sign in before the catalog has read them once.
    await until(
      'The demo identities to be in the catalog',
      async () => {
        const answer = await fetch(`${url}/api/auth/guest/refresh`, {
          headers: { 'x-requested-with': 'XMLHttpRequest' },
        });
        if (!answer.ok) return false;
        const { backstageIdentity } = await answer.json();
        const demo = await fetch(
          `${url}/api/catalog/entities?filter=kind=user&fields=metadata.name`,
          { headers: { authorization: `Bearer ${backstageIdentity.token}` } },
        );
        return demo.ok && (await demo.json()).length > 1;
      },
      60_000,
    );
  }
  return url;
}
