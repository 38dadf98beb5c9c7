import type { resources as en } from '../en/resources';

/** `first` and `second` are the parts of the resource's key; `of` is the title of the attachment that it is about. */
export const resources: Record<keyof typeof en, string> = {
  'resource.cen': '云企业网实例',
  'resource.cluster': 'ACK 集群 {{first}}',
  'resource.member': '集群 {{second}} 的网格成员身份',
  'resource.mesh': 'ASM 网格',
  'resource.peer-attachment': '{{first}} 与 {{second}} 之间的连接',
  'resource.pod-routes': '云企业网上 {{first}} 的 Pod 路由',
  'resource.route-link': '{{of}}在 {{last}} 的路由',
  'resource.security-group': '{{first}} 的安全组规则',
  'resource.transit-router': '{{first}} 的转发路由器',
  'resource.vpc': 'VPC {{first}}',
  'resource.vpc-attachment': 'VPC {{first}} 与转发路由器的连接',
  'resource.vswitch': 'VPC {{first}} 的交换机 {{second}}',
};
