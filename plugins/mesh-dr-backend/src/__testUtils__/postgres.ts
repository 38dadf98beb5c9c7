import knexFactory, { type Knex } from 'knex';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Starts a PostgreSQL for one test file. */
export async function startPostgres(): Promise<{
  /** How to reach the server, as its owner. */
  connection: { host: string; port: number; user: string; password: string };
  /** A pool of its own each time, as each process of the portal has one. */
  connect(database?: string): Knex;
  stop(): Promise<void>;
}> {
  const server = spawn(
    process.execPath,
    [path.join(__dirname, 'postgresServer.mjs')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([code]) => {
      throw new Error(`PostgreSQL did not start (exit ${code})`);
    }),
  ])) as [string];
  const { port } = JSON.parse(line);
  const connection = {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'postgres',
  };
  const pools: Knex[] = [];
  return {
    connection,
    connect(database = 'postgres') {
      const pool = knexFactory({
        client: 'pg',
        connection: { ...connection, database },
        pool: { min: 0, max: 10 },
      });
      pools.push(pool);
      return pool;
    },
    async stop() {
      await Promise.all(pools.map(pool => pool.destroy()));
      server.stdin.end();
      await ended;
    },
  };
}
