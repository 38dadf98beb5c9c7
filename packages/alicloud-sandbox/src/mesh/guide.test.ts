import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import {
  account,
  control,
  until,
  type Account,
} from '../__testUtils__/account';
import { type Connection, join, makeEnvironment } from '../__testUtils__/guide';
import { startSandbox, type Sandbox } from '../sandbox';
import { GVR } from './gvr';
import { FAILOVER } from './__testUtils__/bookinfo';
import {
  createRoutes,
  deploySplitBookinfo,
} from './__testUtils__/kubeBookinfo';

jest.setTimeout(60_000);

/** All floors together: what the guide's reader does, with the cloud's own API and HTTP through the gateway. */
describe('the guide on the whole sandbox', () => {
  let directory: string;
  let sandbox: Sandbox;
  let cloud: Account;
  let mesh: string;
  let clusters: { hangzhou: string; shanghai: string };
  let connection: Connection;

  const start = async () => {
    sandbox = await startSandbox({
      timeScale: 500,
      gatewayPort: 0,
      stateDir: directory,
      flannelRoutes: 'automatic',
    });
    cloud = account(sandbox);
  };

  const gateway = async (clusterId: string): Promise<any> => {
    const { loadBalancers } = await control(sandbox, '/loadbalancers');
    return loadBalancers.find(
      (l: any) => l.clusterId === clusterId && l.servicePort === 80,
    );
  };

  const reviews = async (n: number) => {
    const { host, port } = await gateway(clusters.hangzhou);
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const answer = await fetch(
        `http://${host}:${port}/api/v1/products/0/reviews`,
      );
      const key = answer.ok
        ? ((await answer.json()) as any).clustername
        : answer.status;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };

  const scale = (replicas: number) =>
    sandbox.kube
      .get(clusters.hangzhou)!
      .storage.update(GVR.deployments, 'default', 'reviews-v1', d => {
        d.spec.replicas = replicas;
      });

  beforeAll(async () => {
    directory = mkdtempSync(joinPath(tmpdir(), 'sandbox-'));
    await start();
    ({ connection, clusters, mesh } = await makeEnvironment(cloud, {
      bandwidth: 100,
    }));
    const { hangzhou, shanghai } = clusters;
    const blocks = { hangzhou: '10.1.0.0/16', shanghai: '10.0.0.0/16' };
    for (const place of ['hangzhou', 'shanghai'] as const) {
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
    for (const cluster of [hangzhou, shanghai]) {
      const { State, ErrorMessage } = await join(cloud, mesh, cluster);
      if (State !== 'running') {
        throw new Error(ErrorMessage);
      }
    }
    deploySplitBookinfo(sandbox.kube.get(hangzhou)!, 'v1');
    deploySplitBookinfo(sandbox.kube.get(shanghai)!, 'v2');
    createRoutes(sandbox.kube.get(mesh)!, {
      connectionPool: { tcp: { connectTimeout: '200ms' } },
      outlierDetection: {
        consecutive5xxErrors: 1,
        maxEjectionPercent: 100,
        baseEjectionTime: '1s',
        interval: '500ms',
      },
    });
    await cloud.asm('UpdateMeshFeature', {
      ServiceMeshId: mesh,
      LocalityLoadBalancing: true,
      LocalityLBConf: JSON.stringify({ failover: FAILOVER }),
    });
    await until(
      'the gateways',
      async () => (await gateway(hangzhou)) && (await gateway(shanghai)),
    );
    // A load balancer without a healthy backend closes the connection.
    await until('all of Bookinfo', () =>
      reviews(1).then(
        counts => counts['ack-hangzhou'],
        () => undefined,
      ),
    );
  });

  afterAll(async () => {
    await sandbox.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('fails over to Shanghai when v1 is scaled to 0', async () => {
    expect(await reviews(6)).toEqual({ 'ack-hangzhou': 6 });
    scale(0);
    await until('the change', async () => (await reviews(1))['ack-shanghai']);
    expect(await reviews(10)).toEqual({ 'ack-shanghai': 10 });
  });

  it('loses the other region with the path to it, and finds it again', async () => {
    const path = {
      TransitRouterAttachmentId: connection.peer,
      TransitRouterRouteTableId: connection.routers.hangzhou.table,
    };
    await cloud.cen('DissociateTransitRouterAttachmentFromRouteTable', path);
    await until('the loss', async () => (await reviews(1))[503]);
    const { hops } = await control(sandbox, '/traces?limit=50');
    const results = hops.flatMap((h: any) => h.attempts);
    expect(results.map((a: any) => a.result)).toContain('UF');
    await until('the association to be gone', async () => {
      const { TotalCount } = await cloud.cen(
        'ListTransitRouterRouteTableAssociations',
        path,
      );
      return TotalCount === 0;
    });
    await cloud.cen('AssociateTransitRouterAttachmentWithRouteTable', path);
    await until('the way back', async () => (await reviews(1))['ack-shanghai']);
  });

  it('keeps addresses and carries traffic after a restart', async () => {
    const before = await gateway(clusters.hangzhou);
    scale(1);
    await sandbox.stop();
    await start();
    const after = await until('the gateway', () => gateway(clusters.hangzhou));
    expect(after.ip).toBe(before.ip);
    await until('Hangzhou', async () => (await reviews(1))['ack-hangzhou']);
    expect(await reviews(6)).toEqual({ 'ack-hangzhou': 6 });
  });
});
