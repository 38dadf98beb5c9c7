import {
  OTHER,
  REGION,
  setUpSandboxCloud,
  TAGS,
  wait,
} from '../__testUtils__/sandboxCloud';

describe('networks in the sandbox cloud', () => {
  const setup = setUpSandboxCloud();
  const { clientToken, createNetwork } = setup;

  it('builds a network over two regions and takes it down again', async () => {
    const { cloud } = setup;
    const here = await createNetwork(REGION, '20.0.0.0/8', '20.0.0.0/16');
    const there = await createNetwork(OTHER, '21.0.0.0/8', '21.0.0.0/16');
    expect(
      await cloud.vpc.describeVpcs({ regionId: REGION, tags: TAGS }),
    ).toMatchObject([{ vpcId: here.vpcId, tags: TAGS }]);
    expect(
      await cloud.vpc.describeVpcs({
        regionId: REGION,
        tags: { 'mesh-dr:environment': 'another' },
      }),
    ).toEqual([]);
    const [table] = await cloud.vpc.describeRouteTables({
      regionId: REGION,
      vpcId: here.vpcId,
    });
    expect(
      await cloud.vpc.describeRouteEntries({
        regionId: REGION,
        routeTableId: table.routeTableId,
      }),
    ).toContainEqual(
      expect.objectContaining({ destinationCidrBlock: '20.0.0.0/16' }),
    );

    if (!(await cloud.cen.checkTransitRouterService())) {
      await cloud.cen.openTransitRouterService();
    }
    const { cenId } = await cloud.cen.createCen({
      name: 'demo',
      clientToken: clientToken(),
      tags: TAGS,
    });
    await wait('CEN', async () =>
      (
        await cloud.cen.describeCens({ cenId })
      ).find(cen => cen.status === 'Active'),
    );
    const sides = await Promise.all(
      [
        { regionId: REGION, ...here },
        { regionId: OTHER, ...there },
      ].map(async side => {
        const { transitRouterId } = await cloud.cen.createTransitRouter({
          cenId,
          regionId: side.regionId,
          transitRouterName: `tr-${side.regionId}`,
          clientToken: clientToken(),
        });
        await wait('transit router', async () =>
          (
            await cloud.cen.listTransitRouters({ cenId, transitRouterId })
          ).find(router => router.status === 'Active'),
        );
        const zones = await cloud.cen.availableZones({
          regionId: side.regionId,
        });
        expect(zones).toContain(side.zoneId);
        const { transitRouterAttachmentId } =
          await cloud.cen.createVpcAttachment({
            cenId,
            regionId: side.regionId,
            transitRouterId,
            vpcId: side.vpcId,
            zoneMappings: [{ zoneId: side.zoneId, vSwitchId: side.vSwitchId }],
            name: 'attachment',
            autoPublishRouteEnabled: true,
            clientToken: clientToken(),
          });
        await wait('attachment', async () =>
          (
            await cloud.cen.listVpcAttachments({
              cenId,
              regionId: side.regionId,
              transitRouterAttachmentId,
            })
          ).find(attachment => attachment.status === 'Attached'),
        );
        const routeTable = (
          await cloud.cen.listRouteTables({ transitRouterId })
        ).find(entry => entry.type === 'System')!;
        const link = {
          transitRouterAttachmentId,
          transitRouterRouteTableId: routeTable.transitRouterRouteTableId,
        };
        await cloud.cen.associateRouteTable({
          ...link,
          clientToken: clientToken(),
        });
        await wait('association', async () =>
          (
            await cloud.cen.listAssociations(link)
          ).find(entry => entry.status === 'Active'),
        );
        await cloud.cen.enablePropagation({
          ...link,
          clientToken: clientToken(),
        });
        await wait('propagation', async () =>
          (
            await cloud.cen.listPropagations(link)
          ).find(entry => entry.status === 'Active'),
        );
        return { ...side, ...link, transitRouterId };
      }),
    );

    const peer = await cloud.cen.createPeerAttachment({
      cenId,
      regionId: REGION,
      transitRouterId: sides[0].transitRouterId,
      peerTransitRouterId: sides[1].transitRouterId,
      peerTransitRouterRegionId: OTHER,
      name: 'link',
      bandwidthType: 'DataTransfer',
      autoPublishRouteEnabled: true,
      clientToken: clientToken(),
    });
    const links = () =>
      cloud.cen.listPeerAttachments({
        cenId,
        regionId: REGION,
        ...peer,
      });
    const link = await wait('link', async () =>
      (await links()).find(entry => entry.status === 'Attached'),
    );
    expect(link.peerTransitRouterRegionId).toBe(OTHER);
    await cloud.cen.updatePeerAttachment({ ...peer, bandwidth: 50 });
    await wait('bandwidth', async () =>
      (
        await links()
      ).find(entry => entry.bandwidth === 50 && entry.status === 'Attached'),
    );
    expect(
      await cloud.cen.listRouteEntries({
        transitRouterRouteTableId: sides[0].transitRouterRouteTableId,
      }),
    ).toContainEqual(
      expect.objectContaining({ destinationCidrBlock: '20.0.0.0/16' }),
    );

    // In use: refused with a reason, and the reason names the VPC.
    await expect(
      cloud.vpc.deleteVpc({ regionId: REGION, vpcId: here.vpcId }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/Dependency/) });

    await cloud.cen.deletePeerAttachment({ ...peer, force: true });
    await wait('link gone', async () => (await links()).length === 0);
    const takeDown = async (side: (typeof sides)[number]) => {
      await cloud.cen.dissociateRouteTable(side);
      await cloud.cen.disablePropagation(side);
      await wait(
        'no association',
        async () => (await cloud.cen.listAssociations(side)).length === 0,
      );
      await cloud.cen.deleteVpcAttachment({ ...side, force: true });
      await wait(
        'attachment gone',
        async () =>
          (
            await cloud.cen.listVpcAttachments({
              cenId,
              regionId: side.regionId,
            })
          ).length === 0,
      );
      await cloud.cen.deleteTransitRouter(side);
    };
    for (const side of sides) await takeDown(side);
    await wait(
      'transit routers gone',
      async () => (await cloud.cen.listTransitRouters({ cenId })).length === 0,
    );
    await cloud.cen.deleteCen({ cenId });
    await cloud.cen.deleteCen({ cenId });
    const clear = async (regionId: string, side: typeof here) => {
      await cloud.vpc.deleteVSwitch({ regionId, vSwitchId: side.vSwitchId });
      await wait(
        'vSwitch gone',
        async () =>
          (
            await cloud.vpc.describeVSwitches({ regionId, vpcId: side.vpcId })
          ).length === 0,
      );
      await cloud.vpc.deleteVpc({ regionId, vpcId: side.vpcId });
      await cloud.vpc.deleteVpc({ regionId, vpcId: side.vpcId });
    };
    await clear(REGION, here);
    await clear(OTHER, there);
    expect(await cloud.vpc.describeVpcs({ regionId: REGION })).toEqual([]);
  }, 300_000);

  it('gives the same VPC for the same ClientToken', async () => {
    const { cloud } = setup;
    const request = {
      regionId: REGION,
      cidrBlock: '10.0.0.0/8',
      vpcName: 'once',
      clientToken: clientToken(),
    };
    const first = await cloud.vpc.createVpc(request);
    await expect(cloud.vpc.createVpc(request)).resolves.toEqual(first);
    await cloud.vpc.deleteVpc({ regionId: REGION, vpcId: first.vpcId });
  });
});
