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

  'regionPair.noMesh': '请先选择服务：地域由其所在的网格决定。',
  'regionPair.failed': '无法读取网格的地域',
  'regionPair.oneRegion':
    '该网格的集群都在同一个地域，没有其他地域可以接管。请先在第二个地域加入集群。',

  'servicePicker.label': '服务',
  'servicePicker.failed': '无法读取服务',
  'servicePicker.noneTitle': '没有组件声明其网格服务',
  'servicePicker.none':
    '请在组件的 catalog-info.yaml 中添加下面的注解，写成 <服务>.<命名空间>，即可在此选择。',
  'servicePicker.notInMesh': '在网格中未找到',
};
