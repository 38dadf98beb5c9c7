import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Carries TCP to a port on loopback as if it were far away. */
export class DelayProxy {
  /** Half of it is waited for each way; what is under way is not overtaken. */
  roundTripMs = 0;
  port = 0;

  private constructor(private readonly target: number) {}

  static async start(target: number): Promise<DelayProxy> {
    const proxy = new DelayProxy(target);
    const server = createServer(socket => proxy.carry(socket));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    proxy.port = (server.address() as AddressInfo).port;
    return proxy;
  }

  private carry(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    this.flow(client, server);
    this.flow(server, client);
  }

  private flow(from: Socket, to: Socket): void {
    let free = 0;
    const later = (act: () => void) => {
      const now = performance.now();
      free = Math.max(free, now + this.roundTripMs / 2);
      if (free - now < 1 && this.roundTripMs === 0) act();
      else setTimeout(act, free - now);
    };
    from.setNoDelay(true);
    from.on('data', chunk =>
      later(() => {
        if (!to.destroyed) to.write(chunk);
      }),
    );
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => later(() => to.destroy()));
  }
}
