import type { whatIf as en } from '../en/whatIf';

export const whatIf: Record<keyof typeof en, string> = {
  'whatIf.title': '假设推演',
  'whatIf.intro':
    '点按地域、可用区或版本，或调整 Pod 数量。不会改动任何东西；问题保存在本页地址中，可直接分享。',
  'whatIf.in': '假设推演：{{region}}',
  'whatIf.lose': '失去 {{what}}',
  'whatIf.isLost': '假设已失去',
  'whatIf.isGone': '在此假设中已不存在',
  'whatIf.zones': '失去可用区',
  'whatIf.pods_one': '{{count}} 个 Pod',
  'whatIf.pods_other': '{{count}} 个 Pod',
  'whatIf.podsInstead_one': '{{count}} 个 Pod（当前 {{now}} 个）',
  'whatIf.podsInstead_other': '{{count}} 个 Pod（当前 {{now}} 个）',
  'whatIf.fewer': '{{region}} 的 {{version}} 减少一个 Pod',
  'whatIf.more': '{{region}} 的 {{version}} 增加一个 Pod',
  'whatIf.reset': '重新开始',
  'whatIf.answered': '所有请求都有应答',
  'whatIf.failing': '{{percent}} % 的请求持续失败',
  'whatIf.failAtFirst_one':
    '在所有代理移除失去的端点之前，约有 {{count}} 个请求失败。',
  'whatIf.failAtFirst_other':
    '在所有代理移除失去的端点之前，约有 {{count}} 个请求失败。',
  'whatIf.nobodyLeft': '所有调用方也已失去：没有人再发起请求。',
  'whatIf.callers': '失去 Pod 之处的调用方',
  'whatIf.callers.stay': '仍然存在',
  'whatIf.callers.lost': '一并失去',
  'whatIf.callers.move': '从别处进入',
  'whatIf.bears': '每个 Pod 可承受当前请求量的倍数',
  'whatIf.table': '各地域需要承担的负载，当前 → 假设',
  'whatIf.tableShares': '各调用方请求的预计占比，当前 → 假设',
  'whatIf.ready': '就绪 Pod',
  'whatIf.calls': '占全部请求的比例',
  'whatIf.load': '每个 Pod 的请求量',
  'whatIf.times': '当前的 {{factor}} 倍',
  'whatIf.tooMuch': '超出承受能力',
  'whatIf.nobodyAnswers': '请求无人应答',
  'whatIf.model':
    '由生成预测的同一模型在浏览器中计算，取异常端点移除完成之后的结果；每个代理视为同样繁忙的调用方，不计重试。',
};
