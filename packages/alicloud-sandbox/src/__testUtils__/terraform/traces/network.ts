import type { Trace } from '../trace';

const REGION = 'cn-hangzhou';

/** VPC, vSwitch, security group and one of its rules. */
export const networkTraces: Trace[] = [
  {
    resource: 'alicloud_vpc',
    create: [
      {
        via: 'tea-rpc',
        call: 'vpc.CreateVpc',
        body: {
          RegionId: REGION,
          ClientToken: 'TF-CreateVpc-1',
          CidrBlock: '20.0.0.0/8',
          VpcName: 'tf vpc',
          EnableIpv6: 'false',
          'Tag.1.Key': 'made-by',
          'Tag.1.Value': 'terraform',
        },
        keep: { vpc: '$.VpcId' },
        retries: ['TaskConflict', 'UnknownError'],
      },
      {
        via: 'tea-rpc',
        call: 'vpc.DescribeVpcAttribute',
        body: { RegionId: REGION, VpcId: '${vpc}' },
        until: { path: '$.Status', is: 'Available' },
      },
    ],
    read: [
      {
        via: 'tea-rpc',
        call: 'vpc.DescribeVpcAttribute',
        body: { RegionId: REGION, VpcId: '${vpc}' },
        reads: {
          '$.VpcId': '${vpc}',
          '$.CidrBlock': '20.0.0.0/8',
          '$.VpcName': 'tf vpc',
          '$.Tags.Tag': [{ Key: 'made-by', Value: 'terraform' }],
        },
        needs: ['$.VRouterId', '$.ResourceGroupId', '$.UserCidrs.UserCidr'],
      },
      {
        via: 'tea-rpc',
        call: 'vpc.DescribeRouteTableList',
        body: { RegionId: REGION, VpcId: '${vpc}' },
        reads: {
          '$.RouterTableList.RouterTableListType[0].RouteTableType': 'System',
        },
        keep: {
          routeTable: '$.RouterTableList.RouterTableListType[0].RouteTableId',
        },
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: 'vpc.DeleteVpc',
        body: { RegionId: REGION, VpcId: '${vpc}' },
        retries: [
          'DependencyViolation.VSwitch',
          'DependencyViolation.SecurityGroup',
          'IncorrectVpcStatus',
        ],
      },
    ],
    absent: {
      via: 'tea-rpc',
      call: 'vpc.DescribeVpcAttribute',
      body: { RegionId: REGION, VpcId: '${vpc}' },
      empty: '$.VpcId',
    },
    destroyAgain: {
      via: 'tea-rpc',
      call: 'vpc.DeleteVpc',
      body: { RegionId: REGION, VpcId: '${vpc}' },
      codes: ['InvalidResource.NotFound', 'Forbidden.VpcNotFound'],
    },
    blocked: true,
  },
  {
    resource: 'alicloud_vswitch',
    create: [
      {
        via: 'tea-rpc',
        call: 'vpc.CreateVSwitch',
        body: {
          RegionId: REGION,
          ClientToken: 'TF-CreateVSwitch-1',
          VpcId: '${vpc}',
          CidrBlock: '20.0.0.0/16',
          ZoneId: 'cn-hangzhou-h',
          VSwitchName: 'tf',
        },
        keep: { vSwitch: '$.VSwitchId' },
        retries: [
          'TaskConflict',
          'IncorrectStatus.cbnStatus',
          'InvalidStatus.RouteEntry',
          'OperationConflict',
          'IncorrectVSwitchStatus',
          'OperationFailed.NotifyCenCreate',
        ],
      },
      {
        via: 'tea-rpc',
        call: 'vpc.DescribeVSwitchAttributes',
        query: { VSwitchId: '${vSwitch}' },
        body: { RegionId: REGION },
        until: { path: '$.Status', is: 'Available' },
      },
    ],
    read: [
      {
        via: 'tea-rpc',
        call: 'vpc.DescribeVSwitchAttributes',
        query: { VSwitchId: '${vSwitch}' },
        body: { RegionId: REGION },
        reads: {
          '$.VSwitchId': '${vSwitch}',
          '$.VpcId': '${vpc}',
          '$.CidrBlock': '20.0.0.0/16',
          '$.ZoneId': 'cn-hangzhou-h',
          '$.VSwitchName': 'tf',
        },
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: 'vpc.DeleteVSwitch',
        body: { RegionId: REGION, VSwitchId: '${vSwitch}' },
        retries: [
          'DependencyViolation',
          'DependencyViolation.SNAT',
          'DependencyViolation.EnhancedNatgw',
          'IncorrectRouteEntryStatus',
          'IncorrectVSwitchStatus',
          'DeleteVSwitch.IncorrectStatus.cbnStatus',
          'TaskConflict',
          'OperationConflict',
        ],
      },
    ],
    absent: {
      via: 'tea-rpc',
      call: 'vpc.DescribeVSwitchAttributes',
      query: { VSwitchId: '${vSwitch}' },
      body: { RegionId: REGION },
      empty: '$.VSwitchId',
    },
    destroyAgain: {
      via: 'tea-rpc',
      call: 'vpc.DeleteVSwitch',
      body: { RegionId: REGION, VSwitchId: '${vSwitch}' },
      codes: ['InvalidVswitchID.NotFound', 'InvalidVSwitchId.NotFound'],
    },
    blocked: true,
  },
  {
    resource: 'alicloud_security_group',
    create: [
      {
        via: 'tea-rpc',
        call: 'ecs.CreateSecurityGroup',
        body: { RegionId: REGION, VpcId: '${vpc}', SecurityGroupName: 'tf' },
        keep: { group: '$.SecurityGroupId' },
      },
    ],
    read: [
      {
        via: 'sdk-go',
        call: 'ecs.DescribeSecurityGroupAttribute',
        query: { RegionId: REGION, SecurityGroupId: '${group}' },
        reads: { '$.SecurityGroupName': 'tf', '$.VpcId': '${vpc}' },
      },
    ],
    destroy: [
      {
        via: 'tea-rpc',
        call: 'ecs.DeleteSecurityGroup',
        body: { RegionId: REGION, SecurityGroupId: '${group}' },
        retries: ['DependencyViolation'],
      },
    ],
    absent: {
      via: 'sdk-go',
      call: 'ecs.DescribeSecurityGroupAttribute',
      query: { RegionId: REGION, SecurityGroupId: '${group}' },
    },
    destroyAgain: {
      via: 'tea-rpc',
      call: 'ecs.DeleteSecurityGroup',
      body: { RegionId: REGION, SecurityGroupId: '${group}' },
    },
  },
  {
    resource: 'alicloud_security_group_rule',
    create: [
      {
        via: 'sdk-go',
        call: 'ecs.DescribeSecurityGroupAttribute',
        query: { RegionId: REGION, SecurityGroupId: '${group}' },
        needs: ['$.Permissions.Permission'],
      },
      {
        via: 'tea-rpc',
        call: 'ecs.AuthorizeSecurityGroup',
        body: {
          RegionId: REGION,
          SecurityGroupId: '${group}',
          'Permissions.1.IpProtocol': 'all',
          'Permissions.1.PortRange': '-1/-1',
          'Permissions.1.SourceCidrIp': '10.1.0.0/16',
          'Permissions.1.Policy': 'accept',
          'Permissions.1.Priority': '1',
          'Permissions.1.NicType': 'intranet',
        },
      },
    ],
    read: [
      {
        via: 'sdk-go',
        call: 'ecs.DescribeSecurityGroupAttribute',
        query: {
          RegionId: REGION,
          SecurityGroupId: '${group}',
          Direction: 'ingress',
          NicType: 'intranet',
        },
        // The provider finds its rule by these values, after lowering the protocol's letters.
        reads: {
          '$.Permissions.Permission[0].IpProtocol': 'ALL',
          '$.Permissions.Permission[0].PortRange': '-1/-1',
          '$.Permissions.Permission[0].SourceCidrIp': '10.1.0.0/16',
          '$.Permissions.Permission[0].NicType': 'intranet',
          '$.Permissions.Permission[0].Policy': 'Accept',
          '$.Permissions.Permission[0].Priority': '1',
        },
      },
    ],
    destroy: [
      {
        // A common request with the flat parameters of old.
        via: 'sdk-go',
        call: 'ecs.RevokeSecurityGroup',
        query: {
          RegionId: REGION,
          SecurityGroupId: '${group}',
          IpProtocol: 'all',
          PortRange: '-1/-1',
          SourceCidrIp: '10.1.0.0/16',
          Policy: 'accept',
          Priority: '1',
          NicType: 'intranet',
        },
      },
    ],
    absent: {
      via: 'sdk-go',
      call: 'ecs.DescribeSecurityGroupAttribute',
      query: {
        RegionId: REGION,
        SecurityGroupId: '${group}',
        Direction: 'ingress',
        NicType: 'intranet',
      },
      empty: '$.Permissions.Permission',
    },
  },
];
