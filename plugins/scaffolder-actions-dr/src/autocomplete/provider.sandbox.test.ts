import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import { GUIDE_PLAN } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  parseEnvironmentSpec,
  provisionEnvironment,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { fakePermissions, sandboxAccounts } from '../__testUtils__/deps';
import { AUTOCOMPLETE_RESOURCES, createAutocomplete } from './provider';

jest.setTimeout(60_000);

describe('suggestions for forms', () => {
  let sandbox: Sandbox;
  let suggest: ReturnType<typeof createAutocomplete>;
  const auth: any = {
    authenticate: async (token: string) => {
      if (token !== 'a-token') throw new Error('who are you');
      return { principal: { type: 'user' } };
    },
  };
  const ids = async (resource: string, context: Record<string, string> = {}) =>
    (await suggest({ resource, context, token: 'a-token' })).results;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 600 });
    const accounts = sandboxAccounts(sandbox);
    const { spec } = parseEnvironmentSpec({
      name: 'guide',
      network: GUIDE_PLAN,
      cen: { bandwidthMbps: 10 },
      clusters: { instanceTypes: ['ecs.g7.xlarge'], nodes: 1 },
      mesh: {},
      apiServerAccess: 'public',
    });
    await provisionEnvironment(accounts.get(), spec, {
      pace: { minIntervalMs: 20, maxIntervalMs: 200, listingLagMs: 100 },
    });
    suggest = createAutocomplete({
      accounts,
      auth,
      permissions: fakePermissions(),
    });
  });
  afterAll(() => sandbox.stop());

  it('list what the cloud has, with words to tell it apart', async () => {
    const region = 'cn-hangzhou';
    expect(await ids('regions')).toContainEqual({
      id: region,
      title: 'cn-hangzhou (China (Hangzhou) / 华东1（杭州）)',
    });
    expect((await ids('zones', { region })).length).toBeGreaterThan(1);
    const vpcs = await ids('vpcs', { region });
    expect(vpcs.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^vpc-hangzhou \(vpc-\S+, 20\.0\.0\.0\/8\)$/),
      ]),
    );
    const vpc = vpcs.find(({ title }) => title?.startsWith('vpc-hangzhou '))!;
    expect(await ids('vswitches', { region, vpc: vpc.id })).toEqual([
      {
        id: expect.stringMatching(/^vsw-/),
        title: expect.stringContaining('20.0.0.0/16'),
      },
    ]);
    expect(await ids('clusters', { region })).toEqual([
      {
        id: expect.stringMatching(/^c[0-9a-f]{32}$/),
        title: expect.stringContaining('ack-hangzhou'),
      },
    ]);
    expect(await ids('clusters')).toHaveLength(2);
    expect(await ids('meshes')).toHaveLength(1);
    expect(await ids('cens')).toHaveLength(1);
    for (const resource of ['meshVersions', 'instanceTypes']) {
      expect((await ids(resource)).length).toBeGreaterThan(1);
    }
    expect(
      (await ids('kubernetesVersions', { region })).length,
    ).toBeGreaterThan(0);
  });

  it('tell which instance types are in stock, or examples when the cloud does not', async () => {
    const region = 'cn-hangzhou';
    const cloud = sandboxAccounts(sandbox).get();
    const stock = await cloud.ecs.availableInstanceTypes({ regionId: region });
    const everywhere = await ids('instanceTypes', { region });
    expect(everywhere).toContainEqual({
      id: 'ecs.g7.xlarge',
      title: 'ecs.g7.xlarge (4 vCPU, 16 GiB)',
    });
    expect(everywhere.map(({ id }) => id)).toEqual(
      [...new Set(stock.flatMap(zone => zone.instanceTypes))].sort(),
    );
    const poorest = [...stock].sort(
      (a, b) => a.instanceTypes.length - b.instanceTypes.length,
    )[0];
    const inZone = await ids('instanceTypes', { region, zone: poorest.zoneId });
    expect(inZone.map(({ id }) => id)).toEqual(poorest.instanceTypes);
    expect(inZone.length).toBeLessThan(everywhere.length);
    expect(
      await ids('instanceTypes', { region, zone: 'cn-hangzhou-zz' }),
    ).toEqual(await ids('instanceTypes'));
  });

  it('say what is missing or unknown', async () => {
    await expect(ids('zones')).rejects.toThrow(/context\.region is missing/);
    await expect(ids('galaxies')).rejects.toThrow(
      new RegExp(AUTOCOMPLETE_RESOURCES.join(', ')),
    );
    await expect(ids('toString')).rejects.toThrow(/cannot be suggested/);
    await expect(
      ids('vpcs', { region: 'cn-hangzhou', account: 'x' }),
    ).rejects.toThrow(/No Alibaba Cloud account 'x'/);
  });

  it('are for people who may see meshes', async () => {
    const denied = createAutocomplete({
      accounts: sandboxAccounts(sandbox),
      auth,
      permissions: fakePermissions(['mesh-dr.mesh.read']),
    });
    await expect(
      denied({ resource: 'regions', token: 'a-token', context: {} }),
    ).rejects.toThrow(/mesh-dr\.mesh\.read/);
    await expect(
      suggest({ resource: 'regions', token: 'stolen', context: {} }),
    ).rejects.toThrow('who are you');
  });
});
