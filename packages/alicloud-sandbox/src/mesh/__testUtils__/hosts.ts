import type { Endpoint, HttpResponse, Transport } from '../types';

/** What a host does with a connection attempt or a request. */
export type Behaviour = HttpResponse | 'refused' | 'lost' | 'hang' | 'reset';

/** Hosts that answer as `behave` says, asked anew for every connection and every request. */
export function hosts(behave: (endpoint: Endpoint) => Behaviour): Transport {
  const never = <T>(signal?: AbortSignal) =>
    new Promise<T>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  return {
    async connect(endpoint, signal) {
      const first = behave(endpoint);
      if (first === 'refused') {
        return first;
      }
      if (first === 'lost') {
        return never(signal);
      }
      return {
        isOpen: () => true,
        async exchange(_, limited) {
          const next = behave(endpoint);
          return typeof next === 'object' || next === 'reset'
            ? next
            : never(limited);
        },
      };
    },
  };
}

/** An answer with a status. */
export function answer(status: number, body = ''): HttpResponse {
  return { status, headers: {}, body };
}
