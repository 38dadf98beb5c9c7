import type { ControlApi } from './contract';

type Handler = Parameters<ControlApi['route']>[2];

interface Route {
  method: string;
  segments: string[];
  handler: Handler;
}

/** An answer of the control API before it becomes HTTP. */
export interface ControlAnswer {
  status: number;
  body?: unknown;
}

/** Thrown by control handlers to answer with another status than 500. */
export class ControlError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
    this.name = 'ControlError';
  }
}

export interface ControlRouter extends ControlApi {
  handle(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
  ): Promise<ControlAnswer>;
}

/**
 * The routes below `/_sandbox`. Every floor adds its own. Floors may share a route: all handlers run in the order in
 * which they were added, and the first that returns something is the answer.
 */
export function createControl(): ControlRouter {
  const routes: Route[] = [];
  return {
    route(method, path, handler) {
      routes.push({ method, segments: split(path), handler });
    },
    async handle(method, path, query, text) {
      const wanted = split(path);
      const onPath = routes
        .map(route => ({ route, params: match(route.segments, wanted) }))
        .filter(found => found.params);
      const found = onPath.filter(({ route }) => route.method === method);
      if (!found.length) {
        return onPath.length
          ? failure(405, `${method} is not supported on ${path}`)
          : failure(404, `The control API has no route ${path}`);
      }
      let body: unknown;
      try {
        body = text ? JSON.parse(text) : undefined;
      } catch {
        return failure(400, 'The request body is not JSON');
      }
      try {
        let answer: unknown;
        for (const { route, params } of found) {
          const value = await route.handler({ params: params!, query, body });
          answer ??= value;
        }
        return answer === undefined
          ? { status: 204 }
          : { status: 200, body: answer };
      } catch (error) {
        const status = error instanceof ControlError ? error.status : 500;
        return failure(
          status,
          error instanceof Error ? error.message : String(error),
        );
      }
    },
  };
}

function failure(status: number, message: string): ControlAnswer {
  return { status, body: { error: { message } } };
}

function split(path: string): string[] {
  return path.split('/').filter(Boolean);
}

function match(
  pattern: string[],
  path: string[],
): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i].startsWith(':')) {
      params[pattern[i].slice(1)] = decodeURIComponent(path[i]);
    } else if (pattern[i] !== path[i]) {
      return undefined;
    }
  }
  return params;
}
