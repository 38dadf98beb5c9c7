import type { controls as en } from '../en/controls';

export const controls: Record<keyof typeof en, string> = {
  'common.loading': '加载中',
  'common.tryAgain': '重试',
  'common.cancel': '取消',
  'common.close': '关闭',
  'common.failed': '操作失败',

  'error.adviceForbidden':
    '您的账号没有相应权限。请联系服务负责人或平台工程师。',
  'error.adviceUnreachable':
    '请稍后重试。如果问题持续存在，请把这里的信息告知平台团队。',

  'mode.off': '关闭',
  'mode.failover': '故障转移',
  'mode.distribution': '流量分布',
  'mode.evacuation': '撤离地域',
  'scope.service': '仅此服务',
  'scope.mesh': '整个网格',

  'control.title': '故障转移与流量分布',
  'control.subtitle':
    '可以放心编辑：点击“应用”之前不会写入任何内容，预测会随编辑实时更新。',
  'control.mode': '模式',
  'control.scope': '作用范围',
  'control.gate': '流量分布需要 ASM {{version}} 及以上版本',
  'control.meshWarning': '该规则会影响网格中所有没有单独设置规则的服务。',
  'control.meshOutlier':
    '异常检测无法在网格级设置：故障转移只对自身 DestinationRule 含有异常检测的服务起作用。',
  'control.forbiddenTitle': '您可以在此试算规则，但无权应用',
  'control.forbidden.service':
    '修改此服务的规则需要 mesh-dr.rule.change 权限，该服务目录实体的负责人和平台运维人员拥有此权限。请联系他们。',
  'control.forbidden.mesh':
    '修改整个网格的规则需要 mesh-dr.mesh-rule.change 权限。请联系平台运维人员。',
  'control.offExplain':
    '不偏向任何地域：请求分散到所有就绪的 Pod，无论在哪里。',
  'control.evacuationTitle':
    '撤离规则正在生效：所有调用方都优先选择 {{region}}',
  'control.evacuation':
    '此处的设置会取代它。若要恢复之前的规则，请在“变更记录”中回滚该撤离。',
  'control.unchangedTitle': '尚未编辑',
  'control.unchanged':
    '这里显示的是当前生效的设置。修改任意一项，即可看到检查结果、修改前后的流量占比以及将要写入的 YAML。',
  'control.reset': '还原',
  'control.apply': '应用…',

  'failover.title': '当某个地域不可用时',
  'failover.explain': '当左侧地域无法应答时，该地域的调用方会转向右侧地域。',
  'failover.add': '添加规则',
  'failover.from': '规则 {{row}}：源地域',
  'failover.to': '规则 {{row}}：目标地域',
  'failover.remove': '删除规则 {{row}}',
  'failover.empty': '还没有规则。添加一条以说明请求应转向哪里。',

  'outlier.title': '异常检测',
  'outlier.explain':
    '每个代理如何发现故障 Pod 并将其移除。故障转移正是依据移除结果进行的。',
  'outlier.offExplain':
    '没有异常检测，代理不会发现故障 Pod，故障转移规则也会被忽略。',
  'outlier.presetRecommended': '推荐值',
  'outlier.presetGuide': '文档中的值',
  'outlier.consecutive5xxErrors': '连续 5xx 错误数',
  'outlier.consecutive5xxErrorsHelp':
    '连续失败多少次后移除 Pod。此处默认为 3。',
  'outlier.consecutiveGatewayErrors': '连续网关错误数',
  'outlier.consecutiveGatewayErrorsHelp':
    '仅统计 502、503、504。留空则不单独统计。',
  'outlier.interval': '检测间隔',
  'outlier.intervalHelp': '两次检测之间的时间，例如 1s。',
  'outlier.baseEjectionTime': '基础移除时长',
  'outlier.baseEjectionTimeHelp':
    'Pod 首次被移除的时长，例如 30s；之后逐次延长。',
  'outlier.maxEjectionPercent': '最大移除百分比',
  'outlier.maxEjectionPercentHelp':
    '所有地域合计最多可移除的 Pod 占比。100 表示允许整个地域被移除。',
  'outlier.connectTimeout': '连接超时',
  'outlier.connectTimeoutHelp':
    '对无响应地址的等待时间，例如 1s。留空为 10 秒。',
  'outlier.guideWarningTitle': '不足 10 个 Pod 时不会移除任何 Pod',
  'outlier.guideWarning':
    '未设置 maxEjectionPercent 时，Envoy 最多移除 10 % 的 Pod。所有地域合计不足 10 个 Pod 时，结果就是一个也不移除，请求会一直发往故障地域。',
  'outlier.guideFix': '设为 100',

  'distribution.from': '来自 {{region}} 的请求',
  'distribution.sum': '合计 {{sum}} %',
  'distribution.slider': '从 {{from}} 到 {{to}} 的请求占比',
  'distribution.percent': '从 {{from}} 到 {{to}} 的百分比',
  'distribution.explain':
    '占比为 0 % 的地域不会收到任何请求，即使其他地域全部不可用。可能用得上的地域请至少保留 1 %。',

  'findings.title': '检查结果',
  'findings.patch': '用于 {{object}} 的补丁',
  'findings.patchExplain':
    '门户不会写入该对象；其所有者可用网格的 kubeconfig 执行：',
  'severity.refuse': '拒绝：',
  'severity.warn': '风险：',
  'severity.inform': '提示：',

  'preview.title': '预计结果',
  'preview.loading': '正在预测…',
  'preview.applicable': '可以应用',
  'preview.refused': '不能应用',
  'preview.failed': '预测失败；您的编辑已保留',
  'preview.unknown': '未知',
  'preview.now': '当前',
  'preview.after': '之后',
  'preview.callersAll': '来自 {{region}} 的请求',
  'preview.callersSome': '来自 {{region}} 的请求：{{callers}}',
  'preview.moreServices_one': '另有 {{count}} 个服务',
  'preview.moreServices_other': '另有 {{count}} 个服务',
  'preview.outage': '如果 {{region}} 的 Pod 故障：{{callers}}',
  'preview.outageCaller':
    '来自 {{region}} 的请求先有 {{first}} % 失败 {{seconds}} 秒，之后 {{staying}} %（按当前规则为 {{now}} %）',
  'preview.steps': '步骤',
  'preview.diff': '将要修改的字段',
  'preview.noDiff': '没有任何变化。',

  'apply.title': '应用规则',
  'apply.targetService': '将写入 {{service}} 的规则。',
  'apply.targetMesh':
    '将写入网格级规则：所有没有单独设置规则的服务会立即遵循它。',
  'apply.reason': '原因',
  'apply.reasonHelp': '会保存在变更记录中，例如故障单或演练名称。',
  'apply.submit': '应用',
  'apply.failed': '规则未被应用',
  'apply.staleAdvice':
    '自预测以来情况有变化。请重新预测并确认后再应用；您填写的原因会保留。',
  'apply.previewAgain': '重新预测',
  'apply.applied': '已应用并回读确认',
  'apply.applying': '正在应用…',
  'apply.pendingTitle': '等待批准',
  'apply.pending': '变更已保存，待他人批准后应用。',
  'apply.pendingLink': '在变更记录中查看',
};
