/** The API servers, in a process of their own. */
import { startSandbox, type KubeCluster } from '@mesh-dr/alicloud-sandbox';
import { DelayProxy } from './DelayProxy';
import { Filling } from './Filling';
import {
  MESH_ID,
  type CloudAnswer,
  type CloudQuestion,
  type Clouds,
  type World,
} from './protocol';

const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'cn-beijing', 'cn-shenzhen'];
const CREDENTIAL_MS = 4 * 3_600_000;
const TICK_MS = 20;

async function main() {
  const world: World = JSON.parse(process.argv[2]);
  const sandbox = await startSandbox({ timeScale: 100, gatewayPort: 0 });
  const kubernetesVersion = '1.32.1-aliyun.1';
  const clusters: KubeCluster[] = [];
  for (let n = 0; n < world.clusters; n++) {
    const cluster = await sandbox.kube.open({
      id: `c${String(n).padStart(32, '0')}`,
      kind: 'ack',
      name: `cluster-${n}`,
      region: REGIONS[n % REGIONS.length],
      kubernetesVersion,
      podCidr: `10.${n}.0.0/16`,
      serviceCidr: `172.${16 + (n % 16)}.0.0/16`,
      networkPlugin: 'flannel',
      nodeCidrMask: 24,
    });
    clusters.push(cluster);
  }
  const mesh = await sandbox.kube.open({
    id: MESH_ID,
    kind: 'asm',
    name: 'bench',
    region: REGIONS[0],
    kubernetesVersion,
  });
  const proxies = await Promise.all(
    clusters.map(cluster => DelayProxy.start(cluster.port)),
  );
  const filling = new Filling(world, clusters);
  let churn: NodeJS.Timeout | undefined;

  const answer = async (question: CloudQuestion): Promise<void> => {
    switch (question.do) {
      case 'fill':
        await filling.fill();
        break;
      case 'rtt':
        for (const proxy of proxies) proxy.roundTripMs = question.ms;
        break;
      case 'mark':
        filling.mark(question.version, question.service, question.cluster);
        break;
      case 'churn': {
        clearInterval(churn);
        const perTick = (question.perSecond * TICK_MS) / 1000;
        let due = 0;
        let last = performance.now();
        if (perTick > 0) {
          churn = setInterval(() => {
            const now = performance.now();
            due += ((now - last) / 1000) * question.perSecond;
            last = now;
            for (; due >= 1; due--) filling.change();
          }, TICK_MS);
        }
        break;
      }
      case 'hang':
        clusters[question.cluster].suspend('hanging');
        break;
      case 'wake':
        clusters[question.cluster].resume();
        break;
      default:
        clusters[question.cluster].revokeKubeconfigs();
        clusters[question.cluster].suspend('gone');
        clusters[question.cluster].resume();
    }
  };
  process.on('message', async (question: CloudQuestion) => {
    await answer(question);
    process.send!({
      at: Date.now(),
      changes: filling.changes,
    } satisfies CloudAnswer);
  });
  process.on('disconnect', () => process.exit(0));

  process.send!({
    control: sandbox.control,
    mesh: {
      region: REGIONS[0],
      kubeconfig: mesh.kubeconfig({ ttlMs: CREDENTIAL_MS }).yaml,
    },
    members: clusters.map((cluster, n) => {
      const server = `https://127.0.0.1:${proxies[n].port}`;
      return {
        id: cluster.spec.id,
        name: cluster.spec.name,
        region: cluster.spec.region,
        server,
        kubeconfig: cluster.kubeconfig({ ttlMs: CREDENTIAL_MS, server }).yaml,
      };
    }),
  } satisfies Clouds);
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
