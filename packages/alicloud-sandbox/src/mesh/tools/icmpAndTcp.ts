import type { SandboxClock } from '../../contract';
import type { LinkProbe } from '../linkProbe';
import type { CommandResult } from '../shell';

/** Options with a value, and the remaining words. */
export function parseOptions(
  args: string[],
  withValue: string[],
): { options: Map<string, string>; rest: string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg.startsWith('--')) {
      const [name, value] = arg.split('=', 2);
      options.set(
        name,
        value ?? (withValue.includes(name) ? args[++i] ?? '' : 'true'),
      );
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let j = 1; j < arg.length; j++) {
        const name = `-${arg[j]}`;
        if (withValue.includes(name)) {
          options.set(name, arg.slice(j + 1) || args[++i] || '');
          break;
        }
        options.set(name, 'true');
      }
    } else {
      rest.push(arg);
    }
  }
  return { options, rest };
}

/** `ping [-c N] [-W S] HOST`, with busybox's output; exit code 1 when nothing came back. */
export async function ping(
  args: string[],
  probe: LinkProbe,
  clock: SandboxClock,
): Promise<CommandResult> {
  const { options, rest } = parseOptions(args, [
    '-c',
    '-W',
    '-w',
    '-i',
    '-s',
    '-I',
    '-t',
  ]);
  const host = rest[0];
  if (!host) {
    return { exitCode: 1, output: 'ping: missing host operand\n' };
  }
  const ip = probe.resolve(host);
  if (!ip) {
    return { exitCode: 1, output: `ping: bad address '${host}'\n` };
  }
  const count = Math.max(1, Number(options.get('-c') ?? 4) || 1);
  const times: number[] = [];
  const lines = [`PING ${host} (${ip}): 56 data bytes`];
  for (let seq = 0; seq < count; seq++) {
    const answer = probe.connect(ip, 0);
    if (answer.kind === 'open') {
      times.push(answer.roundTripMs);
      lines.push(
        `64 bytes from ${ip}: seq=${seq} ttl=62 time=${answer.roundTripMs.toFixed(
          3,
        )} ms`,
      );
    }
    const last = seq === count - 1;
    if (!last) {
      await clock.sleep(1000);
    } else if (answer.kind !== 'open') {
      await clock.sleep(1000 * Number(options.get('-W') ?? 10));
    }
  }
  const loss = Math.round((100 * (count - times.length)) / count);
  lines.push(
    '',
    `--- ${host} ping statistics ---`,
    `${count} packets transmitted, ${times.length} packets received, ${loss}% packet loss`,
  );
  if (times.length > 0) {
    const average = times.reduce((sum, t) => sum + t, 0) / times.length;
    lines.push(
      `round-trip min/avg/max = ${Math.min(...times).toFixed(
        3,
      )}/${average.toFixed(3)}/${Math.max(...times).toFixed(3)} ms`,
    );
  }
  return {
    exitCode: times.length > 0 ? 0 : 1,
    output: `${lines.join('\n')}\n`,
  };
}

/** `nc -z [-v] [-w S] HOST PORT`: exit code 0 when the port is open. */
export async function netcat(
  args: string[],
  probe: LinkProbe,
  clock: SandboxClock,
): Promise<CommandResult> {
  const { options, rest } = parseOptions(args, ['-w', '-p', '-s', '-i']);
  const [host, portText] = rest;
  const port = Number(portText);
  if (!options.has('-z')) {
    return { exitCode: 1, output: 'nc: only -z (scan) is supported here\n' };
  }
  if (!host || !(port > 0 && port < 65536)) {
    return { exitCode: 1, output: `nc: bad port '${portText ?? ''}'\n` };
  }
  const ip = probe.resolve(host);
  if (!ip) {
    return { exitCode: 1, output: `nc: bad address '${host}'\n` };
  }
  const answer = probe.connect(ip, port);
  const peer = `${host} (${ip}:${port})`;
  if (answer.kind === 'open') {
    return { exitCode: 0, output: options.has('-v') ? `${peer} open\n` : '' };
  }
  if (answer.kind === 'refused') {
    return { exitCode: 1, output: `nc: ${peer}: Connection refused\n` };
  }
  const patience = Number(options.get('-w') ?? 127);
  await clock.sleep(patience * 1000);
  return {
    exitCode: 1,
    output: `nc: ${
      options.has('-w') ? 'timed out' : `${peer}: Operation timed out`
    }\n`,
  };
}
