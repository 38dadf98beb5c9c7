import type { RouteQuery } from './match';

/**
 * The path a host gets. A prefix is replaced as Envoy does it, character by character (`/a` by `/b` turns `/ax` into
 * `/bx`; without a match the prefix is `/`); an exact path or a regular expression is replaced whole. The query stays.
 */
export function rewrittenPath(rewrite: any, uri: any, path: string): string {
  const [plain, query] = splitQuery(path);
  const pattern = rewrite?.uriRegexRewrite;
  if (pattern?.match) {
    return `${replaced(plain, pattern)}${query}`;
  }
  if (rewrite?.uri === undefined) {
    return path;
  }
  const whole = uri?.exact !== undefined || uri?.regex !== undefined;
  const rest = whole ? '' : plain.slice((uri?.prefix ?? '/').length);
  return `${rewrite.uri}${rest}${query}`;
}

/** Istio's `redirect`: what it does not name stays as the client asked for it. */
export function redirection(
  redirect: any,
  { request, host }: RouteQuery,
): { kind: 'reply'; status: number; headers: Record<string, string> } {
  const [plain, query] = splitQuery(request.path);
  const from = request.headers['x-forwarded-proto'] ?? 'http';
  const scheme = redirect.scheme ?? from;
  const uri = redirect.uri ?? plain;
  const authority =
    (redirect.authority ?? request.headers.host ?? host) + portOf(redirect);
  return {
    kind: 'reply',
    status: Number(redirect.redirectCode ?? 301),
    headers: {
      location: `${scheme}://${authority}${uri}${
        uri.includes('?') ? '' : query
      }`,
    },
  };
}

function portOf(redirect: any): string {
  return redirect.port ? `:${redirect.port}` : '';
}

function splitQuery(path: string): [string, string] {
  const at = path.indexOf('?');
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
}

/** RE2's `\1` is JavaScript's `$1`. */
function replaced(
  path: string,
  { match, rewrite = '' }: { match: string; rewrite?: string },
): string {
  try {
    return path.replace(
      new RegExp(match, 'g'),
      rewrite.replace(/\$/g, '$$$$').replace(/\\(\d)/g, '$$$1'),
    );
  } catch {
    return path;
  }
}
