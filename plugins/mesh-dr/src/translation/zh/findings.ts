import type { findings as en } from '../en/findings';

export const findings: Record<keyof typeof en, string> = {
  'lint.hidden-services':
    '这涉及您无权读取其目录实体的服务；请联系网格的管理人员。',
  'lint.failover-to-itself':
    '{{region}} 不能故障转移到自身，Istio 会拒绝该规则。',
  'lint.weight-zero':
    'Istio 不接受值为 0 的权重；不应收到请求的地域应直接省略。对于来自 {{from}} 的调用方，涉及：{{regions}}。',
  'lint.weights-sum':
    '来自 {{from}} 的调用方的权重合计为 {{sum}}，而 Istio 只接受恰好 100。',
  'lint.failover-and-distribution':
    '故障转移与流量分布互斥，Istio 会拒绝同时包含两者的规则。',
  'lint.unknown-region':
    '网格在地域“{{region}}”中没有集群；代理逐字比较地域名称，因此规则的这一部分永远不会生效。网格的地域：{{known}}。',
  'lint.version-gate':
    '流量分布需要 ASM {{requires}} 或更高版本；当前网格版本为 {{version}}。该版本支持故障转移。',
  'lint.missing-outlier-detection':
    '没有异常检测的故障转移不起作用：Istio 不设置优先级，请求会按端点数量分散到所有地域。涉及：{{services}}。',
  'lint.distribution-without-outlier-detection':
    '没有异常检测时，即使某个地域发生故障，权重也保持不变：分给它的请求会一直失败。涉及：{{services}}。',
  'lint.max-ejection-too-low':
    '{{service}} 不会离开 {{region}}：maxEjectionPercent 为 {{cap}}，在 {{total}} 个端点中 Envoy 只能移除 {{ejected}} 个，而 {{region}} 有 {{local}} 个。至少需要 {{needed}}，建议设为 100。',
  'lint.no-error-counter':
    '{{service}} 的异常检测不统计任何错误（consecutive5xxErrors 为 0，且未设置 consecutiveGatewayErrors），因此不会移除任何端点。',
  'lint.gateway-errors-never-count':
    '{{service}} 的 consecutiveGatewayErrors（{{gateway}}）从不起作用：每个 502、503、504 也都是 5xx，而累计 {{all}} 次 5xx 会先触发移除。',
  'lint.min-health-percent':
    '当 {{service}} 的健康端点低于 {{percent}} % 时，Envoy 可能重新向已失效的端点发送请求（minHealthPercent）。',
  'lint.tcp-port':
    '{{service}} 的端口 {{ports}} 声明为 TCP：代理在此看不到 HTTP 状态码，只有连接失败才算错误。',
  'lint.mesh-carries-no-outlier-detection':
    '网格级规则无法包含异常检测或连接设置，请在各个服务上设置。',
  'lint.headless':
    '{{service}} 是无头服务：客户端按地址选择 Pod，代理照办，因此任何地域规则都不适用。',
  'lint.passthrough':
    '{{service}} 使用 PASSTHROUGH 负载均衡：代理沿用客户端选择的地址，因此任何地域规则都不适用。',
  'lint.service-missing-near-callers':
    '{{clusters}} 中有工作负载，但没有 Service {{service}}：除非网格为代理解析域名（DNS 代理），否则该名称在那里无法解析，请求在用到规则之前就会失败。请在那里创建该 Service，没有 Pod 也可以。',
  'lint.target-without-endpoints':
    '{{service}} 在 {{regions}} 没有就绪的端点，那里无法应答。请先在那里启动 Pod。',
  'lint.from-without-callers':
    '“from”指调用方所在地域，而 {{regions}} 没有调用方。调用方位于：{{callers}}。',
  'lint.caller-region-not-covered':
    '来自 {{region}} 的调用方不匹配任何条目：它们的请求会按端点数量分散到所有地域，没有任何偏向。',
  'lint.rule-not-obeyed':
    '另有对象会使该规则对 {{service}} 不起作用（{{where}}）：{{why}}。',
  'lint.mesh-rule-overridden':
    '{{services}} 有自己的地域规则，会完全取代网格级规则。',
  'lint.replaces-mesh-rule': '该服务将遵循自己的规则，而不再遵循网格级规则。',
  'lint.switches-off-first':
    '按 ASM 的要求，切换模式前会先关闭当前的网格级规则；其间请求不遵循任何规则。',
  'lint.connect-timeout-default':
    '失联的地域完全没有应答；未设置 connectTimeout 时，每次尝试都要等待 {{seconds}} 秒。',
  'lint.distribution-without-fallback':
    '来自 {{from}} 的调用方只知道 {{region}}：一旦它发生故障就会得到错误（503），尽管别处有 {{spare}} 个端点就绪。流量分布不会超出其列表。',
  'lint.weights-apply-at-every-hop':
    '调用链上的每一跳都会再次套用权重：第一跳有 {{leaves}} % 离开 {{from}}，经过两个服务的请求中有 {{afterTwo}} % 至少离开过一次。若要转移整体的 {{leaves}} %，请只为一个服务设置规则。',
  'lint.consistent-hash':
    '{{service}} 按哈希选择端点（consistentHash）：只要一个地域还剩任何端点，它就保持全部权重，由剩下的少数端点承担全部请求。',
  'lint.zonal-concentration':
    '位于 {{zones}} 的调用方只使用 {{service}} 在本可用区的端点（只要它们健康）；同地域的其他可用区排在其后。',
  'lint.node-without-region':
    '节点 {{nodes}} 缺少标签 topology.kubernetes.io/region（共 {{count}} 个）：其上的 Pod 没有地域信息，规则既不从它们出发，也不偏向它们。',
  'lint.region-label-typo':
    '网格中同时存在 {{meant}} 与“{{region}}”，后者像是写错的节点标签；代理会把它们当作两个地域。',
  'lint.off-spreads-calls':
    '没有规则时，对 {{service}} 的请求会按端点数量分散到各地域：{{split}}。',
  'lint.connect-timeout-decides':
    '如果失去 {{region}} 且完全没有应答，对 {{service}} 的请求最多多等 {{waitNow}} 秒，{{requests}} 次请求中约有 {{failedNow}} 次失败；连接超时设为 {{offered}} 后，最多多等 {{waitThen}} 秒，约有 {{failedThen}} 次失败。',
  'lint.retries-stay-in-region':
    '对 {{service}} 的重试可能留在发生故障的地域：{{region}} 的 Pod 拒绝连接时，{{seconds}} 秒内约有 {{refusedNow}} 次请求失败，启用 retryRemoteLocalities 后为 {{refusedThen}} 次；{{region}} 完全没有应答时，分别为 {{lostNow}} 次和 {{lostThen}} 次。重试在 {{object}} 中设置，门户不会修改它。',

  'verdict.unknown':
    '未知：尚未读取到 {{regions}}，因此无法判断失去一个地域的后果。',
  'verdict.headless': '未受保护：该服务是无头服务，任何地域规则都不适用。',
  'verdict.noEndpoints': '未受保护：任何地域都没有就绪的端点。',
  'verdict.singleRegion':
    '未受保护：全部就绪端点（{{ready}} 个）都在 {{region}}，没有其他地域可以接管。',
  'verdict.protected':
    '如果失去 {{region}}，请求转到 {{targets}}；最初约有 {{calls}} 次请求失败。',
  'verdict.partial':
    '部分受保护：如果失去 {{region}}，请求转到 {{targets}}，最初约有 {{calls}} 次请求失败；但如果失去 {{otherRegion}}，{{percent}} % 的请求会持续失败或得不到应答。',
  'verdict.noOutlierDetection':
    '未受保护：没有异常检测，调用方不会离开故障端点；如果失去 {{region}}，{{percent}} % 的请求会持续失败。',
  'verdict.noErrorCounter':
    '未受保护：异常检测不统计错误，不会移除任何端点；如果失去 {{region}}，{{percent}} % 的请求会持续失败。',
  'verdict.neverEjects':
    '未受保护：共 {{endpoints}} 个端点且 maxEjectionPercent 为 {{maxEjectionPercent}} 时，Envoy 不会移除任何端点；如果失去 {{region}}，{{percent}} % 的请求会持续失败。',
  'verdict.ejectsTooFew':
    '未受保护：共 {{endpoints}} 个端点且 maxEjectionPercent 为 {{maxEjectionPercent}} 时，Envoy 只会移除 {{region}} 的 {{local}} 个端点中的 {{ejected}} 个；如果失去该地域，{{percent}} % 的请求会持续失败。',
  'verdict.noFallback':
    '未受保护：如果失去 {{region}}，来自 {{callerRegion}} 的调用方得不到应答，因为其规则没有指定其他地域。',
  'verdict.keepsFailing':
    '未受保护：如果失去 {{region}}，{{percent}} % 的请求会持续失败。',

  'lintFix.failover-to-itself': '删除 {{region}} → {{region}}',
  'lintFix.weight-zero': '省略 {{regions}}',
  'lintFix.weights-sum': '按比例调整到合计 100',
  'lintFix.failover-and-distribution': '只保留当前模式',
  'lintFix.unknown-region': '改用相近的地域名称',
  'lintFix.missing-outlier-detection': '添加异常检测',
  'lintFix.distribution-without-outlier-detection': '添加异常检测',
  'lintFix.max-ejection-too-low': '将 maxEjectionPercent 设为 100',
  'lintFix.no-error-counter': '连续 3 次 5xx 错误后移除',
  'lintFix.gateway-errors-never-count': '去掉 consecutiveGatewayErrors',
  'lintFix.min-health-percent': '将 minHealthPercent 设为 0',
  'lintFix.mesh-carries-no-outlier-detection': '去掉这些设置',
  'lintFix.caller-region-not-covered': '为 {{region}} 的调用方设置镜像权重',
  'lintFix.connect-timeout-default': '将 connectTimeout 设为 1s',
  'lintFix.connect-timeout-decides': '将 connectTimeout 设为 {{offered}}',
};
