import { XMLParser } from 'fast-xml-parser';
import {
  Account,
  account,
  control,
  failure,
  RPCClient,
} from '../__testUtils__/account';
import { wireCall } from '../__testUtils__/wire';
import { Sandbox, startSandbox } from '../sandbox';
import { percentEncode, rpcStringToSign, signRpc } from './signature';

jest.setTimeout(120_000);

const VPC = '2016-04-28';

/** A signed query string, with anything changed before or after signing. */
function signed(
  sandbox: Sandbox,
  change: Record<string, string> = {},
  secret = sandbox.accessKeySecret,
): string {
  const parameters: Record<string, string> = {
    Action: 'DescribeRegions',
    Version: VPC,
    Format: 'JSON',
    AccessKeyId: sandbox.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: `${Math.random()}`,
    Timestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    ...change,
  };
  parameters.Signature = signRpc(
    secret,
    rpcStringToSign('GET', Object.entries(parameters)),
  );
  return Object.entries(parameters)
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&');
}

describe('the OpenAPI server', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
  });
  afterAll(() => sandbox.stop());

  const get = async (query: string) => {
    const response = await fetch(`${sandbox.endpoint}/?${query}`);
    return { status: response.status, body: await response.json() };
  };

  it('answers a signed request and tells who called', async () => {
    const { status, body } = await get(signed(sandbox));
    expect(status).toBe(200);
    expect(body.RequestId).toMatch(/^[0-9A-F-]{36}$/);
    expect(body.Regions.Region).toContainEqual({
      LocalName: '华东1（杭州）',
      RegionEndpoint: 'vpc.cn-hangzhou.aliyuncs.com',
      RegionId: 'cn-hangzhou',
    });
    const identity = await cloud.sts('GetCallerIdentity');
    expect(identity.Arn).toBe('acs:ram::1250123456123456:root');
  });

  it.each([
    [
      'an unknown key',
      { AccessKeyId: 'LTAIother' },
      'InvalidAccessKeyId.NotFound',
      404,
    ],
    [
      'a stale timestamp',
      { Timestamp: '2020-01-01T00:00:00Z' },
      'InvalidTimeStamp.Expired',
      400,
    ],
    [
      'a malformed timestamp',
      { Timestamp: 'yesterday' },
      'InvalidTimeStamp.Format',
      400,
    ],
    [
      'an unknown action',
      { Action: 'DescribeNothing' },
      'InvalidAction.NotFound',
      404,
    ],
    ['an unknown version', { Version: '1999-01-01' }, 'InvalidVersion', 400],
    [
      'an unknown region',
      { Action: 'DescribeVpcs', RegionId: 'cn-nowhere' },
      'InvalidRegionId.NotFound',
      404,
    ],
    ['a missing parameter', { Action: 'DescribeVpcs' }, 'MissingRegionId', 400],
    [
      'an action called like a method of objects',
      { Action: 'toString' },
      'InvalidAction.NotFound',
      404,
    ],
  ])('refuses %s', async (_, change, code, expected) => {
    const { status, body } = await get(signed(sandbox, change));
    expect({ status, code: body.Code }).toEqual({ status: expected, code });
    expect(body).toEqual({
      Code: code,
      HostId: expect.stringContaining('aliyuncs.com'),
      Message: expect.any(String),
      Recommend: expect.stringContaining(body.RequestId),
      RequestId: expect.any(String),
    });
  });

  it('names the missing parameter', async () => {
    const { message } = await failure(cloud.vpc('DescribeVpcs'));
    expect(message).toContain('RegionId is mandatory for this action.');
  });

  it('refuses a wrong secret and a changed request', async () => {
    const wrong = await get(signed(sandbox, {}, 'wrong'));
    expect(wrong.status).toBe(400);
    expect(wrong.body.Code).toBe('SignatureDoesNotMatch');
    const changed = await get(`${signed(sandbox)}&RegionId=cn-hangzhou`);
    expect(changed.body.Code).toBe('SignatureDoesNotMatch');
    expect(JSON.stringify([wrong, changed])).not.toContain(
      sandbox.accessKeySecret,
    );
  });

  it.each([
    ['Format', { Format: 'XML' }, {}],
    ['nothing', { Format: '-' }, {}],
    ['Accept', { Format: '-' }, { accept: 'text/xml' }],
  ])('answers in XML when %s says so', async (_, format, headers) => {
    const ask = async (parameters: object) => {
      const answer = await wireCall(
        sandbox,
        sandbox,
        { Version: VPC, ...format, ...parameters },
        { headers },
      );
      expect(answer.headers.get('content-type')).toBe('text/xml;charset=utf-8');
      return new XMLParser().parse(answer.text);
    };
    const { DescribeZonesResponse } = await ask({
      Action: 'DescribeZones',
      RegionId: 'us-west-1',
    });
    expect(DescribeZonesResponse.Zones.Zone).toHaveLength(2);
    expect(DescribeZonesResponse.RequestId).toMatch(/^[0-9A-F-]{36}$/);
    const { Error: error } = await ask({
      Action: 'DescribeVpcAttribute',
      RegionId: 'us-west-1',
      VpcId: '<vpc>&',
    });
    expect(error).toMatchObject({
      Code: 'InvalidVpcID.NotFound',
      HostId: 'vpc.aliyuncs.com',
      Message: expect.stringContaining('vpc'),
      Recommend: expect.stringContaining('https://'),
    });
  });

  it('answers in JSON when Format or Accept says so', async () => {
    for (const [format, accept] of [
      ['json', 'text/xml'],
      ['-', 'application/json'],
    ]) {
      const { body } = await wireCall(
        sandbox,
        sandbox,
        { Action: 'DescribeRegions', Version: VPC, Format: format },
        { headers: { accept } },
      );
      expect(body.Regions.Region.length).toBeGreaterThan(20);
    }
  });

  it('refuses methods that RPC does not have', async () => {
    const answer = await wireCall(
      sandbox,
      sandbox,
      { Action: 'DescribeRegions', Version: VPC },
      { method: 'PUT' },
    );
    expect(answer.body.Code).toBe('UnsupportedHTTPMethod');
  });

  it('refuses a request that is sent again', async () => {
    const query = signed(sandbox);
    expect((await get(query)).status).toBe(200);
    const { status, body } = await get(query);
    expect({ status, code: body.Code }).toEqual({
      status: 400,
      code: 'SignatureNonceUsed',
    });
  });

  it('refuses unsigned requests of both styles', async () => {
    const unsigned = await get('Action=DescribeRegions&Format=JSON');
    expect(unsigned.body.Code).toBe('MissingAccessKeyId');
    const response = await fetch(`${sandbox.endpoint}/clusters`, {
      headers: { authorization: 'acs nonsense' },
    });
    expect((await response.json()).Code).toBe('IncompleteSignature');
  });

  it('accepts parameters in the query and in a form', async () => {
    const client = (method: 'GET' | 'POST') =>
      new RPCClient({
        endpoint: sandbox.endpoint,
        apiVersion: VPC,
        accessKeyId: sandbox.accessKeyId,
        accessKeySecret: sandbox.accessKeySecret,
        opts: { method },
      });
    for (const method of ['GET', 'POST'] as const) {
      const answer: any = await client(method).request('DescribeZones', {
        RegionId: 'ap-southeast-1',
        AcceptLanguage: 'en-US',
      });
      expect(answer.Zones.Zone[0]).toMatchObject({
        ZoneId: 'ap-southeast-1a',
        LocalName: 'Singapore Zone A',
      });
    }
  });

  it('reports errors of the Container Service in lower case', async () => {
    const error = await failure(cloud.ack.get('/clusters/c0'));
    expect(error.statusCode).toBe(404);
    expect(error.result).toMatchObject({
      code: 'ErrorClusterNotFound',
      message: expect.any(String),
      requestId: expect.any(String),
    });
    const unknown = await failure(cloud.ack.get('/nothing'));
    expect(unknown.code).toBe('InvalidApi.NotFound');
  });

  it('checks without doing anything when DryRun is set', async () => {
    const dry = { RegionId: 'cn-heyuan', DryRun: true };
    const passed = await failure(
      cloud.vpc('CreateVpc', { ...dry, CidrBlock: '10.0.0.0/8' }),
    );
    expect(passed.code).toBe('DryRunOperation');
    const refused = await failure(
      cloud.vpc('CreateVpc', { ...dry, CidrBlock: '100.64.0.0/12' }),
    );
    expect(refused.code).toBe('InvalidCidrBlock.Malformed');
    const { TotalCount } = await cloud.vpc('DescribeVpcs', {
      RegionId: 'cn-heyuan',
    });
    expect(TotalCount).toBe(0);
  });

  it('pages by number and by token, and filters by tag', async () => {
    const region = { RegionId: 'cn-chengdu' };
    for (let i = 0; i < 5; i++) {
      await cloud.vpc('CreateVpc', {
        ...region,
        CidrBlock: `10.${i}.0.0/16`,
        Tag: [{ Key: 'parity', Value: i % 2 ? 'odd' : 'even' }],
      });
    }
    const page = await cloud.vpc('DescribeVpcs', {
      ...region,
      PageNumber: 2,
      PageSize: 2,
    });
    const blocks = page.Vpcs.Vpc.map((vpc: any) => vpc.CidrBlock);
    expect(blocks).toEqual(['10.2.0.0/16', '10.3.0.0/16']);
    expect(page).toMatchObject({ PageNumber: 2, PageSize: 2, TotalCount: 5 });
    const odd = await cloud.vpc('DescribeVpcs', {
      ...region,
      Tag: [{ Key: 'parity', Value: 'odd' }],
    });
    expect(odd.TotalCount).toBe(2);

    const rows: any[] = [];
    let NextToken: string | undefined;
    do {
      const part: any = await cloud.vpc('ListTagResources', {
        ...region,
        ResourceType: 'vpc',
        MaxResults: 2,
        ...(NextToken ? { NextToken } : {}),
      });
      rows.push(...part.TagResources.TagResource);
      NextToken = part.NextToken;
    } while (NextToken);
    expect(rows.filter(row => row.TagValue === 'even')).toHaveLength(3);
    const bad = await failure(
      cloud.vpc('ListTagResources', {
        ...region,
        ResourceType: 'VPC',
        NextToken: 'invented',
      }),
    );
    expect(bad.code).toBe('InvalidParameter');
  });

  it('disturbs calls as the fault rules say', async () => {
    await control(sandbox, '/faults/openapi', 'POST', {
      kind: 'throttle',
      action: 'DescribeVpcs',
      times: 1,
    });
    const ask = () => cloud.vpc('DescribeVpcs', { RegionId: 'cn-fuzhou' });
    expect((await failure(ask())).code).toBe('Throttling.User');
    expect((await ask()).TotalCount).toBe(0);

    await control(sandbox, '/faults/openapi', 'POST', {
      kind: 'reset-after',
      action: 'CreateVpc',
      times: 1,
    });
    const create = () =>
      cloud.vpc('CreateVpc', {
        RegionId: 'cn-fuzhou',
        CidrBlock: '10.0.0.0/16',
        ClientToken: 'lost-answer',
      });
    await failure(create());
    expect((await ask()).TotalCount).toBe(1);
    await create();
    expect((await ask()).TotalCount).toBe(1);
  });

  it('empties the account on reset', async () => {
    await cloud.vpc('CreateVpc', { RegionId: 'cn-nanjing' });
    expect((await control(sandbox, '/inventory')).resources).not.toEqual([]);
    await control(sandbox, '/reset', 'POST');
    expect(await control(sandbox, '/inventory')).toEqual({ resources: [] });
  });
});
