import { STATUS_CODES } from 'node:http';
import type { LinkProbe } from '../linkProbe';
import type { CommandResult } from '../shell';
import { fetchThrough, parseUrl, reasonOf } from './httpTarget';
import { parseOptions, valueOf, type OptionTable } from './options';

const OPTIONS: OptionTable = {
  agent: { names: ['-U', '--user-agent'], value: true },
  body: { names: ['--post-data'], value: true },
  file: { names: ['-O', '--output-document'], value: true },
  header: { names: ['--header'], value: true },
  quiet: { names: ['-q', '--quiet'] },
  response: { names: ['-S', '--server-response'] },
  spider: { names: ['--spider'] },
  timeout: { names: ['-T', '--timeout'], value: true },
  ignored: { names: ['-c', '--no-check-certificate', '-nv', '-4'] },
  ignoredValue: { names: ['-t', '--tries', '-P', '-Y'], value: true },
};

const DEFAULT_TIMEOUT_S = 900;
const REDIRECTS = 5;

/** `wget` with busybox's options, messages and exit codes; only `-O -` prints the body. */
export async function wget(
  args: string[],
  probe: LinkProbe,
): Promise<CommandResult> {
  const parsed = parseOptions(args, OPTIONS);
  const has = (key: string) => parsed.options.has(key);
  const fail = (text: string) => ({ exitCode: 1, output: `wget: ${text}\n` });
  if (parsed.unknown) {
    return fail(`unrecognized option: ${parsed.unknown.replace(/^-+/, '')}`);
  }
  const target = parseUrl(parsed.rest[0] ?? '');
  if (!target) {
    return fail(`bad address '${parsed.rest[0] ?? ''}'`);
  }
  if (target.scheme !== 'http') {
    return fail(`not an http or ftp url: ${parsed.rest[0]}`);
  }
  const ip = probe.resolve(target.host) ?? target.host;
  const headers: Record<string, string> = {
    'user-agent': valueOf(parsed, 'agent') ?? 'Wget',
  };
  for (const header of parsed.options.get('header') ?? []) {
    const [name, ...value] = header.split(':');
    headers[name.trim().toLowerCase()] = value.join(':').trim();
  }
  const body = valueOf(parsed, 'body');
  const timeoutS = Number(valueOf(parsed, 'timeout') ?? DEFAULT_TIMEOUT_S);
  let said = has('quiet')
    ? ''
    : `Connecting to ${target.authority} (${ip}:${target.port})\n`;
  try {
    const { response } = await fetchThrough(
      probe,
      target,
      { method: body === undefined ? 'GET' : 'POST', headers, body },
      { timeoutMs: timeoutS * 1000, redirects: REDIRECTS },
    );
    const line = `HTTP/1.1 ${response.status} ${
      STATUS_CODES[response.status] ?? ''
    }`;
    if (has('response')) {
      said += `  ${line}\n`;
    }
    if (response.status >= 400) {
      return {
        exitCode: 1,
        output: `${said}wget: server returned error: ${line}\n`,
      };
    }
    const page =
      !has('spider') && valueOf(parsed, 'file') === '-' ? response.body : '';
    const found = has('spider') && !has('quiet') ? 'remote file exists\n' : '';
    return { exitCode: 0, output: `${said}${page}${found}` };
  } catch (error) {
    const text = {
      dns: `bad address '${target.host}'`,
      refused: `can't connect to remote host (${ip}): Connection refused`,
      timeout: 'download timed out',
    }[reasonOf(error)];
    return { exitCode: 1, output: `${said}wget: ${text}\n` };
  }
}
