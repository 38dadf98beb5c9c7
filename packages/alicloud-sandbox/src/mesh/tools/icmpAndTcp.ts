import type { SandboxClock } from '../../contract';
import type { LinkProbe } from '../linkProbe';
import type { CommandResult } from '../shell';
import { parseOptions, valueOf, type OptionTable } from './options';

const PING: OptionTable = {
  count: { names: ['-c'], value: true },
  patience: { names: ['-W'], value: true },
  deadline: { names: ['-w'], value: true },
  interval: { names: ['-i'], value: true },
  size: { names: ['-s'], value: true },
  quiet: { names: ['-q'] },
  ignored: { names: ['-n', '-4', '-A'] },
  ignoredValue: { names: ['-I', '-t', '-p'], value: true },
};

const NETCAT: OptionTable = {
  scan: { names: ['-z'] },
  verbose: { names: ['-v'] },
  patience: { names: ['-w'], value: true },
  ignored: { names: ['-n', '-4'] },
  ignoredValue: { names: ['-p', '-s', '-i'], value: true },
};

/** `ping [-c N] [-W S] [-w S] [-i S] [-s N] [-q] HOST`, with busybox's output; exit code 1 when nothing came back. */
export async function ping(
  args: string[],
  probe: LinkProbe,
  clock: SandboxClock,
): Promise<CommandResult> {
  const parsed = parseOptions(args, PING);
  if (parsed.unknown) {
    return {
      exitCode: 1,
      output: `ping: unrecognized option: ${parsed.unknown.slice(1)}\n`,
    };
  }
  const number = (key: string, fallback: number) =>
    Number(valueOf(parsed, key)) || fallback;
  const host = parsed.rest[0];
  if (!host) {
    return { exitCode: 1, output: 'ping: missing host operand\n' };
  }
  const ip = probe.resolve(host);
  if (!ip) {
    return { exitCode: 1, output: `ping: bad address '${host}'\n` };
  }
  const count = number('count', 4);
  const size = number('size', 56);
  const intervalMs = 1000 * number('interval', 1);
  const deadlineMs = 1000 * number('deadline', Infinity);
  const quiet = parsed.options.has('quiet');
  const times: number[] = [];
  const lines = [`PING ${host} (${ip}): ${size} data bytes`];
  let sent = 0;
  for (let passedMs = 0; sent < count; passedMs += intervalMs) {
    const answer = probe.connect(ip, 0);
    sent++;
    if (answer.kind === 'open') {
      times.push(answer.roundTripMs);
      if (!quiet) {
        const ms = answer.roundTripMs.toFixed(3);
        lines.push(
          `${size + 8} bytes from ${ip}: seq=${sent - 1} ttl=62 time=${ms} ms`,
        );
      }
    }
    if (passedMs + intervalMs >= deadlineMs) {
      await clock.sleep(deadlineMs - passedMs);
      break;
    }
    if (sent < count) {
      await clock.sleep(intervalMs);
    } else if (answer.kind !== 'open') {
      await clock.sleep(1000 * number('patience', 10));
    }
  }
  const loss = Math.round((100 * (sent - times.length)) / sent);
  lines.push(
    '',
    `--- ${host} ping statistics ---`,
    `${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss`,
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
  const parsed = parseOptions(args, NETCAT);
  const [host, portText] = parsed.rest;
  const port = Number(portText);
  if (parsed.unknown) {
    return {
      exitCode: 1,
      output: `nc: unrecognized option: ${parsed.unknown.slice(1)}\n`,
    };
  }
  if (!parsed.options.has('scan')) {
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
    return {
      exitCode: 0,
      output: parsed.options.has('verbose') ? `${peer} open\n` : '',
    };
  }
  if (answer.kind === 'refused') {
    return { exitCode: 1, output: `nc: ${peer}: Connection refused\n` };
  }
  const patience = Number(valueOf(parsed, 'patience') ?? 127);
  await clock.sleep(patience * 1000);
  return {
    exitCode: 1,
    output: `nc: ${
      parsed.options.has('patience')
        ? 'timed out'
        : `${peer}: Operation timed out`
    }\n`,
  };
}
