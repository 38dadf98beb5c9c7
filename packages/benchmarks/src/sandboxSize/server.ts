import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  CLUSTERS,
  NODES_PER_CLUSTER,
  type ServerQuestion,
  type ServerReport,
} from './protocol';

/** The sandbox in a process of its own, with empty clusters; the benchmark talks to it as any client does. */

const ZONES = ['h', 'i', 'j'];
const CREDENTIAL_MS = 3_600_000;

async function addCluster(sandbox: Sandbox, n: number): Promise<string> {
  const region = n % 2 ? 'cn-shanghai' : 'cn-hangzhou';
  const cluster = await sandbox.kube.open({
    id: `c${String(n).padStart(32, '0')}`,
    kind: 'ack',
    name: `cluster-${n}`,
    region,
    kubernetesVersion: '1.32.1-aliyun.1',
    podCidr: `10.${n}.0.0/16`,
    serviceCidr: `172.${16 + (n % 16)}.0.0/16`,
    networkPlugin: 'flannel',
    nodeCidrMask: 26,
  });
  for (let node = 0; node < NODES_PER_CLUSTER; node++) {
    const ip = `20.${n}.0.${10 + node}`;
    cluster.addNode({
      name: `${region}.${ip}`,
      zone: `${region}-${ZONES[node % ZONES.length]}`,
      instanceId: `i-${n}-${node}`,
      instanceType: 'ecs.g7.4xlarge',
      ip,
      cpu: '16',
      memory: '64Gi',
    });
  }
  return cluster.kubeconfig({ ttlMs: CREDENTIAL_MS }).yaml;
}

async function main() {
  const sandbox = await startSandbox({ timeScale: 100, gatewayPort: 0 });
  const kubeconfigs: string[] = [];
  for (let n = 0; n < CLUSTERS; n++) {
    kubeconfigs.push(await addCluster(sandbox, n));
  }
  const report = () => {
    global.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send!({ kubeconfigs, rss, heapUsed } satisfies ServerReport);
  };
  process.on('message', async (question: ServerQuestion) => {
    if (question === 'report') {
      report();
      return;
    }
    await sandbox.stop();
    process.exit(0);
  });
  process.on('disconnect', () => process.exit(1));
  report();
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
