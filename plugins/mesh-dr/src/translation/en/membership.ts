/** Texts of repairs that the join dialog applies, and of leaving. */
export const membership = {
  'repair.bandwidth': 'Bandwidth, Mbit/s',
  'repair.setBandwidth': 'Set bandwidth {{mbps}} Mbit/s',
  'repair.bandwidthConsequence':
    'The link {{link}} between {{a}} and {{b}} then carries up to {{mbps}} Mbit/s. It is a billed item: the cloud charges for the traffic that crosses the regions (DataTransfer) from now on.',
  'repair.admit_one': 'Add {{count}} security group rule',
  'repair.admit_other': 'Add {{count}} security group rules',
  'repair.admitConsequence':
    'The groups then admit all protocols and ports from these ranges. Nothing is billed.',
  'repair.rule': '{{group}} of {{cluster}} admits {{cidr}} of {{caller}}',
  'repair.confirm': 'Apply',
  'repair.failed': 'The fix could not be applied',
  'repair.notAllowed':
    'Somebody who may provision environments can apply this from here.',
} as const;
