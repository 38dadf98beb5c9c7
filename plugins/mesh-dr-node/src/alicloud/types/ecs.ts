import type { CallOptions, Tags } from './common';

export interface SecurityGroupRule {
  ruleId: string;
  direction: 'ingress' | 'egress';
  ipProtocol: string;
  portRange: string;
  /** Whom an ingress rule is about: a block, or a security group; empty for egress. */
  sourceCidrIp: string;
  sourceGroupId: string;
  /** Whom an egress rule is about; empty for ingress. */
  destCidrIp: string;
  destGroupId: string;
  policy: string;
  /** 1 to 100; the lowest number wins, and a drop wins over an accept of the same. */
  priority: string;
  description: string;
}
/** What can be bought in one zone at this moment. */
export interface ZoneStock {
  zoneId: string;
  /** Without those that are sold out; sorted. */
  instanceTypes: string[];
}
/** Lets a source in: all protocols and ports unless told otherwise. */
export interface IngressRule {
  sourceCidrIp: string;
  ipProtocol?: string;
  portRange?: string;
}

export interface EcsApi {
  /**
   * Pay-as-you-go instance types that can be bought, by zone. Zones without any may be missing. Narrow it by type where
   * possible: a zone offers hundreds.
   */
  availableInstanceTypes(
    p: { regionId: string; zoneId?: string; instanceType?: string },
    o?: CallOptions,
  ): Promise<ZoneStock[]>;
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
      /** `normal` (members reach each other, egress is open) or `enterprise` (neither). */
      type: string;
      vpcId: string;
      tags: Tags;
    }[]
  >;
  describeSecurityGroupRules(
    p: { regionId: string; securityGroupId: string },
    o?: CallOptions,
  ): Promise<SecurityGroupRule[]>;
  /** Adding a rule that exists succeeds. As few calls as possible: one takes 100 rules. */
  authorizeIngress(
    p: {
      regionId: string;
      securityGroupId: string;
      rules: (IngressRule & { description?: string })[];
    },
    o?: CallOptions,
  ): Promise<void>;
  /** Revoking a rule that does not exist succeeds. */
  revokeIngress(
    p: { regionId: string; securityGroupId: string; rules: IngressRule[] },
    o?: CallOptions,
  ): Promise<void>;
}
