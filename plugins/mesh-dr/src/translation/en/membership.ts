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

  'operation.stop': 'Stop waiting',
  'join.cancelled': 'Nobody waits for {{cluster}} any more ({{elapsed}})',
  'join.cancelledHint':
    'ASM cannot take a join back. If it was asked already, it goes on there: the cluster table shows how it ends.',
  'leave.cancelled': 'Nobody waits for {{cluster}} any more ({{elapsed}})',
  'leave.cancelledHint':
    'ASM cannot take a removal back. If it was asked already, it goes on there: the cluster table shows how it ends.',

  'leave.open': 'Take out',
  'leave.openOf': 'Take out {{cluster}}',
  'leave.actions': 'Actions',
  'leave.title': 'Take {{cluster}} out of {{mesh}}',
  'leave.explain':
    'What runs in the cluster goes on running, but the mesh does not know it any more: no call is sent there, and its sidecars get no rules.',
  'leave.checking': 'Looking at the services',
  'leave.previewFailed': 'What leaving means for the services is not known',
  'leave.outdated':
    'Of {{clusters}} only older facts are known; the list below rests on them.',
  'leave.harmless': 'No service loses its last other region',
  'leave.harm_one': '{{count}} service would not survive the loss of a region',
  'leave.harm_other':
    '{{count}} services would not survive the loss of a region',
  'leave.services': 'Services that lose their last other region',
  'leave.onlyRegion': 'only {{region}} is left',
  'leave.noRegion': 'nothing is left: every call fails',
  'leave.more_one': 'and {{count}} more',
  'leave.more_other': 'and {{count}} more',
  'leave.submit': 'Take out',
  'leave.failed': 'The cluster could not be taken out',
  'leave.followFailed': 'The progress could not be read; leaving goes on',
  'leave.running': '{{cluster}} is leaving ({{elapsed}})',
  'leave.runningHint':
    'You may close this: leaving goes on and the cluster table shows its state.',
  'leave.succeeded': '{{cluster}} has left ({{elapsed}})',
  'leave.failedTitle': '{{cluster}} did not leave ({{elapsed}})',
} as const;
