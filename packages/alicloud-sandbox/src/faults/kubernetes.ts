import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeClusterSpec } from '../contract';
import { sendJson } from '../kube/http/request';
import { parsePath } from '../kube/http/target';
import { expired, KubeStatusError } from '../kube/status';
import type { FaultBook } from './book';
import { delay, gatewayPage, hold } from './hold';
import type { FaultCall, FaultRule } from './rule';

/** Carries out requests to API servers as the fault rules of the moment allow. */
export interface KubeDisturbance {
  around(
    cluster: KubeClusterSpec,
    request: IncomingMessage,
    response: ServerResponse,
    serve: () => Promise<void>,
  ): Promise<void>;
}

interface OpenWatch {
  call: FaultCall;
  response: ServerResponse;
  /** The rule that silenced it. */
  stalledBy?: string;
}

const VERBS: Record<string, [collection: string, object: string]> = {
  GET: ['list', 'get'],
  HEAD: ['list', 'get'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['deletecollection', 'delete'],
};

export function createKubeDisturbance(book: FaultBook): KubeDisturbance {
  const watches = new Set<OpenWatch>();

  const strikeWatch = (open: OpenWatch, rule: FaultRule) => {
    void delay(rule.delayMs).then(() => {
      if (rule.kind === 'watch-close') open.response.end();
      else open.stalledBy = rule.id;
    });
  };
  book.onAdded(rule => {
    if (!rule.kind.startsWith('watch-')) return;
    for (const open of watches) {
      if (book.strikes(rule, open.call)) strikeWatch(open, rule);
    }
  });
  // What was swallowed cannot be made up for: the client has to begin again.
  book.onRemoved(rule => {
    for (const open of watches) {
      if (open.stalledBy === rule.id) open.response.destroy();
    }
  });

  const watch = (call: FaultCall, response: ServerResponse): OpenWatch => {
    const open: OpenWatch = { call, response };
    const write = response.write.bind(response) as (...a: any[]) => boolean;
    response.write = ((...args: any[]) =>
      open.stalledBy === undefined ? write(...args) : true) as any;
    watches.add(open);
    response.on('close', () => watches.delete(open));
    return open;
  };

  return {
    async around(cluster, request, response, serve) {
      const call = callOf(cluster, request);
      if (!call) {
        await serve();
        return;
      }
      const open = call.verb === 'watch' ? watch(call, response) : undefined;
      const rule = book.strike(call);
      if (!rule) {
        await serve();
        return;
      }
      if (rule.kind.startsWith('watch-')) {
        await serve();
        strikeWatch(open!, rule);
        return;
      }
      await delay(rule.delayMs);
      await carryOut(book, rule, call, request, response, serve);
    },
  };
}

async function carryOut(
  book: FaultBook,
  rule: FaultRule,
  call: FaultCall,
  request: IncomingMessage,
  response: ServerResponse,
  serve: () => Promise<void>,
): Promise<void> {
  const { socket } = request;
  switch (rule.kind) {
    case 'slow':
      await serve();
      return;
    case 'reset-before':
      socket.destroy();
      return;
    case 'reset-after':
      response.end = (() => {
        socket.destroy();
        return response;
      }) as typeof response.end;
      await serve();
      return;
    case 'black-hole': {
      const goesOn = await hold(socket, over =>
        book.onRemoved(removed => removed.id === rule.id && over()),
      );
      if (goesOn) await serve();
      return;
    }
    default:
      request.resume();
      refuse(rule, call, response);
  }
}

function refuse(
  rule: FaultRule,
  call: FaultCall,
  response: ServerResponse,
): void {
  const status = statusOf(rule);
  if (rule.body === 'html') {
    response.writeHead(status.code, { 'content-type': 'text/html' });
    response.end(gatewayPage(status.code));
    return;
  }
  const body = status.toStatus();
  if (rule.kind === 'gone' && call.verb === 'watch') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ type: 'ERROR', object: body })}\n`);
    return;
  }
  if (rule.kind === 'throttle') {
    response.setHeader('retry-after', String(rule.retryAfterSeconds ?? 1));
  }
  sendJson(response, status.code, body);
}

/** Reasons as the API machinery names them. */
const REASONS: Record<number, string> = {
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function statusOf(rule: FaultRule): KubeStatusError {
  const { message } = rule;
  switch (rule.kind) {
    case 'throttle':
      return new KubeStatusError(
        rule.status ?? 429,
        'TooManyRequests',
        message ??
          'The server has received too many requests and has asked us to try again later',
        { retryAfterSeconds: rule.retryAfterSeconds ?? 1 },
      );
    case 'expired':
      return new KubeStatusError(
        rule.status ?? 401,
        'Unauthorized',
        message ?? 'Unauthorized',
      );
    case 'gone':
      return expired(
        message ?? 'The resourceVersion for the provided list is too old.',
      );
    default: {
      const code = rule.status ?? 500;
      return new KubeStatusError(
        code,
        REASONS[code] ?? 'InternalError',
        message ?? 'Internal error occurred: injected by a fault rule',
      );
    }
  }
}

/** What a request is about; undefined for discovery and health, which no rule disturbs. */
export function callOf(
  cluster: KubeClusterSpec,
  request: IncomingMessage,
): FaultCall | undefined {
  let url: URL;
  let target: ReturnType<typeof parsePath>;
  try {
    url = new URL(request.url ?? '/', 'https://server');
    target = parsePath(url.pathname.replace(/\/+$/, ''));
  } catch {
    // The server itself says what is wrong with it.
    return undefined;
  }
  if (!target) return undefined;
  const [collection, object] = VERBS[request.method ?? 'GET'] ?? ['', ''];
  const watching = ['true', '1'].includes(url.searchParams.get('watch') ?? '');
  const verb = target.name ? object : collection;
  const { resource, group } = target;
  return {
    api: 'kubernetes',
    region: cluster.region,
    clusters: [cluster.id, cluster.name],
    verb: request.method === 'GET' && watching ? 'watch' : verb,
    resources: [resource, ...(group ? [`${resource}.${group}`] : [])],
    namespace: target.namespace,
    name: target.name,
  };
}
