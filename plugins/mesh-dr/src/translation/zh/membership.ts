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

  'operation.stop': '停止等待',
  'join.cancelled': '已停止等待 {{cluster}}（{{elapsed}}）',
  'join.cancelledHint':
    'ASM 无法撤回加入操作。如果已经提交，它会在 ASM 中继续：集群列表会显示结果。',
  'leave.cancelled': '已停止等待 {{cluster}}（{{elapsed}}）',
  'leave.cancelledHint':
    'ASM 无法撤回移出操作。如果已经提交，它会在 ASM 中继续：集群列表会显示结果。',

  'leave.open': '移出',
  'leave.openOf': '将 {{cluster}} 移出网格',
  'leave.actions': '操作',
  'leave.title': '将 {{cluster}} 移出 {{mesh}}',
  'leave.explain':
    '集群中的工作负载会继续运行，但网格不再识别它们：请求不会再发往该集群，其边车也收不到规则。',
  'leave.checking': '正在查看服务',
  'leave.previewFailed': '无法得知移出对服务的影响',
  'leave.outdated': '{{clusters}} 只有较早的数据；以下列表以此为依据。',
  'leave.harmless': '没有服务会失去最后一个其他地域',
  'leave.harm_one': '{{count}} 个服务将无法承受失去一个地域',
  'leave.harm_other': '{{count}} 个服务将无法承受失去一个地域',
  'leave.services': '将失去最后一个其他地域的服务',
  'leave.onlyRegion': '只剩 {{region}}',
  'leave.noRegion': '没有剩余地域：所有请求都会失败',
  'leave.more_one': '以及另外 {{count}} 个',
  'leave.more_other': '以及另外 {{count}} 个',
  'leave.submit': '移出',
  'leave.failed': '无法移出该集群',
  'leave.followFailed': '无法读取进度；移出仍在进行',
  'leave.running': '{{cluster}} 正在移出（{{elapsed}}）',
  'leave.runningHint':
    '您可以关闭此窗口：移出会继续进行，集群列表会显示其状态。',
  'leave.succeeded': '{{cluster}} 已移出（{{elapsed}}）',
  'leave.failedTitle': '{{cluster}} 移出失败（{{elapsed}}）',
};
