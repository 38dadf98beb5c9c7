import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const START_LIMIT_MS = 30_000;

/** A running Prometheus. */
export interface RealPrometheus {
  url: string;
  version(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the Prometheus below `root` on a free port, with these samples (OpenMetrics) and nothing to scrape. */
export async function startPrometheus(
  root: string,
  samples: string,
): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'judge-prometheus-'));
  const path = (name: string) => join(folder, name);
  writeFileSync(path('samples.txt'), samples);
  writeFileSync(path('prometheus.yml'), '');
  await run(join(root, 'usr/bin/promtool'), [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    path('samples.txt'),
    path('data'),
  ]);
  const port = await freePort();
  const child = spawn(
    join(root, 'usr/bin/prometheus'),
    [
      `--config.file=${path('prometheus.yml')}`,
      `--storage.tsdb.path=${path('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await ready(`${url}/-/ready`);
    const version = async () => {
      const answer = await fetch(`${url}/api/v1/status/buildinfo`);
      return (await answer.json()).data.version as string;
    };
    return { url, version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const ok = await fetch(url).then(
      answer => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error('Prometheus did not get ready');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
