import type { ShiftStatus } from '@mesh-dr/backstage-plugin-mesh-dr-common';

const statuses: Record<`shiftStatus.${ShiftStatus}`, string> = {
  'shiftStatus.pending-approval': 'Waiting for approval',
  'shiftStatus.running': 'Under way',
  'shiftStatus.paused': 'Paused',
  'shiftStatus.aborting': 'Going back',
  'shiftStatus.completed': 'Completed',
  'shiftStatus.aborted': 'Gone back',
  'shiftStatus.failed': 'Failed',
};

/** Texts of evacuation, return, gradual shift and export. */
export const acts = {
  ...statuses,
  'return.label': 'Returns by itself',
  'return.help': 'To what the rule is now, unless somebody edits it meanwhile.',
  'return.stays': 'never: it stays until somebody changes it',
  'return.after': 'after {{time}}',

  'acts.evacuate': 'Evacuate a region…',
  'acts.evacuateTitle': 'Evacuate a region',
  'acts.evacuateDescription':
    'Every caller prefers the region on the right; the one on the left is used only when nothing else answers. Reason and end are asked for next.',
  'acts.from': 'Region to leave',
  'acts.to': 'Region that takes over',
  'acts.return': 'Return from the evacuation…',
  'acts.returnTitle': 'Return from the evacuation',
  'acts.returnDescription':
    'Restores the rule as it was before the evacuation. It is refused when somebody edited the rule since.',
  'acts.returnSubmit': 'Return',
  'acts.notMadeHere':
    'This evacuation is none of the last changes made through the portal, so what was before is not known. Set the rule you want under “Failover and distribution”.',
  'acts.shift': 'Shift gradually…',

  'shift.title': 'Shift calls gradually',
  'shift.description':
    'Calls of the region on the left move step by step to the region on the right. Each step is a change of its own; the shift goes back by itself when the target region falters.',
  'shift.steps': 'Steps, percent',
  'shift.stepsHelp': 'Rising, e.g. 10, 25, 50, 100.',
  'shift.hold': 'Minutes per step',
  'shift.holdHelp': 'How long each step is watched before the next.',
  'shift.minReady': 'Go back below: ready pods, %',
  'shift.minReadyHelp': 'Of the pods in the target region.',
  'shift.minSuccess': 'Go back below: successful calls, %',
  'shift.minSuccessHelp': 'Needs metrics. Empty: not looked at.',
  'shift.shownStep': 'Step that the prediction is about',
  'shift.invalid': 'The shift cannot start like this',
  'shift.invalidAdvice': 'Correct the field that is named.',
  'shift.failed': 'The shift was not started',
  'shift.start': 'Start the shift',
  'shift.progressTitle': 'Gradual shift',
  'shift.reached': '{{percent}} % reached',
  'shift.holds': '{{seconds}} s per step',
  'shift.pause': 'Pause…',
  'shift.pauseTitle': 'Pause the shift',
  'shift.pauseDescription':
    'The shift stays at the step it has reached. The target region is still watched: the shift goes back by itself when that falters.',
  'shift.pauseSubmit': 'Pause',
  'shift.resume': 'Go on…',
  'shift.resumeTitle': 'Go on with the shift',
  'shift.resumeDescription':
    'The next step is taken as soon as the present one was held long enough; if it already was, at once.',
  'shift.resumeSubmit': 'Go on',
  'shift.abort': 'Abort and go back…',
  'shift.abortTitle': 'Abort the shift',
  'shift.abortDescription':
    'The rule returns to what it was before the first step.',
  'shift.abortSubmit': 'Abort',

  'export.open': 'Export',
  'export.title': 'Export this change',
  'export.description':
    'The change as files for a repository and as command lines, to be carried out without the portal.',
  'export.failed': 'The change could not be exported',
  'export.copy': 'Copy',
  'export.copied': 'Copied',
  'export.download': 'Download',
  'export.commands': 'Commands',
  'export.removed': 'Files that no longer hold: {{files}}',
} as const;
