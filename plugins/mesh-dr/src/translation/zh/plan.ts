import type { plan as en } from '../en/plan';

export const plan: Record<keyof typeof en, string> = {
  'plan.drawing': '网络规划示意图；下方表格内容相同',
  'plan.noRange': '尚无网段',
  'plan.name': 'VPC 与交换机',
  'plan.regionOrZone': '地域、可用区',
  'plan.cidr': '网段',
  'plan.existing': '使用已有的',
  'plan.actions': '操作',
  'plan.new': '新建',
  'plan.zoneChosen': '自动选择',
  'plan.vpcName': '第 {{n}} 个 VPC 的名称',
  'plan.vpcRegion': '{{name}} 的地域',
  'plan.vpcCidr': '{{name}} 的网段',
  'plan.vpcExisting': '{{name}} 使用的已有 VPC',
  'plan.addVSwitch': '为 {{name}} 添加交换机',
  'plan.remove': '移除 {{name}}',
  'plan.vswitchName': '{{vpc}} 第 {{n}} 个交换机的名称',
  'plan.vswitchZone': '{{name}} 的可用区',
  'plan.vswitchCidr': '{{name}} 的网段',
  'plan.cluster': '集群',
  'plan.plugin': '网络插件',
  'plan.pods': 'Pod 网段',
  'plan.services': 'Service 网段',
  'plan.clusterName': '第 {{n}} 个集群的名称',
  'plan.clusterVpc': '{{name}} 所在的 VPC',
  'plan.clusterPlugin': '{{name}} 的网络插件',
  'plan.clusterPods': '{{name}} 的 Pod 网段',
  'plan.clusterServices': '{{name}} 的 Service 网段',
  'plan.podsInVSwitch': '使用交换机的地址',
  'plan.meshName': 'ASM 网格的名称',
  'plan.meshVpc': 'ASM 网格所在的 VPC',
  'plan.meshNote': 'ASM 网格：控制面需要接入同一 CEN 的 VPC，最好单独一个',
  'plan.suggest': '推荐空闲网段',
  'plan.moreRegions': '增加地域',
  'plan.chooseRegion': '请选择',
  'plan.addRegion': '添加地域',
  'plan.full': '没有空闲网段了：请缩小某个网段或移除部分内容。',
  'plan.fine': '没有冲突：所有 VPC 的网段互不重叠。',
  'plan.label': '网络规划',
  'plan.invalid': '网络规划尚不可行：{{path}}',
  'planFinding.bad-name':
    '“{{value}}”不是有效的名称：须以字母开头，只含字母、数字和“.”“_”“-”，最多 127 个字符。',
  'planFinding.duplicate-name':
    '名称“{{value}}”与 {{otherPath}} 重复；资源靠名称识别。',
  'planFinding.existing-vswitch-in-new-vpc':
    '要使用已有的交换机 {{value}}，但其 VPC 是新建的：交换机不能移到其他 VPC。',
  'planFinding.malformed-cidr': '“{{value}}”不是有效的 IPv4 网段，或缺失。',
  'planFinding.mask-range': '{{value}} 的掩码不在允许的范围内。',
  'planFinding.no-vswitch': '该 VPC 没有交换机，集群或网格无法放入其中。',
  'planFinding.node-count': '节点数 {{value}} 无效：至少需要 1 个节点。',
  'planFinding.node-mask':
    '节点掩码 /{{value}} 不可用；ACK 的 Flannel 支持 /24 到 /28。',
  'planFinding.not-private':
    '{{value}} 不是私网网段；ACK 只接受 10.0.0.0/8、172.16.0.0/12、192.168.0.0/16 及其子网。',
  'planFinding.overlap':
    '{{value}} 与 {{otherPath}}（{{otherValue}}）重叠，经 CEN 的路由或 Pod 之间的通信会冲突。',
  'planFinding.overlap-existing':
    '{{value}} 与已存在的网段 {{otherValue}} 重叠，CEN 上的路由会冲突。',
  'planFinding.pod-capacity':
    'Pod 网段 {{value}} 容纳不下所需的节点（每节点 /{{otherValue}}）。',
  'planFinding.public-range':
    '{{value}} 是公网地址段：VPC 内将无法访问使用这些地址的互联网主机，以后接入的网络也可能冲突。',
  'planFinding.reserved-range': '{{value}} 涉及保留网段 {{otherValue}}。',
  'planFinding.single-region':
    '所有集群都在同一个地域（{{value}}），失去该地域时没有后备。',
  'planFinding.unknown-region': '“{{value}}”不是阿里云的地域。',
  'planFinding.unknown-vpc': '规划中没有名为“{{value}}”的 VPC。',
  'planFinding.vpc-in-other-region':
    'VPC {{value}} 在 {{otherValue}}，与使用者不在同一个地域；VPC 只存在于一个地域。',
  'planFinding.vswitch-outside-vpc':
    '{{value}} 不在其 VPC 的网段 {{otherValue}} 之内。',
  'planFinding.zone-outside-region':
    '可用区 {{value}} 不属于 VPC 所在的地域 {{otherValue}}。',
  'planRemedy.bad-name': '请换一个名称。',
  'planRemedy.duplicate-name': '请修改其中一个。',
  'planRemedy.existing-vswitch-in-new-vpc':
    '请填写 {{otherPath}}，或清空该交换机 ID。',
  'planRemedy.malformed-cidr': '请填写形如 10.0.0.0/16 的网段。',
  'planRemedy.mask-range': '请调整掩码长度。',
  'planRemedy.no-vswitch': '请添加一个交换机。',
  'planRemedy.node-count': '请填写 1 或更大的数；2 个节点可承受失去一个。',
  'planRemedy.node-mask': '建议使用 /26（每节点 64 个 Pod 地址）。',
  'planRemedy.not-private': '请换一个私网网段。',
  'planRemedy.overlap': '请为其中一个换一个没有使用的网段，或点击推荐。',
  'planRemedy.overlap-existing': '请换一个没有使用的网段。',
  'planRemedy.pod-capacity': '请换一个更大的 Pod 网段，或加长节点掩码。',
  'planRemedy.public-range': '建议使用私网网段；云平台也接受该网段。',
  'planRemedy.reserved-range':
    '请使用 10.0.0.0/8、172.16.0.0/12 或 192.168.0.0/16 的子网。',
  'planRemedy.single-region': '请在另一个地域添加集群。',
  'planRemedy.unknown-region': '请填写地域 ID，例如 cn-hangzhou。',
  'planRemedy.unknown-vpc': '请选择规划中的 VPC。',
  'planRemedy.vpc-in-other-region': '请选择同一地域的 VPC。',
  'planRemedy.vswitch-outside-vpc': '请使用 {{otherValue}} 的一部分。',
  'planRemedy.zone-outside-region': '请选择该地域的可用区，或留空。',
};
