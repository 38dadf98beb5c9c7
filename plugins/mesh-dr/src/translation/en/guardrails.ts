import type { GUARDRAIL_FINDING_IDS } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What guardrails of operating practice say; like the linter's findings they bring their English sentence along. */
export const guardrails: Record<
  `lint.${(typeof GUARDRAIL_FINDING_IDS)[number]}`,
  '{{message}}'
> = {
  'lint.guardrail-last-healthy-region': '{{message}}',
  'lint.guardrail-capacity': '{{message}}',
  'lint.guardrail-capacity-unknown': '{{message}}',
  'lint.guardrail-freeze-window': '{{message}}',
  'lint.guardrail-wait-period': '{{message}}',
  'lint.guardrail-active-shift': '{{message}}',
};
