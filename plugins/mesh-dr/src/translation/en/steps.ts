import type { STEP_KEYS } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Steps of a preview, by the key that comes with the data; English shows the server's own sentence. */
export const steps: Record<
  `step.${(typeof STEP_KEYS)[number]}`,
  '{{message}}'
> = {
  'step.service-nothing': '{{message}}',
  'step.service-delete': '{{message}}',
  'step.service-same': '{{message}}',
  'step.service-apply': '{{message}}',
  'step.service-create': '{{message}}',
  'step.service-read-back': '{{message}}',
  'step.mesh-same': '{{message}}',
  'step.mesh-off': '{{message}}',
  'step.mesh-on': '{{message}}',
  'step.mesh-read-back': '{{message}}',
};
