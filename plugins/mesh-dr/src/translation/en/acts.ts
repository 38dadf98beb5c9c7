/** Texts of evacuation, return and gradual shift. */
export const acts = {
  'return.label': 'Returns by itself',
  'return.help': 'To what the rule is now, unless somebody edits it meanwhile.',
  'return.stays': 'never: it stays until somebody changes it',
  'return.after': 'after {{time}}',
} as const;
