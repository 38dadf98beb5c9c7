import type { CallOptions, Tags } from './common';

export interface SecurityGroupRule {
  ruleId: string;
  direction: 'ingress' | 'egress';
  ipProtocol: string;
  portRange: string;
  sourceCidrIp: string;
  policy: string;
  priority: string;
  description: string;
}
export interface EcsApi {
  describeSecurityGroups(
    p: {
      regionId: string;
      securityGroupId?: string;
      vpcId?: string;
      tags?: Tags;
    },
    o?: CallOptions,
  ): Promise<
    {
      securityGroupId: string;
      securityGroupName: string;
      vpcId: string;
      tags: Tags;
    }[]
  >;
  describeSecurityGroupRules(
    p: { regionId: string; securityGroupId: string },
    o?: CallOptions,
  ): Promise<SecurityGroupRule[]>;
  /** Ingress, all protocols unless told otherwise. Adding a rule that exists succeeds. */
  authorizeIngress(
    p: {
      regionId: string;
      securityGroupId: string;
      sourceCidrIp: string;
      description?: string;
      ipProtocol?: string;
      portRange?: string;
      clientToken?: string;
    },
    o?: CallOptions,
  ): Promise<void>;
  revokeIngress(
    p: {
      regionId: string;
      securityGroupId: string;
      sourceCidrIp: string;
      ipProtocol?: string;
      portRange?: string;
    },
    o?: CallOptions,
  ): Promise<void>;
}
