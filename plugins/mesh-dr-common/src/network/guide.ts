import type { NetworkPlan } from './types';

/**
 * The network plan of Alibaba Cloud's guide "Disaster recovery across ACK clusters in different VPCs": two regions with a
 * cluster each, and ASM in a VPC of its own. The guide leaves zones, node numbers and node masks open.
 */
export const GUIDE_PLAN: NetworkPlan = {
  vpcs: [
    {
      name: 'vpc-hangzhou',
      region: 'cn-hangzhou',
      cidr: '20.0.0.0/8',
      vswitches: [{ name: 'vpc-hangzhou-switch-1', cidr: '20.0.0.0/16' }],
    },
    {
      name: 'vpc-shanghai',
      region: 'cn-shanghai',
      cidr: '21.0.0.0/8',
      vswitches: [{ name: 'vpc-shanghai-switch-1', cidr: '21.0.0.0/16' }],
    },
    {
      name: 'vpc-hangzhou2',
      region: 'cn-hangzhou',
      cidr: '192.168.0.0/16',
      vswitches: [{ name: 'vpc-hangzhou-switch-2', cidr: '192.168.0.0/24' }],
    },
  ],
  clusters: [
    {
      name: 'ack-hangzhou',
      region: 'cn-hangzhou',
      vpc: 'vpc-hangzhou',
      networkPlugin: 'flannel',
      podCidr: '10.0.0.0/16',
      serviceCidr: '172.16.0.0/16',
    },
    {
      name: 'ack-shanghai',
      region: 'cn-shanghai',
      vpc: 'vpc-shanghai',
      networkPlugin: 'flannel',
      podCidr: '10.1.0.0/16',
      serviceCidr: '172.17.0.0/16',
    },
  ],
  mesh: { name: 'mesh', region: 'cn-hangzhou', vpc: 'vpc-hangzhou2' },
};
