// The sandbox's own tests make the guide's environment; measuring the same one is worth reaching into them.
/* eslint-disable no-restricted-imports, @backstage/no-forbidden-package-imports */
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import {
  account,
  control,
  until,
} from '@mesh-dr/alicloud-sandbox/src/__testUtils__/account';
import {
  join,
  makeEnvironment,
} from '@mesh-dr/alicloud-sandbox/src/__testUtils__/guide';
import {
  createRoutes,
  deploySplitBookinfo,
} from '@mesh-dr/alicloud-sandbox/src/mesh/__testUtils__/kubeBookinfo';

const PLACES = ['hangzhou', 'shanghai'] as const;

/** The guide's environment with Bookinfo in both regions, and where Hangzhou's gateway really listens. */
export async function startBookinfo(): Promise<{
  sandbox: Sandbox;
  host: string;
  port: number;
}> {
  const sandbox = await startSandbox({
    timeScale: 500,
    gatewayPort: 0,
    flannelRoutes: 'automatic',
  });
  const cloud = account(sandbox);
  const { clusters, mesh } = await makeEnvironment(cloud, { bandwidth: 100 });
  const blocks = { hangzhou: '10.1.0.0/16', shanghai: '10.0.0.0/16' };
  for (const place of PLACES) {
    const { security_group_id: SecurityGroupId } = await cloud.ack.get(
      `/clusters/${clusters[place]}`,
    );
    for (const SourceCidrIp of [blocks[place], '192.168.0.0/16']) {
      await cloud.ecs('AuthorizeSecurityGroup', {
        RegionId: `cn-${place}`,
        SecurityGroupId,
        IpProtocol: 'all',
        PortRange: '-1/-1',
        SourceCidrIp,
      });
    }
  }
  for (const place of PLACES) {
    const { State, ErrorMessage } = await join(cloud, mesh, clusters[place]);
    if (State !== 'running') throw new Error(ErrorMessage);
    // Both versions ask ratings for stars, so that every page takes all hops.
    deploySplitBookinfo(
      sandbox.kube.get(clusters[place])!,
      place === 'hangzhou' ? 'v2' : 'v3',
    );
  }
  createRoutes(sandbox.kube.get(mesh)!, {
    outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 },
  });
  await cloud.asm('UpdateMeshFeature', {
    ServiceMeshId: mesh,
    LocalityLoadBalancing: true,
    LocalityLBConf: JSON.stringify({
      failover: [
        { from: 'cn-hangzhou', to: 'cn-shanghai' },
        { from: 'cn-shanghai', to: 'cn-hangzhou' },
      ],
    }),
  });
  const gateway: any = await until('the gateway', async () => {
    const { loadBalancers } = await control(sandbox, '/loadbalancers');
    return loadBalancers.find((l: any) => l.clusterId === clusters.hangzhou);
  });
  const { host, port } = gateway;
  // Until the gateway's pods are ready its load balancer closes connections.
  const page = () =>
    fetch(`http://${host}:${port}/productpage`).then(
      answer => answer.text(),
      () => '',
    );
  await until('all of Bookinfo', async () => {
    const text = await page();
    return text.includes('full stars') && text.includes('Book Details');
  });
  return { sandbox, host, port };
}
