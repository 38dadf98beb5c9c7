import type { cards as en } from '../en/cards';

export const cards: Record<keyof typeof en, string> = {
  'card.title': '容灾',
  'card.open': '拓扑与控制',
  'card.regions': '各地域的 Pod',
  'card.shares': '预测的请求比例',
  'card.badAnnotation':
    '注解 mesh-dr.io/host 的值为 "{{value}}"，不是服务名称。请写成 <服务>.<命名空间>，例如 reviews.default。',
  'card.severalMeshes':
    '门户中有多个网格（{{meshes}}）。请添加注解 mesh-dr.io/mesh，值为正确网格的 ID 或名称。',

  'risk.title': '有风险的服务',
  'risk.subtitle': '所有网格中，失去一个地域时无法响应全部请求的服务。',
  'risk.meshFailed': '无法读取网格 {{mesh}} 的服务',
  'risk.none_one': '没有：唯一的服务能承受失去一个地域。',
  'risk.none_other': '{{count}} 个服务都能承受失去一个地域。',
  'risk.ofTotal_one': '个，共 {{count}} 个服务',
  'risk.ofTotal_other': '个，共 {{count}} 个服务',
  'risk.more_one': '另有 {{count}} 个：',
  'risk.more_other': '另有 {{count}} 个：',
  'risk.allOf': '{{mesh}} 的全部',
};
