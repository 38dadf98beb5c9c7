import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stateDir } from './paths.mjs';
import { ensureAppBuilt, startPortal, startSandbox } from './portal.mjs';
import { portIsFree, Processes } from './processes.mjs';

const usage = `npm start -- [options]
  --no-sandbox        only the portal, on what app-config.yaml and --config name
  --config FILE       further configuration (may be repeated; with --no-sandbox)
  --port N            the portal's port (default 7007)
  --sandbox-port N    the local cloud's port (default 7780)
  --fresh             forget the local cloud's earlier state`;

/** `npm start`: the local cloud and the portal on it, until Ctrl-C. */
export async function start(args) {
  let options;
  try {
    options = parseArgs({
      args,
      options: {
        'no-sandbox': { type: 'boolean', default: false },
        config: { type: 'string', multiple: true, default: [] },
        port: { type: 'string', default: '7007' },
        'sandbox-port': { type: 'string', default: '7780' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const port = Number(options.port);
  const sandboxPort = Number(options['sandbox-port']);
  const needed = options['no-sandbox'] ? [port] : [port, sandboxPort];
  for (const wanted of needed) {
    if (!(await portIsFree(wanted))) {
      console.error(
        `Port ${wanted} is taken. Stop what listens there, or choose another with --port and --sandbox-port.`,
      );
      return 1;
    }
  }

  ensureAppBuilt();
  mkdirSync(stateDir, { recursive: true });
  const processes = new Processes();
  const stopped = new Promise(resolve => {
    processes.interrupted.then(() => resolve(0));
    processes.onUnexpectedExit = (entry, code) => {
      console.error(
        `\nThe ${entry.name} ended with ${code}:\n${entry.tail().slice(-3000)}`,
      );
      resolve(1);
    };
  });

  try {
    const gatewayPort = 18080;
    const sandbox = options['no-sandbox']
      ? undefined
      : await startSandbox(processes, {
          port: sandboxPort,
          state: stateDir,
          gatewayPort,
          fresh: options.fresh,
          logFile: path.join(stateDir, 'sandbox.log'),
        });
    const url = await startPortal(processes, {
      port,
      state: stateDir,
      sandbox,
      gatewayPort,
      configs: [
        'app-config.yaml',
        ...(sandbox ? ['app-config.sandbox.yaml'] : options.config),
      ],
      logFile: path.join(stateDir, 'portal.log'),
    });
    console.log(`
  Mesh DR is at ${url}${
      sandbox ? `   (local Alibaba Cloud at ${sandbox.endpoint})` : ''
    }

  1. Sign in, press Create and run "Multi-region mesh": two regions come up.
  2. Run "Bookinfo", then open the component "reviews" and its tab "Disaster recovery".
  3. Switch failover on, press Verify, and see which region answers.

  Ctrl-C stops everything. Logs: .mesh-dr/*.log
`);
    return await stopped;
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    await processes.stop();
  }
}
