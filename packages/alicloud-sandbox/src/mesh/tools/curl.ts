import { STATUS_CODES } from 'node:http';
import type { LinkProbe } from '../linkProbe';
import type { CommandResult } from '../shell';
import type { HttpResponse } from '../types';
import { fetchThrough, parseUrl, reasonOf, type Target } from './httpTarget';
import {
  parseOptions,
  valueOf,
  type OptionTable,
  type Parsed,
} from './options';

const OPTIONS: OptionTable = {
  agent: { names: ['-A', '--user-agent'], value: true },
  body: {
    names: ['-d', '--data', '--data-raw', '--data-binary', '--json'],
    value: true,
  },
  connectTimeout: { names: ['--connect-timeout'], value: true },
  cookie: { names: ['-b', '--cookie'], value: true },
  fail: { names: ['-f', '--fail'] },
  failWithBody: { names: ['--fail-with-body'] },
  head: { names: ['-I', '--head'] },
  header: { names: ['-H', '--header'], value: true },
  include: { names: ['-i', '--include', '--show-headers'] },
  location: { names: ['-L', '--location'] },
  maxTime: { names: ['-m', '--max-time'], value: true },
  method: { names: ['-X', '--request'], value: true },
  output: { names: ['-o', '--output'], value: true },
  retry: { names: ['--retry'], value: true },
  showError: { names: ['-S', '--show-error'] },
  silent: { names: ['-s', '--silent'] },
  write: { names: ['-w', '--write-out'], value: true },
  // Understood, and without an effect here.
  ignored: {
    names: ['-k', '--insecure', '-4', '--ipv4', '-g', '--globoff', '-N', '-#'],
  },
  ignoredValue: {
    names: ['--retry-delay', '--retry-max-time', '--max-redirs'],
    value: true,
  },
};

const DEFAULT_LIMIT_S = 300;
const REDIRECTS = 50;

/** `curl` with the options that probes use, its messages and its exit codes. */
export async function curl(
  args: string[],
  probe: LinkProbe,
): Promise<CommandResult> {
  const parsed = parseOptions(args, OPTIONS);
  const wrong = usage(parsed);
  if (wrong) {
    return { exitCode: 2, output: `curl: ${wrong}\n` };
  }
  const target = parseUrl(parsed.rest[0]);
  if (!target) {
    return failure(
      parsed,
      3,
      'URL rejected: Malformed input to a URL function',
    );
  }
  if (target.scheme !== 'http') {
    return otherScheme(parsed, target, probe);
  }
  const attempts = 1 + Number(valueOf(parsed, 'retry') ?? 0);
  for (let attempt = 1; ; attempt++) {
    const result = await once(parsed, target, probe);
    if (attempt >= attempts || !result.transient) {
      return result;
    }
  }
}

/** What is wrong with the command line. */
function usage({ unknown, incomplete, rest }: Parsed): string | undefined {
  if (unknown) {
    return `option ${unknown}: is unknown`;
  }
  if (incomplete) {
    return `option ${incomplete}: requires parameter`;
  }
  return rest.length === 0 ? '(2) no URL specified' : undefined;
}

async function once(
  parsed: Parsed,
  target: Target,
  probe: LinkProbe,
): Promise<CommandResult & { transient: boolean }> {
  const has = (key: string) => parsed.options.has(key);
  const max = Number(valueOf(parsed, 'maxTime')) || undefined;
  const connect = Number(valueOf(parsed, 'connectTimeout')) || undefined;
  const body = parsed.options.get('body')?.join('&');
  const fallback = body === undefined ? 'GET' : 'POST';
  const started = performance.now();
  try {
    const seen = await fetchThrough(
      probe,
      target,
      {
        method: valueOf(parsed, 'method') ?? (has('head') ? 'HEAD' : fallback),
        headers: headersOf(parsed, body),
        body,
      },
      {
        timeoutMs: (max ?? DEFAULT_LIMIT_S) * 1000,
        connectTimeoutMs: connect && connect * 1000,
        redirects: has('location') ? REDIRECTS : 0,
      },
    );
    const { status } = seen.response;
    return {
      ...rendered(parsed, seen, probe, performance.now() - started),
      transient: [408, 429, 500, 502, 503, 504].includes(status),
    };
  } catch (error) {
    const reason = reasonOf(error);
    const limitMs = 1000 * (max ?? connect ?? DEFAULT_LIMIT_S);
    const [code, text] = {
      dns: [6, `Could not resolve host: ${target.host}`],
      refused: [
        7,
        `Failed to connect to ${target.host} port ${target.port} after 0 ms: Couldn't connect to server`,
      ],
      timeout: [28, `Connection timed out after ${limitMs} milliseconds`],
    }[reason] as [number, string];
    const failed = failure(parsed, code, text);
    const tail = written(parsed, '000', target, 0, 0);
    return {
      exitCode: code,
      output: failed.output + tail,
      transient: reason === 'timeout',
    };
  }
}

