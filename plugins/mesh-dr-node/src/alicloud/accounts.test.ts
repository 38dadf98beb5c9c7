import { createAlicloudAccounts } from './accounts';
import { endpointOf } from './endpoints';
import { OPERATIONS, ramActions } from './operations';
import { recordingLogger } from '../__testUtils__/logger';
import { json, startScriptedServer } from '../__testUtils__/scriptedServer';

describe('createAlicloudAccounts', () => {
  const accounts = createAlicloudAccounts(
    [
      { name: 'prod', regions: [], endpoints: {} },
      { name: 'test', regions: [], endpoints: {} },
    ],
    { logger: recordingLogger() },
  );

  it('gives the named account, and the first one without a name', () => {
    expect(accounts.get('test').account).toBe('test');
    expect(accounts.get().account).toBe('prod');
    expect(accounts.names()).toEqual(['prod', 'test']);
  });

  it('names the accounts there are when one is not', () => {
    expect(() => accounts.get('other')).toThrow(
      expect.objectContaining({
        name: 'NotFoundError',
        message: expect.stringContaining('prod, test'),
      }),
    );
  });

  it('uses the default credential chain when no key is configured', async () => {
    const server = await startScriptedServer();
    server.otherwise(json({ AccountId: '1' }));
    const chain = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'chainKeyId',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'chainSecret',
      ALIBABA_CLOUD_SECURITY_TOKEN: 'chainToken',
    };
    const nothing = {
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
      ALIBABA_CLOUD_CREDENTIALS_FILE: '/nonexistent',
      ALIBABA_CLOUD_CLI_PROFILE_DISABLED: 'true',
    };
    const before = Object.keys({ ...chain, ...nothing }).map(
      name => [name, process.env[name]] as const,
    );
    for (const name of Object.keys(chain)) delete process.env[name];
    Object.assign(process.env, nothing);
    try {
      const chained = createAlicloudAccounts(
        [{ name: 'chain', regions: [], endpoints: { sts: server.url } }],
        { logger: recordingLogger() },
      );
      await expect(chained.get().sts.getCallerIdentity()).rejects.toMatchObject(
        { code: 'NoCredentials', retryable: false },
      );
      // Keys that turn up later are found: the failed look-up is not remembered.
      Object.assign(process.env, chain);
      await chained.get().sts.getCallerIdentity();
      expect(server.requests[0].params).toMatchObject({
        AccessKeyId: 'chainKeyId',
        SecurityToken: 'chainToken',
      });
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await server.close();
    }
  });
});

describe('endpointOf', () => {
  it.each([
    ['vpc', 'cn-hangzhou', 'https://vpc.aliyuncs.com'],
    ['vpc', 'cn-shanghai', 'https://vpc.cn-shanghai.aliyuncs.com'],
    ['vpc', 'cn-shanghai-finance-1', 'https://vpc.aliyuncs.com'],
    ['vpc', undefined, 'https://vpc.aliyuncs.com'],
    ['ecs', 'cn-hangzhou', 'https://ecs-cn-hangzhou.aliyuncs.com'],
    ['ecs', 'ap-southeast-1', 'https://ecs.ap-southeast-1.aliyuncs.com'],
    ['cs', 'cn-hangzhou', 'https://cs.cn-hangzhou.aliyuncs.com'],
    ['cs', undefined, 'https://cs.aliyuncs.com'],
    ['cbn', 'cn-shanghai', 'https://cbn.aliyuncs.com'],
    ['servicemesh', 'cn-shanghai', 'https://servicemesh.aliyuncs.com'],
    ['sts', undefined, 'https://sts.aliyuncs.com'],
  ] as const)('%s in %s is %s', (product, region, url) => {
    expect(endpointOf(product, region)).toBe(url);
  });

  it('fills the region into an override', () => {
    const overrides = { ecs: 'http://127.0.0.1:80/{region}/' };
    expect(endpointOf('ecs', 'cn-a', overrides)).toBe(
      'http://127.0.0.1:80/cn-a',
    );
    expect(endpointOf('ecs', undefined, overrides, 'cn-b')).toBe(
      'http://127.0.0.1:80/cn-b',
    );
    expect(() => endpointOf('ecs', undefined, overrides)).toThrow(/regions/);
  });

  it('does not let a region name another host', () => {
    expect(() => endpointOf('ecs', 'evil.example.com/')).toThrow(
      /not a region id/,
    );
  });
});

describe('OPERATIONS', () => {
  it('makes the actions of a RAM policy, CEN under its own prefix', () => {
    const actions = ramActions();
    expect(actions).toContain('cen:CreateTransitRouter');
    expect(actions).toContain('servicemesh:UpdateMeshFeature');
    expect(actions).toHaveLength(
      Object.values(OPERATIONS).flatMap(entry => Object.keys(entry)).length,
    );
    expect(actions.some(action => action.startsWith('cbn:'))).toBe(false);
  });
});
