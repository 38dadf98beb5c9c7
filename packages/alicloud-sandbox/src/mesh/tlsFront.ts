import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';

/** A TLS record of a handshake begins with this byte (RFC 8446, 5.1); no HTTP method does. */
const TLS_HANDSHAKE = 0x16;

/**
 * Waits for the first byte of a connection and hands it to the HTTP server, through TLS if the client begins a
 * handshake. As at a gateway, a name that nobody has a certificate for ends the connection.
 *
 * @param certificate - for the name the client asks for
 */
export function handOver(
  socket: Socket,
  http: HttpServer,
  certificate: (serverName: string) => SecureContext | undefined,
): void {
  const look = () => {
    const first: Buffer | null = socket.read(1);
    // Ended without a word, or not there yet.
    if (!first) {
      return;
    }
    socket.off('readable', look);
    socket.unshift(first);
    if (first[0] !== TLS_HANDSHAKE) {
      http.emit('connection', socket);
      return;
    }
    const secure = new TLSSocket(socket, {
      isServer: true,
      SNICallback: (name, done) => {
        const context = certificate(name);
        done(context ? null : new Error(`no certificate for ${name}`), context);
      },
    });
    secure.on('error', () => socket.destroy());
    secure.once('secure', () => http.emit('connection', secure));
  };
  socket.on('readable', look);
}
