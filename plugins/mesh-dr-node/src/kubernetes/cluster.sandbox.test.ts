import { REGION, setUpSandboxCloud, TAGS } from '../__testUtils__/sandboxCloud';
import { until } from '../__testUtils__/until';
import { applyManifests, parseManifests } from './apply';
import { waitForRollout } from './rollout';

describe('a cluster in the sandbox cloud', () => {
  const setup = setUpSandboxCloud();

  it('runs a cluster, applies, watches and rolls out', async () => {
    const { cloud, connector, logger, sandbox } = setup;
    const place = await setup.createNetwork(
      REGION,
      '20.0.0.0/8',
      '20.0.0.0/16',
    );
    const ordered = await setup.orderCluster(place);
    const { clusterId } = ordered;
    const cluster = await setup.clusterRuns(ordered);
    expect(cluster).toMatchObject({
      name: 'demo-hangzhou',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      networkPlugin: 'flannel',
      containerCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
      tags: TAGS,
    });
    expect(cluster.apiServerEndpoint).toMatch(/^https:/);
    expect(
      (await cloud.ack.describeClusters({ regionId: REGION })).map(
        found => found.clusterId,
      ),
    ).toEqual([clusterId]);
    expect(
      await cloud.ack.describeNodes({ regionId: REGION, clusterId }),
    ).toHaveLength(2);
    expect(
      (await cloud.ack.describeResources({ regionId: REGION, clusterId }))
        .length,
    ).toBeGreaterThan(0);

    await cloud.ecs.authorizeIngress({
      regionId: REGION,
      securityGroupId: cluster.securityGroupId,
      rules: [{ sourceCidrIp: '10.1.0.0/16' }],
    });
    expect(
      await cloud.ecs.describeSecurityGroupRules({
        regionId: REGION,
        securityGroupId: cluster.securityGroupId,
      }),
    ).toContainEqual(
      expect.objectContaining({
        direction: 'ingress',
        sourceCidrIp: '10.1.0.0/16',
        portRange: '-1/-1',
      }),
    );

    const connection = connector.cluster({
      account: 'sandbox',
      regionId: REGION,
      clusterId,
    });
    expect((await connection.version()).gitVersion).toMatch(/^v1\./);

    const stop = new AbortController();
    const pods = new Set<string>();
    const states: string[] = [];
    connection.watch(
      { apiVersion: 'v1', plural: 'pods' },
      {
        onList: items => items.forEach(item => pods.add(item.metadata.name)),
        onEvent: (type, object) =>
          type === 'DELETED'
            ? pods.delete(object.metadata.name)
            : pods.add(object.metadata.name),
        onState: state => states.push(state.state),
      },
      {
        signal: stop.signal,
        namespace: 'demo',
        project: ({ apiVersion, kind, metadata }) => ({
          apiVersion,
          kind,
          metadata: { name: metadata.name },
        }),
      },
    );
    await until(() => states.includes('ok'), 'the watch', 20_000);

    const manifests = parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1'}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: demo}
`);
    const dry = await applyManifests([connection], manifests.slice(1), {
      fieldManager: 'mesh-dr',
      dryRun: true,
    });
    expect(dry).toMatchObject([{ ok: true }]);
    const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
    expect(await connection.get(namespaces, undefined, 'demo')).toBeUndefined();
    for (const _ of ['create', 'again']) {
      expect(
        await applyManifests([connection], manifests, {
          fieldManager: 'mesh-dr',
        }),
      ).toMatchObject([{ ok: true }]);
    }
    await waitForRollout(connection, {
      namespace: 'demo',
      deployments: ['web'],
      deadlineMs: 60_000,
    });
    // The watch tells of the pods on its own connection, which may lag behind.
    const seen = () => [...pods].filter(name => name.startsWith('web-'));
    await until(() => seen().length >= 2, 'the watch of both pods', 20_000);
    expect(seen()).toHaveLength(2);

    // Another manager owns replicas now; applying our value is a conflict unless forced.
    const deployments = { apiVersion: 'apps/v1', plural: 'deployments' };
    await connection.apply(
      deployments,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'demo' },
        spec: { replicas: 1 },
      },
      { fieldManager: 'somebody-else', force: true },
    );
    const [conflict] = await applyManifests([connection], [manifests[0]], {
      fieldManager: 'mesh-dr',
    });
    expect(conflict).toMatchObject({
      ok: false,
      error: { name: 'ConflictError' },
    });

    // Nor is an object deleted that is not the one that was read.
    const { metadata } = (await connection.get(deployments, 'demo', 'web'))!;
    const { uid } = metadata;
    for (const preconditions of [
      { uid, resourceVersion: '1' },
      { uid: 'of-another-life' },
    ]) {
      await expect(
        connection.delete(deployments, 'demo', 'web', { preconditions }),
      ).rejects.toMatchObject({ name: 'ConflictError' });
    }

    await connection.patch(
      deployments,
      'demo',
      'web',
      { spec: { replicas: 0 } },
      { kind: 'merge', subresource: 'scale' },
    );
    await until(() => pods.size === 0, 'the Pods to go', 60_000);
    stop.abort();

    await setup.deleteCluster(clusterId);
    expect(await cloud.ack.describeClusters({ regionId: REGION })).toEqual([]);
    expect(logger.lines.join('\n')).not.toContain(sandbox.accessKeySecret);
  }, 300_000);
});
