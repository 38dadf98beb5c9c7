import type { Guardrail } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What to do about a guardrail that refuses or warns. */
const remedies: Record<`remedy.${Guardrail}`, string> = {
  'remedy.last-healthy-region':
    'Keep a region whose pods are ready among the targets. This cannot be set aside.',
  'remedy.capacity':
    'Add pods where the calls would go, or shift in smaller steps; try numbers with “What if” above.',
  'remedy.freeze-window':
    'Wait for the end of the window. Rolling a change back stays possible.',
  'remedy.wait-period':
    'Wait until the last change has shown its effect, then apply.',
  'remedy.active-shift':
    'Wait until the gradual shift has ended, or abort it first.',
  'remedy.approval': 'Ask somebody with the right to approve.',
};

/** Texts of approval by a second person, and of guardrails set aside. */
export const approval = {
  ...remedies,
  'approval.until': 'lapses {{when}}',
  'approval.late': 'its time is over',
  'approval.own': 'You asked for it; somebody else has to approve it.',
  'approval.may': 'You may approve or reject it.',
  'approval.mayNot':
    'Somebody else with the permission {{permission}} has to decide.',
  'approval.withdraw': 'Withdraw',
  'approval.title': 'Approve this change',
  'approval.asked': '{{who}} asked for it on {{when}}: “{{reason}}”',
  'approval.submit': 'Approve and apply',
  'breakGlass.open': 'In an emergency: set guardrails aside',
  'breakGlass.title': 'Setting guardrails aside',
  'breakGlass.warning':
    'Only in an emergency. Your name, the reason and every guardrail set aside are kept in the history and the audit log.',
  'breakGlass.approval': 'Approval: apply without a second person',
  'breakGlass.capacity': 'Capacity: pods may get more calls than they can bear',
  'breakGlass.freeze-window':
    'Freeze window: change rules though they are frozen',
  'breakGlass.wait-period':
    'Wait period: apply before the last change has shown its effect',
  'breakGlass.apply': 'Emergency…',
  'breakGlass.submit': 'Set aside and apply',
} as const;
