import type { Message } from '../api/types';

/** Keys of all steps of a preview, below `step.` in the translations. */
export const STEP_KEYS = [
  'service-nothing',
  'service-delete',
  'service-same',
  'service-apply',
  'service-create',
  'service-read-back',
  'mesh-same',
  'mesh-off',
  'mesh-on',
  'mesh-read-back',
] as const;

/** One step of a preview. */
export function stepMessage(
  key: (typeof STEP_KEYS)[number],
  message: string,
  values: Message['values'] = {},
): Message {
  return { key, values, message };
}
