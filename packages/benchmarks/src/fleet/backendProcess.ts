import type { AddressInfo } from 'node:net';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Started, Usage } from './protocol';

type Features = NonNullable<Parameters<typeof startTestBackend>[0]['features']>;

/** What both backends have: no log, and a database in memory that nobody shares. */
const common: Features = [mockServices.rootLogger.factory({ level: 'none' })];

/** Serves these features until the parent goes; answers every message with what the process uses. */
export async function serveBackend(features: Features): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    global.gc!();
    global.gc!();
    const { heapUsed, rss } = process.memoryUsage();
    process.send!({
      cpuSeconds: (user + system) / 1e6,
      heapUsed,
      rss,
    } satisfies Usage);
  });
  const startedAt = Date.now();
  const backend = await startTestBackend({
    features: [...common, ...features],
  });
  const { port } = backend.server.address() as AddressInfo;
  process.send!({ port, startedAt } satisfies Started);
}
