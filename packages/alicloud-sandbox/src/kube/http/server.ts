import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createServer as createHttps,
  type Server as HttpsServer,
} from 'node:https';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { acceptedUntil, generationOf } from '../certificates';
import { KubeStatusError } from '../status';
import { sendJson, type ApiContext } from './request';
import { userOf, type User } from './reviews';
import { handle } from './router';

export interface TlsMaterial {
  ca: string;
  cert: string;
  key: string;
}

/**
 * One cluster's API server. In front stands a plain TCP listener: while the region is out, it accepts connections and
 * lets them hang, as a lost region does, and they go on when the region is back; or it resets all of them.
 */
export class ApiServer {
  private readonly https: HttpsServer;
  private readonly front: Server;
  private readonly sockets = new Set<Socket>();
  private readonly held = new Set<Socket>();
  private asleep: 'hanging' | 'gone' | undefined;

  constructor(ctx: ApiContext, tls: TlsMaterial) {
    this.https = createHttps(
      { ...tls, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        void this.answer(ctx, request, response);
      },
    );
    // A watch may be idle for long; a request is bounded by the client.
    this.https.requestTimeout = 0;
    this.https.keepAliveTimeout = 60_000;
    this.https.on('tlsClientError', (_error, socket) => socket.destroy());
    this.front = createTcp(socket => {
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.held.delete(socket);
      });
      socket.on('error', () => socket.destroy());
      if (this.asleep === 'gone') socket.resetAndDestroy();
      else if (this.asleep) this.held.add(socket);
      else this.https.emit('connection', socket);
    });
  }

  /** Listens on `preferred`, or on a free port where that is 0 or taken. Resolves to the port. */
  async listen(preferred: number): Promise<number> {
    const attempt = (port: number) =>
      new Promise<number>((resolve, reject) => {
        this.front.once('error', reject);
        this.front.listen(port, '127.0.0.1', () => {
          this.front.off('error', reject);
          resolve((this.front.address() as { port: number }).port);
        });
      });
    if (preferred === 0) return attempt(0);
    return attempt(preferred).catch(() => attempt(0));
  }

  suspend(mode: 'hanging' | 'gone'): void {
    this.asleep = mode;
    if (mode === 'gone') {
      for (const socket of this.sockets) socket.resetAndDestroy();
    }
  }

  resume(): void {
    this.asleep = undefined;
    for (const socket of this.held) this.https.emit('connection', socket);
    this.held.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve =>
      this.front.close(() => resolve()),
    );
    for (const socket of this.sockets) socket.destroy();
    this.https.close();
    await closed;
  }

  private async answer(
    ctx: ApiContext,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    response.on('error', () => response.destroy());
    request.on('error', () => request.destroy());
    const user = authenticated(request, ctx);
    if (user) {
      await ctx.disturb(request, response, () =>
        handle(ctx, request, response, user),
      );
      return;
    }
    await ctx.whenAwake();
    request.resume();
    sendJson(
      response,
      401,
      new KubeStatusError(401, 'Unauthorized', 'Unauthorized').toStatus(),
    );
  }
}

/** The user of a client certificate that this cluster's CA signed, that is still valid and was not revoked. */
function authenticated(
  request: IncomingMessage,
  ctx: ApiContext,
): User | undefined {
  const socket = request.socket as TLSSocket;
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  // A connection may live longer than the certificate it was opened with.
  if (!certificate.valid_to) return undefined;
  const { serialNumber, valid_to: validTo } = certificate;
  if (acceptedUntil(serialNumber, validTo, ctx.stepped()) <= ctx.now())
    return undefined;
  if (generationOf(serialNumber) < ctx.credentialGeneration()) return undefined;
  return userOf(certificate);
}
