import type {
  CloudView,
  KubeCluster,
  KubeFleet,
  KubeObject,
  PodRuntime,
  SandboxClock,
} from '../contract';
import { viewPod } from './clusterView';
import type { DataPlane } from './dataPlane';
import { LinkProbe } from './linkProbe';
import type { LoadBalancers } from './loadBalancers';
import type { Network } from './network';
import type { Registry } from './registry';
import { expandReferences, runShell, type CommandTable } from './shell';
import { ping, netcat } from './tools/icmpAndTcp';
import { curl } from './tools/curl';
import { wget } from './tools/wget';

/** Parts of the data plane that commands in pods act through. */
export interface RuntimeParts {
  clock: SandboxClock;
  cloud: CloudView;
  kube: KubeFleet;
  registry: Registry;
  network: Network;
  dataPlane: DataPlane;
  loadBalancers: LoadBalancers;
}

const SHELLS = new Set([
  'sh',
  '/bin/sh',
  'ash',
  '/bin/ash',
  'bash',
  '/bin/bash',
]);

/**
 * Runs the commands of Job pods. Understood are `ping`, `nc -z`, `wget`, `curl`, `echo`, `sleep`, `true` and `false`,
 * alone or in `sh -c` joined by `&&`, `||`, `;`; everything else ends with 127 "not found".
 */
export function createPodRuntime(parts: RuntimeParts): PodRuntime {
  return {
    run: (cluster, pod) => runPod(parts, cluster, pod),
  };
}

async function runPod(
  parts: RuntimeParts,
  cluster: KubeCluster,
  pod: KubeObject,
): Promise<{ exitCode: number; log: string }> {
  const nodes = parts.registry.cluster(cluster.spec.id)!;
  const view = viewPod(cluster.spec.id, pod, nodes.nodeLocality);
  const probe = new LinkProbe(parts, view);
  const { clock } = parts;
  const commands: Record<string, (args: string[]) => ReturnType<CommandTable>> =
    {
      ping: args => ping(args, probe, clock),
      nc: args => netcat(args, probe, clock),
      wget: args => wget(args, probe),
      curl: args => curl(args, probe),
      echo: async args => ({ exitCode: 0, output: `${args.join(' ')}\n` }),
      true: async () => ({ exitCode: 0, output: '' }),
      false: async () => ({ exitCode: 1, output: '' }),
      sleep: async args => {
        await clock.sleep((Number.parseFloat(args[0]) || 0) * 1000);
        return { exitCode: 0, output: '' };
      },
    };
  const run: CommandTable = words => {
    const name = words[0].replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
    return Object.hasOwn(commands, name)
      ? commands[name](words.slice(1))
      : undefined;
  };
  let exitCode = 0;
  let log = '';
  for (const container of view.containers) {
    if (container.name !== 'istio-proxy') {
      const env = { HOSTNAME: view.name, ...container.env };
      const words = container.args.map(word => expandReferences(word, env));
      const result = await execute(words, env, run);
      exitCode = exitCode || result.exitCode;
      log += result.output;
    }
  }
  return { exitCode, log };
}

async function execute(
  words: string[],
  env: Record<string, string>,
  run: CommandTable,
) {
  if (words.length === 0) {
    return {
      exitCode: 127,
      output: 'no command: the sandbox does not know what this image runs\n',
    };
  }
  if (SHELLS.has(words[0])) {
    const option = words.findIndex(w => /^-[a-z]*c$/.test(w));
    return runShell(option < 0 ? '' : words[option + 1] ?? '', env, run);
  }
  return (
    (await run(words)) ?? {
      exitCode: 127,
      output: `exec: "${words[0]}": executable file not found in $PATH\n`,
    }
  );
}
