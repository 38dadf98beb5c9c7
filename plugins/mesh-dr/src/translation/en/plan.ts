import type { NetworkFindingId } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/*
 * The checker speaks English itself, with the values in it; the types make the compiler ask for a translation of
 * everything that it can find.
 */
type FindingMessages = Record<`planFinding.${NetworkFindingId}`, '{{message}}'>;
type RemedyMessages = Record<`planRemedy.${NetworkFindingId}`, '{{message}}'>;

const findings: FindingMessages = {
  'planFinding.bad-name': '{{message}}',
  'planFinding.duplicate-name': '{{message}}',
  'planFinding.existing-vswitch-in-new-vpc': '{{message}}',
  'planFinding.malformed-cidr': '{{message}}',
  'planFinding.mask-range': '{{message}}',
  'planFinding.no-vswitch': '{{message}}',
  'planFinding.node-count': '{{message}}',
  'planFinding.node-mask': '{{message}}',
  'planFinding.not-private': '{{message}}',
  'planFinding.overlap': '{{message}}',
  'planFinding.overlap-existing': '{{message}}',
  'planFinding.pod-capacity': '{{message}}',
  'planFinding.public-range': '{{message}}',
  'planFinding.reserved-range': '{{message}}',
  'planFinding.single-region': '{{message}}',
  'planFinding.unknown-region': '{{message}}',
  'planFinding.unknown-vpc': '{{message}}',
  'planFinding.vpc-in-other-region': '{{message}}',
  'planFinding.vswitch-outside-vpc': '{{message}}',
  'planFinding.zone-outside-region': '{{message}}',
};

const remedies: RemedyMessages = {
  'planRemedy.bad-name': '{{message}}',
  'planRemedy.duplicate-name': '{{message}}',
  'planRemedy.existing-vswitch-in-new-vpc': '{{message}}',
  'planRemedy.malformed-cidr': '{{message}}',
  'planRemedy.mask-range': '{{message}}',
  'planRemedy.no-vswitch': '{{message}}',
  'planRemedy.node-count': '{{message}}',
  'planRemedy.node-mask': '{{message}}',
  'planRemedy.not-private': '{{message}}',
  'planRemedy.overlap': '{{message}}',
  'planRemedy.overlap-existing': '{{message}}',
  'planRemedy.pod-capacity': '{{message}}',
  'planRemedy.public-range': '{{message}}',
  'planRemedy.reserved-range': '{{message}}',
  'planRemedy.single-region': '{{message}}',
  'planRemedy.unknown-region': '{{message}}',
  'planRemedy.unknown-vpc': '{{message}}',
  'planRemedy.vpc-in-other-region': '{{message}}',
  'planRemedy.vswitch-outside-vpc': '{{message}}',
  'planRemedy.zone-outside-region': '{{message}}',
};

/** Texts of the network plan in forms. */
export const plan = {
  'plan.drawing':
    'The network plan as a picture; the tables below say the same',
  'plan.noRange': 'no range yet',
  'plan.name': 'VPC and vSwitches',
  'plan.regionOrZone': 'Region, zone',
  'plan.cidr': 'CIDR',
  'plan.existing': 'Existing one',
  'plan.actions': 'Actions',
  'plan.new': 'make a new one',
  'plan.zoneChosen': 'chosen for you',
  'plan.vpcName': 'Name of VPC {{n}}',
  'plan.vpcRegion': 'Region of {{name}}',
  'plan.vpcCidr': 'CIDR of {{name}}',
  'plan.vpcExisting': 'Existing VPC for {{name}}',
  'plan.addVSwitch': 'Add a vSwitch to {{name}}',
  'plan.remove': 'Remove {{name}}',
  'plan.vswitchName': 'Name of vSwitch {{n}} of {{vpc}}',
  'plan.vswitchZone': 'Zone of {{name}}',
  'plan.vswitchCidr': 'CIDR of {{name}}',
  'plan.cluster': 'Cluster',
  'plan.plugin': 'Network plugin',
  'plan.pods': 'Pod CIDR',
  'plan.services': 'Service CIDR',
  'plan.clusterName': 'Name of cluster {{n}}',
  'plan.clusterVpc': 'VPC of {{name}}',
  'plan.clusterPlugin': 'Network plugin of {{name}}',
  'plan.clusterPods': 'Pod CIDR of {{name}}',
  'plan.clusterServices': 'Service CIDR of {{name}}',
  'plan.podsInVSwitch': 'addresses of the vSwitches',
  'plan.meshName': 'Name of the ASM mesh',
  'plan.meshVpc': 'VPC of the ASM mesh',
  'plan.meshNote':
    'ASM mesh: its control plane needs a VPC on the same CEN, best one of its own',
  'plan.suggest': 'Suggest free ranges',
  'plan.moreRegions': 'One more region',
  'plan.chooseRegion': 'choose',
  'plan.addRegion': 'Add region',
  'plan.full':
    'No free range is left: make a range smaller or remove something.',
  'plan.fine': 'Nothing clashes: no two ranges overlap, over all VPCs.',
  'plan.label': 'Network plan',
  'plan.invalid': 'The network plan cannot work yet: {{path}}',
  ...findings,
  ...remedies,
} as const;
