import { STATUS_CODES } from 'node:http';
import { CallError } from '../kubeProxy';
import type { LinkProbe } from '../linkProbe';
import type { CommandResult } from '../shell';
import type { HttpResponse } from '../types';
import { parseOptions } from './icmpAndTcp';

interface Target {
  host: string;
  port: number;
  path: string;
  authority: string;
}

function parseUrl(text: string): Target | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    if (url.protocol !== 'http:') {
      return undefined;
    }
    return {
      host: url.hostname,
      port: Number(url.port || 80),
      path: url.pathname + url.search,
      authority: url.host,
    };
  } catch {
    return undefined;
  }
}

function send(
  probe: LinkProbe,
  target: Target,
  options: {
    agent: string;
    timeoutS: number;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  },
): Promise<HttpResponse> {
  return probe.http(
    target.host,
    target.port,
    {
      method: options.method ?? 'GET',
      path: target.path,
      headers: {
        host: target.authority,
        'user-agent': options.agent,
        accept: '*/*',
        ...options.headers,
      },
      body: options.body,
    },
    options.timeoutS * 1000,
  );
}

/** `wget [-q] [-O FILE] [-T S] URL`, with busybox's messages; only `-O -` prints the body. */
export async function wget(
  args: string[],
  probe: LinkProbe,
): Promise<CommandResult> {
  const { options, rest } = parseOptions(args, [
    '-O',
    '-T',
    '-t',
    '--timeout',
    '--tries',
    '--output-document',
  ]);
  const target = parseUrl(rest[0] ?? '');
  if (!target) {
    return { exitCode: 1, output: `wget: not an http URL: ${rest[0] ?? ''}\n` };
  }
  const timeoutS = Number(options.get('-T') ?? options.get('--timeout') ?? 900);
  try {
    const response = await send(probe, target, { agent: 'Wget', timeoutS });
    if (response.status >= 400) {
      return {
        exitCode: 1,
        output: `wget: server returned error: HTTP/1.1 ${response.status} ${
          STATUS_CODES[response.status] ?? ''
        }\n`,
      };
    }
    const file = options.get('-O') ?? options.get('--output-document');
    return { exitCode: 0, output: file === '-' ? String(response.body) : '' };
  } catch (error) {
    const reason = reasonOf(error);
    const text = {
      dns: `bad address '${target.host}'`,
      refused: `can't connect to remote host (${
        probe.resolve(target.host) ?? target.host
      }): Connection refused`,
      timeout: 'download timed out',
    }[reason];
    return { exitCode: 1, output: `wget: ${text}\n` };
  }
}

/** `curl [-s] [-S] [-f] [-i] [-m S] [-o FILE] [-w FORMAT] [-X METHOD] [-H HEADER] [-d BODY] URL` with curl's exit codes. */
export async function curl(
  args: string[],
  probe: LinkProbe,
): Promise<CommandResult> {
  const { options, rest } = parseOptions(args, [
    '-m',
    '-o',
    '-w',
    '-X',
    '-H',
    '-d',
    '--max-time',
    '--connect-timeout',
    '--output',
    '--write-out',
    '--retry',
  ]);
  const target = parseUrl(rest[0] ?? '');
  if (!target) {
    return {
      exitCode: rest[0] ? 1 : 2,
      output: `curl: (${rest[0] ? 1 : 2}) not an http URL: ${rest[0] ?? ''}\n`,
    };
  }
  const [name, ...value] = (options.get('-H') ?? '').split(':');
  const timeoutS = Number(
    options.get('-m') ??
      options.get('--max-time') ??
      options.get('--connect-timeout') ??
      300,
  );
  try {
    const response = await send(probe, target, {
      agent: 'curl/8.5.0',
      timeoutS,
      method: options.get('-X') ?? (options.has('-d') ? 'POST' : 'GET'),
      headers: name
        ? { [name.trim().toLowerCase()]: value.join(':').trim() }
        : {},
      body: options.get('-d'),
    });
    return { ...rendered(response, options) };
  } catch (error) {
    const [code, text] = (
      {
        dns: [6, `Could not resolve host: ${target.host}`],
        refused: [
          7,
          `Failed to connect to ${target.host} port ${target.port}: Connection refused`,
        ],
        timeout: [
          28,
          `Connection timed out after ${timeoutS * 1000} milliseconds`,
        ],
      } as const
    )[reasonOf(error)];
    const quiet = options.has('-s') && !options.has('-S');
    return { exitCode: code, output: quiet ? '' : `curl: (${code}) ${text}\n` };
  }
}

function rendered(
  response: HttpResponse,
  options: Map<string, string>,
): CommandResult {
  const failed =
    (options.has('-f') || options.has('--fail')) && response.status >= 400;
  if (failed && !options.has('-w') && !options.has('--write-out')) {
    return {
      exitCode: 22,
      output:
        options.has('-s') && !options.has('-S')
          ? ''
          : `curl: (22) The requested URL returned error: ${response.status}\n`,
    };
  }
  const head = options.has('-i')
    ? `HTTP/1.1 ${response.status} ${
        STATUS_CODES[response.status] ?? ''
      }\r\n${Object.entries(response.headers)
        .map(([k, v]) => `${k}: ${v}\r\n`)
        .join('')}\r\n`
    : '';
  const file = options.get('-o') ?? options.get('--output');
  const body = file && file !== '-' ? '' : String(response.body);
  const tail = (options.get('-w') ?? options.get('--write-out') ?? '')
    .replace(/%\{(http_code|response_code)\}/g, String(response.status))
    .replace(/\\n/g, '\n');
  return {
    exitCode: failed ? 22 : 0,
    output: `${head}${failed ? '' : body}${tail}`,
  };
}

function reasonOf(error: unknown): CallError['reason'] {
  if (error instanceof CallError) {
    return error.reason;
  }
  throw error;
}