function headersOf(
  parsed: Parsed,
  body: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': valueOf(parsed, 'agent') ?? 'curl/8.5.0',
    accept: '*/*',
  };
  if (body !== undefined) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  const cookie = valueOf(parsed, 'cookie');
  if (cookie !== undefined) {
    headers.cookie = cookie;
  }
  for (const header of parsed.options.get('header') ?? []) {
    const at = header.indexOf(':');
    if (at > 0) {
      headers[header.slice(0, at).trim().toLowerCase()] = header
        .slice(at + 1)
        .trim();
    }
  }
  return headers;
}

function rendered(
  parsed: Parsed,
  {
    response,
    target,
    redirects,
  }: { response: HttpResponse; target: Target; redirects: number },
  probe: LinkProbe,
  ms: number,
): CommandResult {
  const has = (key: string) => parsed.options.has(key);
  const failed = response.status >= 400;
  const bodyless = has('head') || (failed && has('fail'));
  const head =
    has('head') || has('include')
      ? `HTTP/1.1 ${response.status} ${
          STATUS_CODES[response.status] ?? ''
        }\r\n${Object.entries(response.headers)
          .map(([k, v]) => `${k}: ${v}\r\n`)
          .join('')}\r\n`
      : '';
  const file = valueOf(parsed, 'output');
  const page = `${head}${bodyless ? '' : response.body}`;
  const size = Buffer.byteLength(String(response.body));
  const tail = written(
    parsed,
    String(response.status),
    target,
    ms,
    bodyless ? 0 : size,
  )
    .replace(/%\{remote_ip\}/g, probe.resolve(target.host) ?? '')
    .replace(/%\{num_redirects\}/g, String(redirects));
  const shown = file === undefined || file === '-' ? page : '';
  if (failed && (has('fail') || has('failWithBody'))) {
    const { output } = failure(
      parsed,
      22,
      `The requested URL returned error: ${response.status}`,
    );
    return { exitCode: 22, output: `${shown}${output}${tail}` };
  }
  return { exitCode: 0, output: `${shown}${tail}` };
}

/** What `-w` prints. */
function written(
  parsed: Parsed,
  status: string,
  target: Target,
  ms: number,
  size: number,
): string {
  const seconds = (ms / 1000).toFixed(6);
  return (valueOf(parsed, 'write') ?? '')
    .replace(/%\{(http_code|response_code)\}/g, status)
    .replace(/%\{time_(total|starttransfer)\}/g, seconds)
    .replace(/%\{time_(connect|namelookup|pretransfer)\}/g, '0.000000')
    .replace(/%\{size_download\}/g, String(size))
    .replace(/%\{remote_port\}/g, String(target.port))
    .replace(/%\{url_effective\}/g, target.url)
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t');
}

/** No TLS is spoken in pods, so a handshake fails where anything listens. */
async function otherScheme(
  parsed: Parsed,
  target: Target,
  probe: LinkProbe,
): Promise<CommandResult> {
  const { host, port, scheme } = target;
  if (scheme !== 'https') {
    return failure(parsed, 1, `Protocol "${scheme}" not supported`);
  }
  const ip = probe.resolve(host);
  if (!ip) {
    return failure(parsed, 6, `Could not resolve host: ${host}`);
  }
  switch (probe.connect(ip, port).kind) {
    case 'open':
      return failure(
        parsed,
        35,
        'OpenSSL/3.1.4: error:0A00010B:SSL routines::wrong version number',
      );
    case 'refused':
      return failure(
        parsed,
        7,
        `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`,
      );
    default:
      return failure(parsed, 28, 'Connection timed out');
  }
}

function failure(parsed: Parsed, code: number, text: string): CommandResult {
  const quiet =
    parsed.options.has('silent') && !parsed.options.has('showError');
  return { exitCode: code, output: quiet ? '' : `curl: (${code}) ${text}\n` };
}
