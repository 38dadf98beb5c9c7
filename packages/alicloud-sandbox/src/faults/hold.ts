import type { Socket } from 'node:net';

/**
 * Holds a call that is not answered. Resolves to `true` when the reason is over (`until` called its listener) and to
 * `false` when the client has given up. `until` returns its unsubscriber.
 */
export function hold(
  socket: Socket,
  until: (over: () => void) => () => void,
): Promise<boolean> {
  return new Promise(resolve => {
    if (socket.destroyed) {
      resolve(false);
      return;
    }
    let stop = () => {};
    function settle(goesOn: boolean) {
      stop();
      socket.off('close', leave);
      resolve(goesOn);
    }
    function leave() {
      settle(false);
    }
    socket.once('close', leave);
    stop = until(() => settle(true));
  });
}

/** Real milliseconds; none are waited out when there are none. */
export async function delay(ms: number | undefined): Promise<void> {
  if (ms) await new Promise(resolve => setTimeout(resolve, ms));
}

/** What a load balancer in front of a broken server sends. */
export function gatewayPage(status: number): string {
  const titles: Record<number, string> = {
    500: 'Internal Server Error',
    502: 'Bad Gateway',
    503: 'Service Temporarily Unavailable',
    504: 'Gateway Time-out',
  };
  const title = `${status} ${titles[status] ?? 'Error'}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>tengine</center>\r\n</body>\r\n</html>\r\n`;
}
