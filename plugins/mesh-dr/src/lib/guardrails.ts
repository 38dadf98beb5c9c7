import {
  OVERRIDABLE_GUARDRAILS,
  type GuardrailOverride,
  type LintFinding,
  type Preview,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Guardrails that refuse and that may be set aside in an emergency, each once. */
export function overridable(findings: LintFinding[]): GuardrailOverride[] {
  return OVERRIDABLE_GUARDRAILS.filter(name =>
    findings.some(
      ({ guardrail, severity }) => severity === 'refuse' && guardrail === name,
    ),
  );
}

/** True when nothing refuses but guardrails that somebody with the permission may set aside. */
export function isOnlyGuarded(preview: Preview): boolean {
  const refusing = preview.findings.filter(
    ({ severity }) => severity === 'refuse',
  );
  return (
    refusing.length > 0 &&
    refusing.every(({ guardrail }) =>
      OVERRIDABLE_GUARDRAILS.includes(guardrail as GuardrailOverride),
    )
  );
}

/** True when a preview could be applied with these guardrails set aside. */
export function isClear(
  preview: Preview,
  overrides: GuardrailOverride[],
): boolean {
  return (
    preview.applicable ||
    (isOnlyGuarded(preview) &&
      overridable(preview.findings).every(name => overrides.includes(name)))
  );
}
