import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Socket, connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { createPersistence } from '../state';
import { silentLog } from '../log';
import { createEndpointTls, type EndpointTls } from '../tls';
import { Listener, listen } from './listener';

describe('the port for HTTP and HTTPS', () => {
  let tls: EndpointTls;
  let listener: Listener;
  const stoppers: (() => void)[] = [];
  beforeAll(async () => {
    tls = await createEndpointTls({
      host: '127.0.0.1',
      persistence: createPersistence({ log: silentLog }),
      now: Date.now(),
    });
  });
  beforeEach(async () => {
    listener = await listen({
      host: '127.0.0.1',
      port: 0,
      tls,
      handler: (message, response) => {
        const encrypted = 'encrypted' in message.socket;
        const chunks: Buffer[] = [];
        message.on('data', chunk => chunks.push(chunk));
        message.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          response.end(`${encrypted ? 'https' : 'http'} ${body}`);
        });
      },
    });
  });
  afterEach(async () => {
    for (const stop of stoppers.splice(0)) stop();
    await listener.stop();
  });

  /** A client of its own for each protocol, with its connections kept alive. */
  const client = (protocol: 'http' | 'https', maxSockets = Infinity) => {
    const agent =
      protocol === 'http'
        ? new HttpAgent({ keepAlive: true, maxSockets })
        : new HttpsAgent({ keepAlive: true, maxSockets, ca: tls.caPem });
    stoppers.push(() => agent.destroy());
    return (body: string) =>
      new Promise<{ text: string; reused: boolean }>((resolve, reject) => {
        const call = (protocol === 'http' ? httpRequest : httpsRequest)(
          { port: listener.port, host: '127.0.0.1', method: 'POST', agent },
          async response => {
            let text = '';
            for await (const chunk of response) text += chunk;
            resolve({ text, reused: call.reusedSocket });
          },
        );
        call.on('error', reject);
        call.end(body);
      });
  };
  const raw = async (): Promise<Socket> => {
    const socket = connect(listener.port, '127.0.0.1');
    stoppers.push(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };

  it.each(['http', 'https'] as const)(
    'keeps %s connections',
    async protocol => {
      const send = client(protocol, 1);
      expect(await send('one')).toEqual({
        text: `${protocol} one`,
        reused: false,
      });
      expect(await send('two')).toEqual({
        text: `${protocol} two`,
        reused: true,
      });
      const long = 'x'.repeat(200_000);
      expect((await send(long)).text).toBe(`${protocol} ${long}`);
    },
  );

  it('serves many connections of both kinds at once', async () => {
    const senders = [client('http'), client('https')];
    const texts = await Promise.all(
      [...Array(120).keys()].map(async i => {
        const { text } = await senders[i % 2](`${i}`);
        return text;
      }),
    );
    expect(texts).toEqual(
      [...Array(120).keys()].map(i => `${i % 2 ? 'https' : 'http'} ${i}`),
    );
  });

  it('lets nobody wait for the silent, the half-said and the garbled', async () => {
    await raw();
    (await raw()).write(Buffer.from([0x16]));
    (await raw()).write(Buffer.from([0x16, 3, 1, 0, 5, 1]));
    (await raw()).write('POST / HTTP/1.1\r\ncontent-length: 5\r\n');
    const garbled = await raw();
    const dropped = once(garbled.resume(), 'close');
    garbled.write(Buffer.alloc(64, 0x16));
    const gone = await raw();
    gone.resetAndDestroy();
    for (const protocol of ['http', 'https'] as const) {
      expect((await client(protocol)('x')).text).toBe(`${protocol} x`);
    }
    await dropped;
  });

  it('understands requests that arrive byte by byte', async () => {
    const socket = await raw();
    socket.setNoDelay(true);
    const answer = once(socket, 'data');
    for (const byte of Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n')) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('closes every connection when it stops', async () => {
    const silent = await raw();
    const half = await raw();
    half.write(Buffer.from([0x16]));
    const idle = await raw();
    idle.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(idle, 'data');
    const encrypted = tlsConnect({
      port: listener.port,
      host: '127.0.0.1',
      ca: tls.caPem,
    });
    encrypted.on('error', () => {});
    await once(encrypted, 'secureConnect');
    const closed = [silent, half, idle, encrypted].map(socket =>
      once(socket.resume(), 'close'),
    );
    await listener.stop();
    await Promise.all(closed);
    await expect(client('http')('x')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('refuses a port that is taken', async () => {
    await expect(
      listen({
        host: '127.0.0.1',
        port: listener.port,
        tls,
        handler: () => {},
      }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
