import type { membership as en } from '../en/membership';

export const membership: Record<keyof typeof en, string> = {
  'repair.bandwidth': '带宽（Mbit/s）',
  'repair.setBandwidth': '设置带宽 {{mbps}} Mbit/s',
  'repair.bandwidthConsequence':
    '{{a}} 与 {{b}} 之间的连接 {{link}} 将可承载最高 {{mbps}} Mbit/s。这是计费项：从现在起，云平台按跨地域流量收费（DataTransfer）。',
  'repair.admit_one': '添加 {{count}} 条安全组规则',
  'repair.admit_other': '添加 {{count}} 条安全组规则',
  'repair.admitConsequence':
    '安全组将放行以下网段的所有协议和端口。不产生费用。',
  'repair.rule': '{{cluster}} 的 {{group}} 放行 {{caller}} 的 {{cidr}}',
  'repair.confirm': '应用',
  'repair.failed': '无法应用该修复',
  'repair.notAllowed': '有权创建环境的人员可以在此直接应用。',
};
