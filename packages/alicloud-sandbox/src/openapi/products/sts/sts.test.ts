import {
  RPCClient,
  ROAClient,
  account,
  failure,
} from '../../../__testUtils__/account';
import { conformingClient, wireCall } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { stsContracts } from '../../contracts';

const ROLE = 'acs:ram::1250123456123456:role/portal';

jest.setTimeout(30_000);

describe('STS', () => {
  let sandbox: Sandbox;
  const conforming = () =>
    conformingClient(sandbox, {
      version: '2015-04-01',
      contracts: stsContracts,
      allowances: {
        AssumeRole: { optional: ['SourceIdentity'] },
        GetCallerIdentity: { optional: ['RoleId'] },
      },
    });
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
  });
  afterAll(() => sandbox.stop());

  it('serves every documented operation as documented', async () => {
    const { call, driven } = conforming();
    expect(await call('GetCallerIdentity')).toMatchObject({
      IdentityType: 'Account',
      Arn: 'acs:ram::1250123456123456:root',
    });
    const { AssumedRoleUser, Credentials } = await call('AssumeRole', {
      RoleArn: ROLE,
      RoleSessionName: 'task-1',
      DurationSeconds: 900,
    });
    expect(AssumedRoleUser.Arn).toBe(
      'acs:ram::1250123456123456:assumed-role/portal/task-1',
    );
    const left = Date.parse(Credentials.Expiration) - Date.now();
    expect(left).toBeGreaterThan(890_000);
    expect(left).toBeLessThanOrEqual(900_000);
    expect([...driven].sort()).toEqual(Object.keys(stsContracts).sort());
  });

  const assume = async () => {
    const { Credentials } = await conforming().call('AssumeRole', {
      RoleArn: ROLE,
      RoleSessionName: 'task-2',
    });
    return {
      accessKeyId: Credentials.AccessKeyId as string,
      accessKeySecret: Credentials.AccessKeySecret as string,
      securityToken: Credentials.SecurityToken as string,
    };
  };

  it('gives keys that sign in every style, as the role', async () => {
    const keys = await assume();
    const options = { endpoint: sandbox.endpoint, ...keys };
    const rpc = new RPCClient({ ...options, apiVersion: '2015-04-01' });
    expect(await rpc.request('GetCallerIdentity', {})).toMatchObject({
      IdentityType: 'AssumedRoleUser',
      Arn: 'acs:ram::1250123456123456:assumed-role/portal/task-2',
      PrincipalId: expect.stringMatching(/^3\d{17}:task-2$/),
      RoleId: expect.stringMatching(/^3\d{17}$/),
    });
    const roa = new ROAClient({ ...options, apiVersion: '2015-12-15' });
    const listed = await roa.request(
      'GET',
      '/api/v1/clusters',
      {},
      '',
      { 'content-type': 'application/json' },
      {},
    );
    expect(listed.clusters).toEqual([]);
  });

  it('binds a key to its token', async () => {
    const [one, other] = [await assume(), await assume()];
    const code = async (signer: {
      accessKeyId: string;
      accessKeySecret: string;
      securityToken?: string;
    }) => {
      const answer = await wireCall(sandbox, signer, {
        Action: 'GetCallerIdentity',
        Version: '2015-04-01',
      });
      return `${answer.status} ${answer.body.Code}`;
    };
    expect(await code({ ...one, securityToken: undefined })).toBe(
      '400 MissingSecurityToken',
    );
    expect(await code({ ...one, securityToken: 'nonsense' })).toBe(
      '400 InvalidSecurityToken.Malformed',
    );
    expect(await code({ ...one, securityToken: other.securityToken })).toBe(
      '400 InvalidSecurityToken.MismatchWithAccessKey',
    );
    expect(await code({ ...sandbox, securityToken: other.securityToken })).toBe(
      '400 InvalidSecurityToken.MismatchWithAccessKey',
    );
    expect(await code({ ...one, accessKeySecret: 'wrong' })).toBe(
      '400 SignatureDoesNotMatch',
    );
    expect(await code({ ...one, accessKeyId: 'STS.unknown' })).toBe(
      '404 InvalidAccessKeyId.NotFound',
    );
  });

  it.each([
    [{ RoleArn: 'portal' }, 'InvalidParameter.RoleArn'],
    [{ RoleArn: 'acs:ram::1:role/portal' }, 'NoPermission'],
    [{ RoleSessionName: 'a b' }, 'InvalidParameter.RoleSessionName'],
    [{ DurationSeconds: 60 }, 'InvalidParameter.DurationSeconds'],
    [{ DurationSeconds: 7200 }, 'InvalidParameter.DurationSeconds'],
    [{ DurationSeconds: 'long' }, 'InvalidDurationSeconds'],
    [{ Policy: 'allow' }, 'InvalidParameter.PolicyGrammar'],
  ])('refuses %j', async (change, code) => {
    const refused = await failure(
      account(sandbox).sts('AssumeRole', {
        RoleArn: ROLE,
        RoleSessionName: 'task',
        ...change,
      }),
    );
    expect(refused.code).toBe(code);
  });
});
