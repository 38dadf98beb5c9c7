import type { evidence as en } from '../en/evidence';

export const evidence: Record<keyof typeof en, string> = {
  'evidence.missing-outlier-detection':
    '{{services}} 没有生效的 outlierDetection',
  'evidence.distribution-without-outlier-detection':
    '{{services}} 没有生效的 outlierDetection',
  'evidence.max-ejection-too-low':
    '{{total}} 个就绪端点中有 {{local}} 个在 {{region}}；上限 {{cap}} %，最多可移除 {{ejected}} 个',
  'evidence.no-error-counter':
    'consecutive5xxErrors = 0，且未设置 consecutiveGatewayErrors',
  'evidence.gateway-errors-never-count':
    'consecutiveGatewayErrors {{gateway}} ≥ consecutive5xxErrors {{all}}',
  'evidence.mesh-carries-no-outlier-detection':
    '规则中包含 outlierDetection 或 connectionPool',
  'evidence.failover-and-distribution':
    'failover 有 {{failover}} 条，distribute 有 {{distribute}} 条',
  'evidence.unknown-region': '{{region}}；网格的地域：{{known}}',
  'evidence.version-gate': 'ASM 版本 {{version}} < {{requires}}',
  'evidence.connect-timeout-default':
    '未设置 connectionPool.tcp.connectTimeout',
  'evidence.connect-timeout-decides':
    'connectionPool.tcp.connectTimeout 为 {{set}}；按 {{proxies}} 个调用方代理、{{seconds}} 秒预测',
  'evidence.retries-stay-in-region':
    '{{object}} 未启用 retryRemoteLocalities；按 {{proxies}} 个调用方代理、{{seconds}} 秒预测',
  'evidence.distribution-without-fallback':
    '来自 {{from}} 的分布：{{region}} 100；别处就绪的端点：{{spare}}',
  'evidence.weights-apply-at-every-hop':
    '第一跳离开 {{from}} 的占 {{leaves}} %，经过两个服务后占 {{afterTwo}} %',
  'evidence.service-missing-near-callers':
    '{{clusters}} 中没有 Service {{service}}',
  'evidence.target-without-endpoints': '就绪端点：{{ready}}',
  'evidence.caller-region-not-covered':
    '调用方位于 {{region}}；distribute.from：{{covered}}',
  'evidence.region-label-typo': '网格的地域：{{known}}',
  'evidence.off-spreads-calls': '就绪端点：{{ready}}',
  'evidence.guardrail-capacity': '{{region}} 有 {{ready}} 个就绪',
  'evidence.guardrail-active-shift': '渐进转移 {{shift}} 尚未结束',
};
