import type { Json } from '../json';
import type { FieldCause } from '../status';

/** `Required value`, with what is missing where the field's name does not say it. */
export const required = (field: string, text = ''): FieldCause => ({
  reason: 'FieldValueRequired',
  field,
  message: text ? `Required value: ${text}` : 'Required value',
});

/** `Invalid value`, and why. */
export const bad = (field: string, value: Json, why: string): FieldCause => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

/** A value that another element has already. */
export const duplicate = (field: string, value: Json): FieldCause => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${JSON.stringify(value)}`,
});

/** A name of something that is not there. */
export const missing = (field: string, value: Json): FieldCause => ({
  reason: 'FieldValueNotFound',
  field,
  message: `Not found: ${JSON.stringify(value)}`,
});

/** Nothing when the value is absent or one of `supported`. */
export function unsupported(
  field: string,
  value: Json,
  supported: string[],
): FieldCause[] {
  if (value === undefined || supported.includes(value)) return [];
  return [
    {
      reason: 'FieldValueNotSupported',
      field,
      message: `Unsupported value: ${JSON.stringify(
        value,
      )}: supported values: ${supported
        .map(v => JSON.stringify(v))
        .join(', ')}`,
    },
  ];
}

/** Nothing for a port that exists. */
export function portFault(field: string, value: Json): FieldCause[] {
  return value >= 1 && value <= 65_535
    ? []
    : [bad(field, value, 'must be between 1 and 65535, inclusive')];
}
