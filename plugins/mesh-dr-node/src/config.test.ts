import { ConfigReader } from '@backstage/config';
import { DEFAULT_RATES, UNLIMITED_RATES } from './alicloud/rates';
import { readAccounts, readKubernetesConfig } from './config';

const accounts = (...entries: object[]) =>
  readAccounts(
    new ConfigReader({ meshDr: { alicloud: { accounts: entries } } } as never),
  );

describe('readAccounts', () => {
  it('reads keys, regions and endpoints', () => {
    expect(
      accounts(
        {
          name: 'a',
          accessKeyId: 'i',
          accessKeySecret: 's',
          securityToken: 't',
          regions: ['cn-hangzhou'],
          endpoints: {
            vpc: 'http://127.0.0.1:7780',
            ecs: 'https://ecs.{region}.x',
          },
        },
        { name: 'b' },
      ),
    ).toEqual([
      {
        name: 'a',
        credentials: {
          accessKeyId: 'i',
          accessKeySecret: 's',
          securityToken: 't',
        },
        regions: ['cn-hangzhou'],
        endpoints: {
          vpc: 'http://127.0.0.1:7780',
          ecs: 'https://ecs.{region}.x',
        },
      },
      { name: 'b', credentials: undefined, regions: [], endpoints: {} },
    ]);
  });

  it('has one account with the default chain when nothing is configured', () => {
    expect(readAccounts(new ConfigReader({}))).toEqual([
      { name: 'default', regions: [], endpoints: {} },
    ]);
  });

  it('reads the rates: one number for all, or what differs from the defaults', () => {
    const [all, some] = accounts(
      { name: 'a', callsPerSecond: 0 },
      { name: 'b', callsPerSecond: { cbn: { reads: 20 } } },
    );
    expect(all.rates).toEqual(UNLIMITED_RATES);
    expect(some.rates).toEqual({
      ...DEFAULT_RATES,
      cbn: { reads: 20, writes: DEFAULT_RATES.cbn.writes },
    });
  });

  it.each([
    [
      [{ name: 'a', accessKeyId: 'secretish' }],
      'accounts[0].accessKeySecret is missing',
    ],
    [[{ name: 'a' }, { name: 'a' }], "'a' is used twice"],
    [
      [{ name: 'a', endpoints: { slb: 'http://x' } }],
      'endpoints.slb: unknown product',
    ],
    [[{ name: 'a', endpoints: { vpc: '127.0.0.1:80' } }], 'endpoints.vpc'],
    [[{ name: 'a', endpoints: { vpc: 'ftp://x' } }], "'ftp://x' is not a URL"],
    [[{ name: 'a', callsPerSecond: -1 }], 'accounts[0].callsPerSecond: -1 is'],
    [[{ name: 'a', callsPerSecond: 'no' }], 'callsPerSecond: "no" is not'],
    [
      [{ name: 'a', callsPerSecond: { slb: { reads: 1 } } }],
      'accounts[0].callsPerSecond.slb: unknown product',
    ],
    [
      [{ name: 'a', callsPerSecond: { vpc: { deletes: 1 } } }],
      'callsPerSecond.vpc.deletes: unknown key; known are reads, writes',
    ],
    [
      [{ name: 'a', callsPerSecond: { vpc: { reads: '5' } } }],
      'callsPerSecond.vpc.reads: "5" is not a number',
    ],
  ])('says which key is wrong: %#', (entries, message) => {
    let text = '';
    try {
      accounts(...entries);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toContain(message);
    expect(text).not.toContain('secretish');
  });
});

describe('readKubernetesConfig', () => {
  const read = (meshDr: object) =>
    readKubernetesConfig(new ConfigReader({ meshDr } as never));

  it('has defaults', () => {
    expect(read({})).toEqual({
      apiServerAccess: 'public',
      allowedApiServers: [],
      kubeconfigMinutes: 60,
    });
  });

  it('refuses what means nothing', () => {
    expect(() => read({ apiServerAccess: 'internet' })).toThrow(/'internet'/);
    expect(() => read({ kubernetes: { kubeconfigMinutes: 5 } })).toThrow(
      /15 to 4320/,
    );
  });
});
