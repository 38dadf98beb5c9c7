import {
  Account,
  account,
  failure,
  until,
} from '../../../__testUtils__/account';
import { conformingClient } from '../../../__testUtils__/wire';
import { Sandbox, startSandbox } from '../../../sandbox';
import { ecsContracts } from '../../contracts';

const REGION = { RegionId: 'cn-hangzhou' };

jest.setTimeout(30_000);

describe('ECS security groups', () => {
  let sandbox: Sandbox;
  let cloud: Account;
  let VpcId: string;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 2000, gatewayPort: 0 });
    cloud = account(sandbox);
    ({ VpcId } = await cloud.vpc('CreateVpc', REGION));
    await until('the VPC', async () => {
      const { Status } = await cloud.vpc('DescribeVpcAttribute', {
        ...REGION,
        VpcId,
      });
      return Status === 'Available';
    });
  });
  afterAll(() => sandbox.stop());

  const newGroup = async (more: object = {}): Promise<string> => {
    const { SecurityGroupId } = await cloud.ecs('CreateSecurityGroup', {
      ...REGION,
      VpcId,
      ...more,
    });
    return SecurityGroupId;
  };
  const rules = async (SecurityGroupId: string): Promise<any[]> => {
    const { Permissions } = await cloud.ecs('DescribeSecurityGroupAttribute', {
      ...REGION,
      SecurityGroupId,
    });
    return Permissions.Permission;
  };
  const web = {
    IpProtocol: 'tcp',
    PortRange: '80/80',
    SourceCidrIp: '10.0.0.0/8',
    Priority: '10',
  };

  it('serves every documented operation as documented', async () => {
    const { call, driven } = conformingClient(sandbox, {
      version: '2014-05-26',
      contracts: ecsContracts,
    });
    await call('DescribeRegions');
    await call('DescribeAvailableResource', {
      ...REGION,
      DestinationResource: 'SystemDisk',
      InstanceType: 'ecs.g7.xlarge',
    });
    const { SecurityGroupId } = await call('CreateSecurityGroup', {
      ...REGION,
      VpcId,
      SecurityGroupName: 'web',
      Tag: [{ Key: 'env', Value: 'test' }],
    });
    const group = { ...REGION, SecurityGroupId };
    await call('AuthorizeSecurityGroup', { ...group, Permissions: [web] });
    const dest = {
      IpProtocol: 'ALL',
      PortRange: '-1/-1',
      DestCidrIp: '10.0.0.0/8',
    };
    await call('AuthorizeSecurityGroupEgress', {
      ...group,
      Permissions: [dest],
    });
    const { SecurityGroups } = await call('DescribeSecurityGroups', group);
    expect(SecurityGroups.SecurityGroup).toEqual([
      expect.objectContaining({ SecurityGroupName: 'web', RuleCount: 2 }),
    ]);
    const { Permissions } = await call('DescribeSecurityGroupAttribute', {
      ...group,
      Direction: 'ingress',
    });
    const [{ SecurityGroupRuleId }] = Permissions.Permission;
    await call('ModifySecurityGroupRule', {
      ...group,
      SecurityGroupRuleId,
      PortRange: '443/443',
      Description: 'over TLS',
    });
    expect(await rules(SecurityGroupId)).toContainEqual(
      expect.objectContaining({
        SecurityGroupRuleId,
        IpProtocol: 'TCP',
        PortRange: '443/443',
        SourceCidrIp: '10.0.0.0/8',
        Priority: '10',
        Description: 'over TLS',
      }),
    );
    await call('RevokeSecurityGroup', {
      ...group,
      SecurityGroupRuleId: [SecurityGroupRuleId],
    });
    await call('RevokeSecurityGroupEgress', { ...group, Permissions: [dest] });
    expect(await rules(SecurityGroupId)).toEqual([]);
    const tagged = {
      ...REGION,
      ResourceType: 'securitygroup',
      ResourceId: [SecurityGroupId],
    };
    await call('TagResources', { ...tagged, Tag: [{ Key: 'k', Value: 'v' }] });
    await call('ListTagResources', tagged);
    await call('UntagResources', { ...tagged, TagKey: ['k'] });
    await call('DeleteSecurityGroup', group);
    expect([...driven].sort()).toEqual(Object.keys(ecsContracts).sort());
  });

  it.each([
    [{ IpProtocol: '' }, 'MissingParameter'],
    [{ IpProtocol: 'quic' }, 'InvalidIpProtocol.ValueNotSupported'],
    [{ PortRange: '' }, 'MissingParameter'],
    [{ PortRange: '90/80' }, 'InvalidPortRange.Malformed'],
    [{ IpProtocol: 'icmp', PortRange: '8/8' }, 'OperationDenied'],
    [{ SourceCidrIp: '' }, 'MissingParameter.Source'],
    [{ SourceCidrIp: '10.0.0.0/33' }, 'InvalidSourceCidrIp.Malformed'],
    [{ SourceGroupId: 'sg-none' }, 'InvalidSourceGroupId.NotFound'],
    [{ Policy: 'allow' }, 'InvalidPolicy.Malformed'],
    [{ Priority: '101' }, 'InvalidPriority.ValueNotSupported'],
    [{ Priority: 'high' }, 'InvalidPriority.Malformed'],
    [{ NicType: 'eth0' }, 'InvalidNicType.ValueNotSupported'],
  ])('refuse a rule with %j', async (change, code) => {
    const SecurityGroupId = await newGroup();
    const refused = await failure(
      cloud.ecs('AuthorizeSecurityGroup', {
        ...REGION,
        SecurityGroupId,
        Permissions: [{ ...web, ...change }],
      }),
    );
    expect(refused.code).toBe(code);
    expect(await rules(SecurityGroupId)).toEqual([]);
  });

  it('change a rule within limits', async () => {
    const SecurityGroupId = await newGroup();
    const group = { ...REGION, SecurityGroupId };
    await cloud.ecs('AuthorizeSecurityGroup', {
      ...group,
      Permissions: [web, { ...web, PortRange: '81/81' }],
    });
    const [{ SecurityGroupRuleId }] = await rules(SecurityGroupId);
    const modify = (change: object) =>
      cloud.ecs('ModifySecurityGroupRule', { ...group, ...change });
    const code = async (change: object) =>
      (await failure(modify({ SecurityGroupRuleId, ...change }))).code;
    expect(await code({ PortRange: '81/81' })).toBe('InvalidParamter.Conflict');
    expect(await code({ SourceGroupId: SecurityGroupId })).toBe(
      'InvalidParamter.Conflict',
    );
    expect(await code({ SecurityGroupRuleId: 'sgr-none' })).toBe(
      'InvalidParam.SecurityGroupRuleId',
    );
    await modify({ ...web, Description: 'found by what it says' });
    expect((await rules(SecurityGroupId))[0].Description).toBe(
      'found by what it says',
    );
    const unknown = await failure(modify({ ...web, PortRange: '1/2' }));
    expect(unknown.code).toBe('MissingParameter');
  });

  it('refuse to revoke a rule id that they do not have', async () => {
    const SecurityGroupId = await newGroup();
    const refused = await failure(
      cloud.ecs('RevokeSecurityGroup', {
        ...REGION,
        SecurityGroupId,
        SecurityGroupRuleId: ['sgr-none'],
      }),
    );
    expect(refused.code).toBe('InvalidParam.SecurityGroupRuleId');
    await cloud.ecs('RevokeSecurityGroup', {
      ...REGION,
      SecurityGroupId,
      Permissions: [web],
    });
  });

  it('are found by all that a list call can ask for', async () => {
    const SecurityGroupId = await newGroup({
      SecurityGroupName: 'needle-in-the-hay',
      SecurityGroupType: 'enterprise',
    });
    const count = async (query: object): Promise<number> => {
      const answer = await cloud.ecs('DescribeSecurityGroups', {
        ...REGION,
        ...query,
      });
      return answer.SecurityGroups.SecurityGroup.filter(
        (row: any) => row.SecurityGroupId === SecurityGroupId,
      ).length;
    };
    expect(await count({ SecurityGroupName: 'needle' })).toBe(0);
    expect(await count({ SecurityGroupName: 'needle', FuzzyQuery: true })).toBe(
      1,
    );
    expect(await count({ SecurityGroupType: 'enterprise' })).toBe(1);
    expect(await count({ SecurityGroupType: 'normal', PageSize: 50 })).toBe(0);
    expect(await count({ NetworkType: 'classic' })).toBe(0);
    expect(
      await count({ SecurityGroupIds: JSON.stringify([SecurityGroupId]) }),
    ).toBe(1);
    const malformed = await failure(count({ SecurityGroupIds: '{}' }));
    expect(malformed.code).toBe('InvalidSecurityGroupIds');
    const elsewhere = await failure(
      cloud.ecs('DescribeSecurityGroupAttribute', {
        RegionId: 'cn-shanghai',
        SecurityGroupId,
      }),
    );
    expect(elsewhere.code).toBe('InvalidSecurityGroupId.NotFound');
  });
});
