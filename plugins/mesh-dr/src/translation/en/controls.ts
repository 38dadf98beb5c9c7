/** Texts of the failover and distribution controls. */
export const controls = {
  'common.loading': 'Loading',
  'common.tryAgain': 'Try again',
  'common.cancel': 'Cancel',
  'common.close': 'Close',
  'common.failed': 'That did not work',

  'error.adviceForbidden':
    'Your account lacks the permission. Ask an owner of the service or a platform engineer.',
  'error.adviceUnreachable':
    'Try again in a moment. If it persists, tell the platform team what you see here.',

  'mode.off': 'Off',
  'mode.failover': 'Failover',
  'mode.distribution': 'Distribution',
  'mode.evacuation': 'Evacuation',
  'scope.service': 'This service',
  'scope.mesh': 'Whole mesh',

  'control.title': 'Failover and distribution',
  'control.subtitle':
    'Edit freely: nothing is written before Apply, and the prediction follows as you edit.',
  'control.mode': 'Mode',
  'control.scope': 'Applies to',
  'control.gate': 'Distribution needs ASM {{version}}',
  'control.meshWarning':
    'This rule reaches every service of the mesh that has no rule of its own.',
  'control.meshOutlier':
    'Outlier detection cannot be set for the whole mesh: failover acts only on services whose own DestinationRule has it.',
  'control.forbiddenTitle': 'You can try rules out here, but not apply them',
  'control.forbidden.service':
    'Changing the rule of this service needs the permission mesh-dr.rule.change, which owners of its catalog entity and platform operators have. Ask one of them.',
  'control.forbidden.mesh':
    'Changing the rule of the whole mesh needs the permission mesh-dr.mesh-rule.change. Ask a platform operator.',
  'control.offExplain':
    'No preference for any region: calls spread over all ready pods, wherever they are.',
  'control.evacuationTitle':
    'An evacuation is in force: every caller prefers {{region}}',
  'control.evacuation':
    'What stands here would replace it. To put back what was before, roll the evacuation back under Changes.',
  'control.unchangedTitle': 'Nothing edited',
  'control.unchanged':
    'These are the settings in force. Change one to see findings, the split before and after, and the YAML that would be written.',
  'control.reset': 'Reset',
  'control.apply': 'Apply…',

  'failover.title': 'When a region is lost',
  'failover.explain':
    'Callers of the region on the left go to the region on the right when their own cannot answer.',
  'failover.add': 'Add a rule',
  'failover.from': 'Rule {{row}}: from region',
  'failover.to': 'Rule {{row}}: to region',
  'failover.remove': 'Remove rule {{row}}',
  'failover.empty': 'No rule yet. Add one to say where calls go.',

  'outlier.title': 'Outlier detection',
  'outlier.explain':
    'How each proxy notices that a pod fails and puts it aside. Failover acts on what is put aside.',
  'outlier.offExplain':
    'Without it proxies never notice failing pods, and failover rules are ignored.',
  'outlier.presetRecommended': 'Recommended values',
  'outlier.presetGuide': 'Guide’s values',
  'outlier.consecutive5xxErrors': 'Consecutive 5xx errors',
  'outlier.consecutive5xxErrorsHelp':
    'Failures in a row before a pod is put aside. Default here: 3.',
  'outlier.consecutiveGatewayErrors': 'Consecutive gateway errors',
  'outlier.consecutiveGatewayErrorsHelp':
    '502, 503, 504 only. Empty: not counted apart.',
  'outlier.interval': 'Interval',
  'outlier.intervalHelp': 'Time between sweeps, e.g. 1s.',
  'outlier.baseEjectionTime': 'Base ejection time',
  'outlier.baseEjectionTimeHelp':
    'How long a pod stays aside at first, e.g. 30s; longer each time.',
  'outlier.maxEjectionPercent': 'Max ejection percent',
  'outlier.maxEjectionPercentHelp':
    'Share of all pods, every region together, that may be aside. 100 lets a whole region go.',
  'outlier.connectTimeout': 'Connect timeout',
  'outlier.connectTimeoutHelp':
    'How long a dead address is tried, e.g. 1s. Empty: 10 s.',
  'outlier.guideWarningTitle': 'Below ten pods this ejects nothing',
  'outlier.guideWarning':
    'Without maxEjectionPercent Envoy may put aside at most 10 % of the pods. With fewer than ten in all regions together that is none, and calls keep going to the failing region.',
  'outlier.guideFix': 'Set it to 100',

  'distribution.from': 'Calls from {{region}}',
  'distribution.sum': 'sum {{sum}} %',
  'distribution.slider': 'Share of calls from {{from}} to {{to}}',
  'distribution.percent': 'Percent from {{from}} to {{to}}',
  'distribution.explain':
    'A region at 0 % gets nothing, even when all others are down: leave each region you may need at least 1 %.',

  'findings.title': 'Findings',
  'findings.patch': 'Patch for {{object}}',
  'findings.patchExplain':
    'The portal does not write this object; its owner can, with the kubeconfig of the mesh:',
  'severity.refuse': 'Refused:',
  'severity.warn': 'Risk:',
  'severity.inform': 'Note:',

  'preview.title': 'What would happen',
  'preview.loading': 'predicting…',
  'preview.applicable': 'can be applied',
  'preview.refused': 'cannot be applied',
  'preview.failed': 'The prediction failed; your edits are kept',
  'preview.unknown': 'unknown',
  'preview.now': 'now',
  'preview.after': 'after',
  'preview.callersAll': 'Calls from {{region}}',
  'preview.callersSome': 'Calls from {{region}}: {{callers}}',
  'preview.moreServices_one': 'and {{count}} more service',
  'preview.moreServices_other': 'and {{count}} more services',
  'preview.outage': 'If the pods in {{region}} fail: {{callers}}',
  'preview.outageCaller':
    'of the calls from {{region}}, {{first}} % fail for {{seconds}} s, then {{staying}} % (by the rule of now {{now}} %)',
  'preview.steps': 'Steps',
  'preview.diff': 'Fields that would change',
  'preview.noDiff': 'Nothing would change.',

  'apply.title': 'Apply the rule',
  'apply.targetService': 'This writes the rule of {{service}}.',
  'apply.targetMesh':
    'This writes the mesh-wide rule: every service without a rule of its own follows it at once.',
  'apply.reason': 'Reason',
  'apply.reasonHelp': 'Kept in the history, e.g. the incident or the drill.',
  'apply.submit': 'Apply',
  'apply.failed': 'The rule was not applied',
  'apply.staleAdvice':
    'Something changed since the prediction. Predict again, look at it, then apply; your reason is kept.',
  'apply.previewAgain': 'Predict again',
  'apply.applied': 'Applied and read back',
  'apply.applying': 'Being applied…',
  'apply.pendingTitle': 'Waiting for approval',
  'apply.pending':
    'The change is stored and applied once somebody else approves it.',
  'apply.pendingLink': 'See it in the history',
} as const;
