import { startSandbox, type Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { type AlicloudAccounts } from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { provisionGuide } from '../__testUtils__/guideCloud';
import { sandboxClients } from '../__testUtils__/sandboxClients';
import type { Fleet } from '../fleet/Fleet';
import { NetworkMapService } from './NetworkMapService';

jest.setTimeout(120_000);

const [HANGZHOU, SHANGHAI] = ['cn-hangzhou', 'cn-shanghai'];

describe('the network map while a region hangs', () => {
  let sandbox: Sandbox;
  let accounts: AlicloudAccounts;
  let fleet: Fleet;

  const region = (method: 'POST' | 'DELETE', name: string) =>
    method === 'POST'
      ? fetch(`${sandbox.control}/faults/regions`, {
          method,
          body: JSON.stringify({ region: name }),
        })
      : fetch(`${sandbox.control}/faults/regions/${name}`, { method });
  const service = () =>
    new NetworkMapService(accounts, fleet, {
      freshMs: 0,
      firstMs: 4000,
      laterMs: 200,
    });
  const stateOf = (map: NetworkMap, name: string) =>
    map.regions.find(item => item.region === name)?.freshness;
  const vpcsOf = (map: NetworkMap, name: string) =>
    map.vpcs.filter(vpc => vpc.region === name);
  const until = async (
    maps: NetworkMapService,
    holds: (map: NetworkMap) => boolean,
  ) => {
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      const map = await maps.get('mesh');
      if (holds(map)) return map;
      if (Date.now() > giveUpAt) {
        throw new Error(`never came: ${JSON.stringify(map.regions)}`);
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 300 });
    accounts = sandboxClients(sandbox).accounts;
    const cloud = accounts.get();
    await provisionGuide(cloud);
    const [mesh] = await cloud.asm.describeServiceMeshes();
    // No member: Shanghai's VPC is known from the CEN alone.
    fleet = {
      require: async () => ({ account: 'sandbox', mesh, members: [] }),
    } as unknown as Fleet;
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  it('shows at the first read what answers, and what CEN knows of the rest', async () => {
    await region('POST', SHANGHAI);
    try {
      const map = await service().get('mesh');
      expect(map.cen).toMatchObject({ state: 'ok' });
      expect(map.cens[0].links).toHaveLength(1);
      expect(stateOf(map, HANGZHOU)).toMatchObject({ state: 'ok' });
      for (const vpc of vpcsOf(map, HANGZHOU)) {
        expect(vpc).toMatchObject({ cidr: expect.stringMatching(/\/\d+$/) });
        expect(vpc.vswitches.length).toBeGreaterThan(0);
      }
      expect(stateOf(map, SHANGHAI)).toEqual({
        state: 'unreachable',
        since: expect.any(String),
        reason: 'no answer within 4 s; the reading goes on',
      });
      const attached = map.cens[0].transitRouters.find(
        router => router.region === SHANGHAI,
      )!.vpcAttachments;
      expect(vpcsOf(map, SHANGHAI)).toEqual(
        attached.map(({ vpcId }) => ({
          id: vpcId,
          name: '',
          region: SHANGHAI,
          vswitches: [],
        })),
      );
      expect(attached).toHaveLength(1);
    } finally {
      await region('DELETE', SHANGHAI);
    }
  });

  it('keeps since when a region has been silent, and shows it whole when it answers again', async () => {
    await region('POST', SHANGHAI);
    const maps = service();
    const first = stateOf(await maps.get('mesh'), SHANGHAI);
    const second = stateOf(await maps.get('mesh'), SHANGHAI);
    expect(first).toMatchObject({ state: 'unreachable' });
    expect(second).toEqual(first);
    await region('DELETE', SHANGHAI);
    const back = await until(
      maps,
      map => stateOf(map, SHANGHAI)?.state === 'ok',
    );
    expect(vpcsOf(back, SHANGHAI)[0].vswitches.length).toBeGreaterThan(0);

    await region('POST', SHANGHAI);
    try {
      const stale = await until(
        maps,
        map => stateOf(map, SHANGHAI)?.state === 'stale',
      );
      expect(stateOf(stale, HANGZHOU)).toMatchObject({ state: 'ok' });
      expect(vpcsOf(stale, SHANGHAI)).toEqual(vpcsOf(back, SHANGHAI));
    } finally {
      await region('DELETE', SHANGHAI);
    }
  });

  it('shows the own VPCs when CEN does not answer, and why', async () => {
    const rules = `${sandbox.control}/faults/rules`;
    await fetch(rules, {
      method: 'POST',
      body: JSON.stringify({
        kind: 'error',
        operation: 'DescribeCens',
        status: 403,
        code: 'NoPermission',
        message: 'not for you',
      }),
    });
    try {
      const map = await service().get('mesh');
      expect(map.cen).toEqual({
        state: 'forbidden',
        reason: expect.stringContaining('NoPermission'),
      });
      expect(map.cens).toEqual([]);
      expect(map.regions).toEqual([
        {
          region: HANGZHOU,
          freshness: expect.objectContaining({ state: 'ok' }),
        },
      ]);
      expect(map.vpcs).toHaveLength(1);
    } finally {
      await fetch(rules, { method: 'DELETE' });
    }
  });
});
