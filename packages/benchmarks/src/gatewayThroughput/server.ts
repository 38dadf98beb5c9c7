/**
 * A process under load: `sandbox` is the whole sandbox with Bookinfo behind a gateway, `bare` a plain HTTP server that
 * answers with the same page. Tells its parent the address, then its CPU time whenever it is asked.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startBookinfo } from './bookinfo';

/** What the parent is told first. */
export interface Ready {
  url: string;
}

async function bare(page: string, headers: Record<string, string>) {
  const server = createServer((_, response) => {
    response.writeHead(200, headers);
    response.end(page);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function main() {
  const [kind, source] = process.argv.slice(2);
  let url: string;
  if (kind === 'sandbox') {
    const { host, port } = await startBookinfo();
    url = `http://${host}:${port}/productpage`;
  } else {
    const answer = await fetch(source);
    url = await bare(await answer.text(), {
      'content-type': answer.headers.get('content-type') ?? '',
    });
  }
  process.on('message', () => process.send!(process.cpuUsage()));
  // The parent is gone: nobody will ask again.
  process.on('disconnect', () => process.exit(0));
  process.send!({ url } satisfies Ready);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
