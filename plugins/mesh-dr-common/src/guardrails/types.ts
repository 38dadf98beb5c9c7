/**
 * Rules of operating practice that a person with the permission may set aside in an emergency, by name and with a reason.
 * What is not in the list can never be overridden.
 */
export const OVERRIDABLE_GUARDRAILS = [
  'approval',
  'capacity',
  'freeze-window',
  'wait-period',
] as const;

export type GuardrailOverride = (typeof OVERRIDABLE_GUARDRAILS)[number];

/** Every guardrail; `last-healthy-region` and `active-shift` hold always. */
export type Guardrail =
  | GuardrailOverride
  | 'last-healthy-region'
  | 'active-shift';

/** Ids of the findings that guardrails make, the keys of their translations (`lint.<id>`). */
export const GUARDRAIL_FINDING_IDS = [
  'guardrail-last-healthy-region',
  'guardrail-capacity',
  'guardrail-capacity-unknown',
  'guardrail-freeze-window',
  'guardrail-wait-period',
  'guardrail-active-shift',
] as const;
