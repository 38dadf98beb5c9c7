import {
  OTHER,
  REGION,
  setUpSandboxCloud,
  TAGS,
  wait,
} from '../__testUtils__/sandboxCloud';

describe('a mesh in the sandbox cloud', () => {
  const setup = setUpSandboxCloud();

  it('takes a cluster in, sets locality and keeps rules', async () => {
    const { cloud, connector, logger, sandbox } = setup;
    const place = await setup.createNetwork(
      REGION,
      '20.0.0.0/8',
      '20.0.0.0/16',
    );
    const ordered = await setup.orderCluster(place);
    const { clusterId } = ordered;
    const [{ versions }] = await cloud.asm.describeVersions();
    const { serviceMeshId } = await cloud.asm.createServiceMesh({
      regionId: REGION,
      name: 'demo',
      vpcId: place.vpcId,
      vSwitchIds: [place.vSwitchId],
      istioVersion: versions.find(name => name.startsWith('v1.22.6.66')),
      apiServerPublicEip: true,
      tags: TAGS,
    });
    await setup.clusterRuns(ordered);
    const mesh = await wait('mesh', async () => {
      const found = await cloud.asm.describeServiceMesh({ serviceMeshId });
      return found?.state === 'running' && found;
    });
    expect(mesh).toMatchObject({
      name: 'demo',
      regionId: REGION,
      vpcId: place.vpcId,
      tags: TAGS,
      locality: { enabled: false, failover: [], distribute: [] },
    });
    await cloud.asm.addCluster({ serviceMeshId, clusterId });
    await wait('member', async () =>
      (
        await cloud.asm.describeMembers({ serviceMeshId })
      ).find(member => member.state === 'running'),
    );
    expect(
      (await cloud.asm.describeCandidates({ serviceMeshId })).map(
        candidate => candidate.clusterId,
      ),
    ).toContain(clusterId);
    const failover = [{ from: REGION, to: OTHER }];
    await cloud.asm.updateLocality({
      serviceMeshId,
      setting: { enabled: true, failover },
    });
    await wait('locality', async () => {
      const found = await cloud.asm.describeServiceMesh({ serviceMeshId });
      return found?.locality?.enabled && found.locality.failover.length === 1;
    });
    const control = connector.mesh({ account: 'sandbox', serviceMeshId });
    const rules = {
      apiVersion: 'networking.istio.io/v1beta1',
      plural: 'destinationrules',
    };
    await control.create(rules, {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'DestinationRule',
      metadata: { name: 'web', namespace: 'default' },
      spec: { host: 'web.default.svc.cluster.local' },
    });
    expect((await control.list(rules)).items).toMatchObject([
      { kind: 'DestinationRule', metadata: { name: 'web' } },
    ]);
    expect(
      await control.resources!('networking.istio.io/v1beta1'),
    ).toContainEqual({
      kind: 'DestinationRule',
      plural: 'destinationrules',
      namespaced: true,
    });

    await cloud.asm.removeCluster({ serviceMeshId, clusterId });
    await wait(
      'no members',
      async () =>
        (await cloud.asm.describeMembers({ serviceMeshId })).length === 0,
    );
    await cloud.asm.deleteServiceMesh({ serviceMeshId });
    await wait(
      'mesh gone',
      async () =>
        (await cloud.asm.describeServiceMesh({ serviceMeshId })) === undefined,
    );
    await setup.deleteCluster(clusterId);
    expect(await cloud.ack.describeClusters({ regionId: REGION })).toEqual([]);
    expect(logger.lines.join('\n')).not.toContain(sandbox.accessKeySecret);
  }, 300_000);
});
