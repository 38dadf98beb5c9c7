import type { KubeCluster } from '../../contract';
import { isPodReady, isTrue } from '../controllers/conditions';
import { DEPLOYMENTS, NODES, PODS } from '../kinds';
import { eventually, HANGZHOU, nodeSpec, testFleet } from './fleet';

/** For every test of the calling block: a cluster whose controllers run on a fast clock and must not fail even once. */
export function setUpControllers() {
  let test: ReturnType<typeof testFleet>;
  let cluster: KubeCluster;

  beforeEach(async () => {
    test = testFleet();
    cluster = await test.fleet.open(HANGZHOU);
  });

  afterEach(async () => {
    await test.stop();
    // A control loop that failed, even once, is a fault in any of these tests.
    if (test.warnings.length > 0)
      throw new Error(JSON.stringify(test.warnings));
  });

  const pods = () => cluster.storage.list(PODS, 'default');
  return {
    get test() {
      return test;
    },
    get cluster() {
      return cluster;
    },
    pods,
    readyPods: (app: string) =>
      pods().filter(p => p.metadata.labels?.app === app && isPodReady(p)),
    /** The status of a Deployment. */
    status: (name: string) =>
      cluster.storage.get(DEPLOYMENTS, 'default', name)?.status,
    /** Waits until a Deployment has what it wants. */
    settled: (name: string, replicas: number) =>
      eventually(
        `${name} has ${replicas} available replicas and no more`,
        () => {
          const d = cluster.storage.get(DEPLOYMENTS, 'default', name)!;
          const s = d.status;
          return (
            s?.observedGeneration === d.metadata.generation &&
            (s.availableReplicas ?? 0) === replicas &&
            (s.updatedReplicas ?? 0) === replicas &&
            (s.replicas ?? 0) === replicas
          );
        },
      ),
    /** Adds nodes, waits until they are ready and answers with their shares of the Pod CIDR. */
    async withNodes(count = 2) {
      const cidrs = Array.from(
        { length: count },
        (_, n) => cluster.addNode(nodeSpec(n)).podCidr,
      );
      await eventually('nodes are ready', () =>
        cluster.storage.list(NODES).every(n => isTrue(n, 'Ready')),
      );
      return cidrs;
    },
  };
}
