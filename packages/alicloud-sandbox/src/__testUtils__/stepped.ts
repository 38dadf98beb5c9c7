import { apiOf, deployment } from '../kube/__testUtils__/api';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox';
import { account, control } from './account';
import { clusterBody } from './guide';

export const HOUR = 3600_000;
const PODS = { group: '', version: 'v1', resource: 'pods' };

/** A sandbox in real time, so that nothing happens but by steps. */
export const startStepped = (options: SandboxOptions = {}) =>
  startSandbox({ timeScale: 1, gatewayPort: 0, ...options });

/** Lets simulated milliseconds pass. */
export const step = (sandbox: Sandbox, advanceMs: number) =>
  control(sandbox, '/clock', 'POST', { advanceMs });

/** A network, a cluster and a Deployment in it; returns every id that came up. */
export async function makeSteppedCluster(sandbox: Sandbox) {
  const { vpc, ack } = account(sandbox);
  const made = await vpc('CreateVpc', {
    RegionId: 'cn-hangzhou',
    CidrBlock: '20.0.0.0/8',
  });
  await step(sandbox, 10_000);
  const vSwitch = await vpc('CreateVSwitch', {
    RegionId: 'cn-hangzhou',
    VpcId: made.VpcId,
    CidrBlock: '20.0.0.0/16',
    ZoneId: 'cn-hangzhou-h',
  });
  await step(sandbox, 10_000);
  const site = {
    regionId: 'cn-hangzhou',
    vpcId: made.VpcId,
    vSwitchId: vSwitch.VSwitchId,
    zoneId: 'cn-hangzhou-h',
    routeTableId: made.RouteTableId,
  };
  const cluster = await ack.post(
    '/clusters',
    clusterBody('ack', site, '10.0.0.0/16', '172.16.0.0/16'),
  );
  await step(sandbox, HOUR);
  const kube = sandbox.kube.get(cluster.cluster_id)!;
  const call = apiOf(kube);
  const answers = [];
  for (const name of ['a', 'b']) {
    answers.push(
      await call('/apis/apps/v1/namespaces/default/deployments', {
        method: 'POST',
        body: deployment(name, 3),
      }),
    );
  }
  await step(sandbox, HOUR);
  const pods = kube.storage.list(PODS, 'default');
  return {
    answers: [made, vSwitch, cluster],
    kube,
    transcript: {
      made,
      vSwitch,
      cluster,
      uids: answers.map(answer => answer.body.metadata.uid),
      pods: pods.map(pod => [
        pod.metadata.name,
        pod.metadata.uid,
        pod.spec.nodeName,
        pod.status.podIP,
        pod.status.phase,
      ]),
      inventory: (await control(sandbox, '/inventory')).resources.map(
        ({ id }: { id: string }) => id,
      ),
    },
  };
}
