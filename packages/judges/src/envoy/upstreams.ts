import { createServer, connect, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** What a host does with the requests that reach it. */
export interface HostPlan {
  status?: number;
  delayMs?: number;
  /** Takes the request and never answers. */
  hang?: boolean;
  /** Closes the connection in place of an answer. */
  reset?: boolean;
}

/**
 * Real servers on loopback addresses: one listening socket answers for every address of 127/8, and the address a
 * connection came to says which host is meant. A second port is closed (refused connections), a third is a queue that
 * nobody empties (SYNs vanish).
 */
export class Upstreams {
  private readonly plans = new Map<string, HostPlan>();
  private readonly sockets = new Set<Socket>();
  /** Connections that hosts accepted. */
  readonly accepted = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    readonly closedPort: number,
    private readonly hole: { worker: Worker; port: number; fill: Socket[] },
  ) {}

  static async start(): Promise<Upstreams> {
    const server = createServer({ noDelay: true });
    const port = await listen(server);
    const closed = createServer();
    const closedPort = await listen(closed);
    await new Promise(resolve => {
      closed.close(resolve);
    });
    const upstreams = new Upstreams(
      server,
      port,
      closedPort,
      await blackHole(),
    );
    server.on('connection', socket => upstreams.serve(socket));
    return upstreams;
  }

  /** Port on which connection attempts are never answered. */
  get holePort(): number {
    return this.hole.port;
  }

  /** Says what a host does from now on; without a plan it answers 200 at once. */
  plan(address: string, plan: HostPlan): void {
    this.plans.set(address, plan);
  }

  async stop(): Promise<void> {
    this.sockets.forEach(socket => socket.destroy());
    this.hole.fill.forEach(socket => socket.destroy());
    await this.hole.worker.terminate();
    await new Promise(resolve => {
      this.server.close(resolve);
    });
  }

  private serve(socket: Socket): void {
    const address = socket.localAddress!;
    this.accepted.set(address, (this.accepted.get(address) ?? 0) + 1);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('latin1');
    let received = '';
    socket.on('data', chunk => {
      received += chunk;
      if (received.endsWith('\r\n\r\n')) {
        received = '';
        this.answer(socket, address);
      }
    });
  }

  private answer(socket: Socket, address: string): void {
    const {
      status = 200,
      delayMs,
      hang,
      reset,
    } = this.plans.get(address) ?? {};
    if (reset) {
      socket.resetAndDestroy();
    } else if (!hang) {
      const text = `HTTP/1.1 ${status} X\r\nx-host: ${address}\r\ncontent-length: 2\r\n\r\nok`;
      if (delayMs) {
        setTimeout(() => socket.write(text), delayMs);
      } else {
        socket.write(text);
      }
    }
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '0.0.0.0', 1024, () =>
      resolve((server.address() as { port: number }).port),
    );
  });
}

/** A thread that listens with a queue of one and then stops for good; once the queue is full, SYNs are dropped. */
async function blackHole() {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer();
     server.listen(0, '0.0.0.0', 1, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300000);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const fill = [1, 2, 3, 4].map(() => connect(port, '127.0.0.1'));
  fill.forEach(socket => socket.on('error', () => undefined));
  // The queue is full when a connection is no longer answered.
  await Promise.all(
    fill.slice(0, 2).map(
      socket =>
        new Promise(resolve => {
          socket.once('connect', resolve);
        }),
    ),
  );
  return { worker, port, fill };
}
