import type { entry as en } from '../en/entry';

export const entry: Record<keyof typeof en, string> = {
  'entry.title': '流量入口',
  'entry.state.met': '流量入口：已覆盖',
  'entry.state.unmet': '流量入口：未覆盖',
  'entry.state.unknown': '流量入口：未知',
  'check.met': '{{title}}：满足',
  'check.unmet': '{{title}}：不满足',
  'check.unknown': '{{title}}：未知',
  'check.failed': '检查失败：{{error}}',
  'check.open': '打开',
  'entry.declared':
    '{{by}} 声明：网格外的客户端由“{{how}}”切换到其他地域；此处未做检查。',
  'entry.declaredNone':
    '{{by}} 声明：网格外的客户端不会切换到其他地域。一旦其网关不可用，网格中的任何规则都帮不上忙。',
  'entry.declaredOneRegion':
    '{{by}} 声明：网格外的客户端由“{{how}}”切换到其他地域，但只有 {{region}} 部署了入口网关。',
  'entry.dnsSpread':
    '网格外的客户端可以到达 {{regions}} 的网关：{{host}} 解析到这些网关。',
  'entry.dnsOneRegion':
    '无法确定网格外的客户端能否切换到其他地域：{{host}} 目前只解析到 {{region}} 的网关；如果前面有负责切换的流量管理服务，平时看起来也是这样。若有，请用注解 mesh-dr.io/entry-failover 声明。',
  'entry.dnsElsewhere':
    '无法确定网格外的客户端能否切换到其他地域：{{host}} 没有解析到网格的任何入口网关。请用注解 mesh-dr.io/entry-failover 声明前面使用了什么。',
  'entry.dnsFailed':
    '无法确定网格外的客户端能否切换到其他地域：{{host}} 无法解析（{{error}}）。',
  'entry.noGateway': '无法确定网格外的客户端如何进入：没有发现入口网关。',
  'entry.oneRegion':
    '网格外的客户端只能从 {{region}} 进入：该地域一旦不可用，网格中的任何规则都帮不上忙。请在其他地域也创建入口网关，并在两者之前使用 DNS 或全局流量管理。',
  'entry.undeclared':
    '无法确定网格外的客户端能否切换到其他地域：{{regions}} 都有网关，但没有声明它们前面使用了什么。请用注解 mesh-dr.io/entry-failover 声明，或在 meshDr.entry 中写明域名。',
};
