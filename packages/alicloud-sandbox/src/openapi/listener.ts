import {
  Server as HttpServer,
  createServer as createHttp,
  type RequestListener,
} from 'node:http';
import { Server as HttpsServer, createServer as createHttps } from 'node:https';
import {
  AddressInfo,
  Server,
  Socket,
  createServer as createTcp,
} from 'node:net';

/** A TLS record of a handshake begins with this byte (RFC 8446, 5.1); no HTTP method does. */
const TLS_HANDSHAKE = 0x16;
/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 75_000;
/** How long a client may be connected, or in its TLS handshake, without a word. */
const SILENCE_MS = 60_000;

export interface Listener {
  readonly port: number;
  /** Stops listening and closes every connection, idle or not. */
  stop(): Promise<void>;
}

/**
 * One port for HTTP and HTTPS: the first byte of a connection tells which of them the client speaks. Every connection
 * waits for its first byte on its own, so that a slow client holds up nobody.
 * @throws the error of `listen`, e.g. with code `EADDRINUSE`
 */
export async function listen(options: {
  host: string;
  port: number;
  tls: { key: string; cert: string };
  handler: RequestListener;
}): Promise<Listener> {
  const http = createHttp(options.handler);
  const https = createHttps(
    { ...options.tls, handshakeTimeout: SILENCE_MS },
    options.handler,
  );
  https.on('tlsClientError', (_error, socket) => socket.destroy());
  for (const server of [http, https]) server.keepAliveTimeout = KEEP_ALIVE_MS;

  const sockets = new Set<Socket>();
  const front = createTcp(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Resets are the client's affair; without a listener they would end the process.
    socket.on('error', () => socket.destroy());
    handOver(socket, http, https);
  });
  await bind(front, options.host, options.port);
  return {
    port: (front.address() as AddressInfo).port,
    stop: () =>
      new Promise(resolve => {
        front.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        // Ends their timers that look for stale connections.
        http.close();
        https.close();
      }),
  };
}

/** Waits for the first byte, leaves it where it was, and gives the connection to the server whose protocol it is. */
function handOver(socket: Socket, http: HttpServer, https: HttpsServer): void {
  const silent = () => socket.destroy();
  const look = () => {
    const first: Buffer | null = socket.read(1);
    // Ended without a word, or not there yet.
    if (!first) return;
    socket.off('readable', look);
    socket.off('timeout', silent);
    socket.setTimeout(0);
    socket.unshift(first);
    (first[0] === TLS_HANDSHAKE ? https : http).emit('connection', socket);
  };
  socket.setTimeout(SILENCE_MS, silent);
  socket.on('readable', look);
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
