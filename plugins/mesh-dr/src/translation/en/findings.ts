/** Findings and verdicts, by the id that comes with the data. Filled in from the linter's own sentences. */
export const findings = {} as const;
