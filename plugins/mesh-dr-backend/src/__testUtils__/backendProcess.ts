import type { JsonObject } from '@backstage/types';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from './freePort';

const TOKEN = 'token-of-the-test-that-starts-it';

/** A backend in another process. */
export interface BackendProcess {
  /** Starts the plugin on a database server and a cloud; rejects with the log when the process ends before it serves. */
  start(options: {
    /** Of the PostgreSQL server. */
    connection: JsonObject;
    meshDr: JsonObject;
  }): Promise<void>;
  /** Asks the plugin's REST API, as a service. */
  call(
    method: 'GET' | 'POST',
    route: string,
    body?: object,
  ): Promise<{ status: number; body: any }>;
  /** What it wrote to its log so far, audit events among it. */
  log(): string;
  /** Ends it without a chance to say another word, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Makes the process of a backend, which loads its code while others prepare what it is to run on. */
export function forkBackend(): BackendProcess {
  const child = fork(path.join(__dirname, 'backendMain.ts'), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
  });
  const said: string[] = [];
  const listen = (chunk: Buffer) => said.push(String(chunk));
  child.stdout!.on('data', listen);
  child.stderr!.on('data', listen);
  const gone = once(child, 'exit');
  let baseUrl: string;
  return {
    async start({ connection, meshDr }) {
      const port = await freePort();
      baseUrl = `http://127.0.0.1:${port}`;
      child.send({ ...configOf(port, connection), meshDr });
      await Promise.race([
        once(child, 'message'),
        gone.then(([code]) => {
          throw new Error(
            `The backend ended with status ${code}: ${said.join('')}`,
          );
        }),
      ]);
    },
    async call(method, route, body) {
      const answer = await fetch(`${baseUrl}/api/mesh-dr${route}`, {
        method,
        headers: {
          Authorization: `Bearer ${TOKEN}`,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    log: () => said.join(''),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function configOf(port: number, connection: JsonObject): JsonObject {
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: { client: 'pg', connection },
      auth: {
        externalAccess: [
          { type: 'static', options: { token: TOKEN, subject: 'test' } },
        ],
      },
    },
    // There is no events plugin to ask.
    events: { useEventBus: 'never' },
  };
}
