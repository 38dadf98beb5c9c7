import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readFaultFile, type FaultFile } from './faults/file';
import { createStderrLog } from './log';
import { containsCidr, cidrOf, parseCidr } from './network/cidr';
import { SandboxOptions, startSandbox } from './sandbox';

const LOOPBACK = cidrOf('127.0.0.0/8');

const USAGE = `Usage: alicloud-sandbox [options]
  --port N            port of the OpenAPI endpoint (default 7780, 0 = any free one)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --time-scale N      simulated seconds per second (default 20)
  --state DIR         where the state is kept (default .mesh-dr/sandbox)
  --memory            keep no state
  --fresh             begin anew
  --gateway-port N    port of load balancers in place of 80 (default 18080)
  --lb-cidr BLOCK     loopback block for load balancer addresses (default 127.77.0.0/16)
  --flannel-routes M  must-be-published (default) or automatic
  --seed N            repeat a run: ids, names, faults, the data plane's choices
  --faults FILE       faults and outages from the start, YAML or JSON
  --data-plane-time-scale N
                      data-plane seconds per second: ejections, timeouts (default 1)
  --help
Credentials: ALICLOUD_SANDBOX_ACCESS_KEY_ID, ALICLOUD_SANDBOX_ACCESS_KEY_SECRET.`;

/** A flag that cannot be used; the message is for the person at the terminal. */
export class UsageError extends Error {}

/** Turns command line flags into options. @throws UsageError naming the flag. */
export function parseFlags(
  args: string[],
  env: Record<string, string | undefined>,
): SandboxOptions | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'time-scale': { type: 'string' },
        state: { type: 'string' },
        memory: { type: 'boolean' },
        fresh: { type: 'boolean' },
        'gateway-port': { type: 'string' },
        'lb-cidr': { type: 'string' },
        'flannel-routes': { type: 'string' },
        seed: { type: 'string' },
        faults: { type: 'string' },
        'data-plane-time-scale': { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return 'help';
  const number = (
    flag:
      | 'port'
      | 'time-scale'
      | 'gateway-port'
      | 'seed'
      | 'data-plane-time-scale',
    valid: (value: number) => boolean,
    expected: string,
  ): number | undefined => {
    const text = values[flag];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !valid(value)) {
      throw new UsageError(`--${flag} must be ${expected}, got '${text}'`);
    }
    return value;
  };
  const isPort = (value: number) =>
    Number.isInteger(value) && value >= 0 && value <= 65535;
  const isScale = (value: number) => value > 0 && Number.isFinite(value);
  const lbCidr = values['lb-cidr'];
  const block = lbCidr === undefined ? LOOPBACK : parseCidr(lbCidr);
  if (!block || !containsCidr(LOOPBACK, block)) {
    throw new UsageError(
      `--lb-cidr must be a block inside 127.0.0.0/8, for example 127.77.0.0/16, got '${lbCidr}'`,
    );
  }
  const flannelRoutes = values['flannel-routes'];
  if (
    flannelRoutes !== undefined &&
    flannelRoutes !== 'must-be-published' &&
    flannelRoutes !== 'automatic'
  ) {
    throw new UsageError(
      `--flannel-routes must be must-be-published or automatic, got '${flannelRoutes}'`,
    );
  }
  return {
    port: number('port', isPort, 'a port from 0 to 65535') ?? 7780,
    host: values.host,
    timeScale: number('time-scale', isScale, 'a positive number'),
    stateDir: values.memory ? false : values.state ?? '.mesh-dr/sandbox',
    fresh: values.fresh,
    gatewayPort: number('gateway-port', isPort, 'a port from 0 to 65535'),
    lbCidr,
    flannelRoutes,
    faults: values.faults === undefined ? undefined : faultsIn(values.faults),
    seed: number('seed', Number.isSafeInteger, 'a whole number'),
    dataPlaneTimeScale: number(
      'data-plane-time-scale',
      isScale,
      'a positive number',
    ),
    accessKeyId: env.ALICLOUD_SANDBOX_ACCESS_KEY_ID || undefined,
    accessKeySecret: env.ALICLOUD_SANDBOX_ACCESS_KEY_SECRET || undefined,
  };
}

function faultsIn(file: string): FaultFile {
  try {
    return readFaultFile(file);
  } catch (error) {
    throw new UsageError(`--faults: ${(error as Error).message}`);
  }
}

/** What to tell the person at the terminal when the sandbox cannot start. */
function explain(error: unknown, { port, host }: SandboxOptions): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken; stop what listens there or choose another with --port (0 takes any free one).`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `--host ${host} is not an address of this machine.`;
  }
  return message ?? String(error);
}

/**
 * Runs the sandbox until SIGTERM or SIGINT. Stdout gets one line: where it serves. Sets the exit code 2 for flags that
 * cannot be used and 1 when the sandbox cannot start or stop; the reason goes to stderr.
 */
export async function main(args: string[]): Promise<void> {
  let options: SandboxOptions | 'help';
  try {
    options = parseFlags(args, process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const log = createStderrLog();
  const started = startSandbox({ ...options, log });
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    started
      .then(sandbox => sandbox.stop())
      .then(
        () => process.exit(0),
        error => {
          log.warn('stop failed', { error: String(error) });
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  try {
    const sandbox = await started;
    process.stdout.write(
      `${JSON.stringify({
        endpoint: sandbox.endpoint,
        httpsEndpoint: sandbox.httpsEndpoint,
        accessKeyId: sandbox.accessKeyId,
        accessKeySecret: sandbox.accessKeySecret,
        control: sandbox.control,
        prometheus: sandbox.prometheus,
        ca: `${sandbox.control}/ca.pem`,
        ...(sandbox.caFile ? { caFile: resolve(sandbox.caFile) } : {}),
      })}\n`,
    );
  } catch (error) {
    process.stderr.write(`${explain(error, options)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).catch(error => {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
  });
}
