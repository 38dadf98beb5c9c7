import type { steps as en } from '../en/steps';

export const steps: Record<keyof typeof en, string> = {
  'step.service-nothing': '无需更改：该服务没有自己的规则',
  'step.service-delete': '删除 {{object}}，其中没有其他内容',
  'step.service-same': '无需更改：各字段已符合要求',
  'step.service-apply':
    '将字段应用到 {{object}}（服务端应用，字段管理者 {{manager}}）',
  'step.service-create':
    '创建 {{object}}（服务端应用，字段管理者 {{manager}}）',
  'step.service-read-back': '读回各字段',
  'step.mesh-same': '无需更改：网格级规则已生效',
  'step.mesh-off': '关闭网格级地域规则（UpdateMeshFeature）',
  'step.mesh-on': '以 {{mode}} 模式开启网格级地域规则（UpdateMeshFeature）',
  'step.mesh-read-back': '读回规则',
};
