/** Texts of the mesh page and the join dialog. */
export const mesh = {
  'mesh.listFailed': 'The meshes could not be read',
  'mesh.failed': 'Mesh {{mesh}} could not be read',
  'mesh.noneTitle': 'No mesh yet',
  'mesh.noneDescription':
    'The portal found no ASM instance in the configured accounts. Create a multi-region mesh from the template, or check meshDr.alicloud.accounts and their regions in the configuration.',
  'mesh.noneAction': 'Create one from a template',
  'mesh.clusterCount_one': '{{count}} cluster',
  'mesh.clusterCount_other': '{{count}} clusters',
  'mesh.gateOpen': 'Failover and distribution available',

  'clusters.title': 'Clusters',
  'clusters.subtitle':
    'Members of the mesh, and how well the portal sees them.',
  'clusters.emptyTitle': 'No cluster has joined yet',
  'clusters.empty':
    'A mesh does nothing without clusters. Join one in each region to be able to fail over between them.',
  'clusters.name': 'Cluster',
  'clusters.region': 'Region',
  'clusters.version': 'Kubernetes',
  'clusters.state': 'State in the mesh',
  'clusters.connection': 'Connection',

  'network.title': 'Network',
  'network.subtitle':
    'Transit routers, the links between regions with their bandwidth, and the VPCs attached to them.',
  'network.failed': 'The network could not be read',
  'network.emptyTitle': 'No VPC found',
  'network.empty':
    'The network appears here once the mesh or one of its clusters stands in a VPC that the account can see.',
  'network.noCen':
    'The VPCs are not connected by a Cloud Enterprise Network: clusters of different VPCs cannot reach each other.',
  'network.router': 'Transit router',
  'network.noBandwidthShort': 'no bandwidth',
  'network.noBandwidthTitle': 'No bandwidth between {{a}} and {{b}}',
  'network.noBandwidth':
    'The link exists, but only 1 kbit/s for testing passes: clusters cannot join and calls cannot fail over across it. Buy or assign cross-region bandwidth on this connection.',
  'network.detached': 'not attached',
  'network.regionSilent': '{{region}} does not answer',
  'network.regionSilentHint':
    'What the others know of it is drawn: its VPCs without name and ranges. It is asked again.',
  'network.regionStale': '{{region}} is shown as last read {{ago}}',
  'network.regionForbidden': 'The account may not read the VPCs of {{region}}',
  'network.cenSilent': 'CEN does not answer',
  'network.cenSilentHint':
    'Transit routers and links are missing here, and so are VPCs that only CEN knows of. It is asked again.',
  'network.cenStale': 'CEN is shown as last read {{ago}}',
  'network.cenForbidden': 'The account may not read CEN',
  'network.silentSince': 'Unanswered for the first time {{ago}}.',
  'network.vpcUnread':
    'Name and ranges are unknown while {{region}} does not answer',
  'network.noAutoPublish':
    'routes are not published to the transit router automatically',

  'environments.title': 'Environment',
  'environments.subtitle':
    'What the template made this mesh from, compared with the cloud as it is.',
  'environments.failed': 'The environments could not be read',
  'environments.status.provisioning': 'being provisioned',
  'environments.status.ready': 'complete',
  'environments.status.incomplete': 'incomplete',
  'environments.notCompared': 'not compared yet',
  'environments.compareFailed': 'could not be compared {{ago}}',
  'environments.inSync': 'as its spec says, {{ago}}',
  'environments.differences_one': '{{count}} difference, {{ago}}',
  'environments.differences_other': '{{count}} differences, {{ago}}',
  'environments.compare': 'Compare now',
  'environments.comparing': 'Comparing',
  'environments.couldNotCompare': 'The environment could not be compared',
  'environments.remove': 'Remove',
  'environments.resource': 'Resource',
  'environments.difference': 'Difference',
  'environments.repair': 'What repairs it',
  'environments.missing': 'missing',
  'environments.changed': 'changed',
  'environments.surplus': 'not in the spec',
  'environments.repair.provision': 'Run the template again',
  'environments.repair.replace':
    'Run dr:environment:provision with replace: it is made anew',
  'environments.repair.prune':
    'Run dr:environment:provision with prune: it is removed',
  'environments.repair.none': 'Nothing here: decide by hand',

  'services.title': 'Services',
  'services.subtitle':
    'Every service of the mesh and whether it survives the loss of a region.',
  'services.search': 'Find a service',
  'services.failed': 'The services could not be read',
  'services.emptyTitle': 'No services',
  'services.empty':
    'Services appear here once a cluster has joined and something is deployed to it.',
  'services.noMatch': 'No service has this in its name.',
  'services.name': 'Service',
  'services.namespace': 'Namespace',
  'services.regions': 'Pods by region',
  'services.protection': 'Protection',
  'services.entity': 'In the catalog',
  'services.noEntity': 'no entity',
  'services.more': 'Show more',

  'join.open': 'Join a cluster',
  'join.title': 'Join a cluster to {{mesh}}',
  'join.explain':
    'Choose a cluster. Everything that joining depends on is checked first, so that a failure is explained before it happens.',
  'join.candidates': 'Clusters that are not members',
  'join.candidatesFailed': 'The clusters could not be listed',
  'join.noCandidatesTitle': 'Nothing to join',
  'join.noCandidates':
    'Every ACK cluster that the account can see is a member already. Create another one first, e.g. with the template for a multi-region mesh.',
  'join.checking': 'Checking',
  'join.checks': 'Checks',
  'join.fix': 'To do:',
  'join.ready': 'Everything is in place',
  'join.notReady': 'Not ready yet: {{check}}',
  'join.submit': 'Join',
  'join.anyway': 'Join anyway',
  'join.checkAgain': 'Check again',
  'join.failed': 'The cluster could not be joined',
  'join.running': '{{cluster}} is joining ({{elapsed}})',
  'join.runningHint':
    'You may leave: joining goes on and the cluster table shows its state.',
  'join.followFailed': 'The progress could not be read; joining goes on',
  'join.leave': 'Leave it running',
  'join.succeeded': '{{cluster}} has joined ({{elapsed}})',
  'join.failedTitle': '{{cluster}} did not join ({{elapsed}})',
  'join.asmSays': 'ASM says: {{message}}',
  'join.log': 'Progress',
  'join.back': 'Back to the checks',
  'join.retry': 'Try again',

  'checkStatus.passed': 'passed',
  'checkStatus.failed': 'failed',
  'checkStatus.warning': 'warning',
  'checkStatus.unknown': 'could not be checked',

  'check.cluster-running': 'Cluster is running',
  'check.vpc-attached': 'VPCs are attached to transit routers',
  'check.cross-region-bandwidth': 'Cross-region bandwidth',
  'check.routes': 'Routes between the VPCs',
  'check.pod-routes-published': 'Pod routes are published',
  'check.cidr-overlap': 'No overlapping address ranges',
  'check.security-groups': 'Security groups let the other cluster in',
  'check.api-server-reachable': 'ASM reaches the API server',
  'check.version-compatible': 'Kubernetes version fits ASM',
  'check.region-labels': 'Nodes carry region labels',
  'check.asm-precheck': 'ASM’s own check',
} as const;
