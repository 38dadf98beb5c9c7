import { resolve } from 'node:path';
import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { type Alicloud } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { runAction } from '../__testUtils__/context';
import { sandboxDeps } from '../__testUtils__/deps';
import type { ActionDeps } from '../deps';
import { waitFor } from '../wait';
import { createActions } from '.';

jest.setTimeout(120_000);

const spec = (bandwidthMbps?: number) => ({
  name: 'kube',
  network: GUIDE_PLAN,
  cen: { bandwidthMbps },
  clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
  mesh: {},
  apiServerAccess: 'public',
});
const [HANGZHOU, SHANGHAI] = ['10.0.0.0/16', '10.1.0.0/16'];

describe('actions on the clusters of the local cloud', () => {
  let sandbox: Sandbox;
  let deps: ActionDeps;
  let cloud: Alicloud;
  let clusters: {
    id: string;
    name: string;
    region: string;
    securityGroupId: string;
  }[];
  let meshId: string;
  const workspacePath = resolve(__dirname, '../__testUtils__/workspace');
  const run = (id: string, input: object) =>
    runAction(createActions(deps).find(action => action.id === id)!, input, {
      workspacePath,
    });

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300 });
    deps = sandboxDeps(sandbox);
    cloud = deps.accounts.get();
    const { output } = await run('dr:environment:provision', { spec: spec() });
    ({ clusters, meshId } = output as any);
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  const connectivity = () => run('dr:connectivity:verify', { clusters });
  const left = async () => {
    const connection = deps.kubernetes.cluster({
      account: 'sandbox',
      regionId: clusters[0].region,
      clusterId: clusters[0].id,
    });
    const jobs = await connection.list(
      { apiVersion: 'batch/v1', plural: 'jobs' },
      'default',
    );
    const deployments = await connection.list(
      { apiVersion: 'apps/v1', plural: 'deployments' },
      'default',
    );
    return [...jobs.items, ...deployments.items].map(
      item => item.metadata.name,
    );
  };

  it('name the hop that keeps Pods from reaching each other, direction by direction', async () => {
    await expect(connectivity()).rejects.toThrow(
      /ack-hangzhou → ack-shanghai: bandwidth \(1\)\n- ack-shanghai → ack-hangzhou: bandwidth \(1\)\n\n1\. bandwidth: /,
    );
    expect(await left()).toEqual([]);

    await run('dr:environment:provision', { spec: spec(10) });
    const { output } = await connectivity();
    expect(output.results).toEqual([
      expect.objectContaining({ from: 'ack-hangzhou', ok: true }),
      expect.objectContaining({ from: 'ack-shanghai', ok: true }),
    ]);

    await cloud.ecs.revokeIngress({
      regionId: clusters[1].region,
      securityGroupId: clusters[1].securityGroupId,
      rules: [{ sourceCidrIp: HANGZHOU }],
    });
    await expect(connectivity()).rejects.toThrow(
      /: 1 of 2 directions fail\n\n- ack-hangzhou → ack-shanghai: security group \(1\)\n\n1\. security group: .* does not admit 10\.0\.0\.0\/16[^\n]*$/,
    );
    await run('dr:securityGroups:authorize', { spec: spec(10) });

    const [cen] = await cloud.cen.describeCens({});
    const cluster = await cloud.ack.describeCluster({
      regionId: clusters[1].region,
      clusterId: clusters[1].id,
    });
    const route = {
      cenId: cen.cenId,
      vpcId: cluster!.vpcId,
      regionId: clusters[1].region,
    };
    const published = (
      await cloud.cen.describePublishedRouteEntries(route)
    ).filter(
      ({ destinationCidrBlock, publishStatus }) =>
        destinationCidrBlock.startsWith(SHANGHAI.slice(0, 5)) &&
        publishStatus === 'Published',
    );
    expect(published.length).toBeGreaterThan(0);
    for (const entry of published) {
      await cloud.cen.withdrawRouteEntry({
        ...route,
        routeTableId: entry.childInstanceRouteTableId,
        destinationCidrBlock: entry.destinationCidrBlock,
      });
    }
    await expect(connectivity()).rejects.toThrow(
      /ack-hangzhou → ack-shanghai: route \(1\)\n[^]*\n\n1\. route: .*Publish the Pod routes of ack-shanghai/,
    );
    await run('dr:cen:provision', { spec: spec(10) });
    await connectivity();
    expect(await left()).toEqual([]);
  });

  it('apply manifests to the clusters and the mesh, and create a gateway with an address in every region', async () => {
    await run('dr:environment:provision', { spec: spec(10) });
    await expect(run('dr:gateway:create', { mesh: 'mesh' })).rejects.toThrow(
      'has no member clusters; add some with dr:clusters:join',
    );
    for (const { id } of clusters) {
      await cloud.asm.addCluster({ serviceMeshId: meshId, clusterId: id });
    }
    await waitFor(
      async () => {
        const members = await cloud.asm.describeMembers({
          serviceMeshId: meshId,
        });
        return members.length === 2 &&
          members.every(member => member.state === 'running')
          ? members
          : undefined;
      },
      {
        timeoutMs: 30_000,
        onTimeout: () => 'the clusters did not join',
        pace: deps.pace,
      },
    );

    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'web:1' }] },
        },
      },
    };
    const applied = await run('dr:kubernetes:apply', {
      mesh: 'mesh',
      manifests: [deployment],
      wait: true,
    });
    expect(
      applied.output.applied.map((item: any) => item.target).sort(),
    ).toEqual(['ack-hangzhou (cn-hangzhou)', 'ack-shanghai (cn-shanghai)']);
    const one = await run('dr:kubernetes:apply', {
      mesh: 'mesh',
      region: 'cn-shanghai',
      manifests: [deployment],
    });
    expect(one.output.applied).toHaveLength(1);
    await run('dr:kubernetes:apply', {
      mesh: meshId,
      target: 'mesh',
      files: ['manifests/routes.yaml'],
    });
    const route = await deps.kubernetes
      .mesh({ account: 'sandbox', serviceMeshId: meshId })
      .get(
        { apiVersion: 'networking.istio.io/v1', plural: 'virtualservices' },
        'default',
        'shop',
      );
    expect(route?.spec.hosts).toEqual(['shop']);

    const { output } = await run('dr:gateway:create', { mesh: 'mesh' });
    expect(output.gateways.map((item: any) => item.region).sort()).toEqual([
      'cn-hangzhou',
      'cn-shanghai',
    ]);
    for (const { address } of output.gateways) {
      expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    }

    await run('dr:environment:destroy', {
      environment: 'kube',
      confirm: 'kube',
    });
    const { resources } = (await (
      await fetch(`${sandbox.control}/inventory`)
    ).json()) as { resources: unknown[] };
    expect(resources).toEqual([]);
  });

  it.each([
    [{ manifests: [] }, /Nothing to apply/],
    [{ manifests: 'kind: [' }, /not valid YAML/],
    [{ files: ['../../secret.yaml'], mesh: 'mesh' }, /not allowed|outside/i],
    [{ files: ['missing.yaml'], mesh: 'mesh' }, /missing\.yaml does not exist/],
    [
      {
        manifests: [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRoleBinding',
            metadata: { name: 'admin' },
          },
        ],
        mesh: 'mesh',
      },
      /meshDr\.kubernetesApply\.kinds/,
    ],
    [
      {
        manifests: [
          { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } },
        ],
        mesh: 'nowhere',
      },
      /has no such mesh/,
    ],
  ])('refuse %j', async (input, message) => {
    await expect(run('dr:kubernetes:apply', input)).rejects.toThrow(message);
  });
});
