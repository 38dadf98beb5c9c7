import { ConflictError, InputError } from '@backstage/errors';
import {
  OVERRIDABLE_GUARDRAILS,
  type GuardrailOverride,
  type LintFinding,
  type Preview,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/**
 * Throws InputError with every refusal of the linter and its remedy, ConflictError with every refusal of a guardrail that
 * was not overridden.
 */
export function assertApplicable(
  { findings }: Pick<Preview, 'findings'>,
  overrides: readonly GuardrailOverride[] = [],
): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  const linted = refusals.filter(({ guardrail }) => !guardrail);
  if (linted.length > 0) {
    throw new InputError(
      linted
        .map(
          ({ message, fix }) =>
            `${message}${fix ? ` Remedy: ${fix.label}.` : ''}`,
        )
        .join(' '),
    );
  }
  const standing = refusals.filter(
    finding => !overrides.some(name => name === finding.guardrail),
  );
  if (standing.length > 0) throw new ConflictError(standingText(standing));
}

function standingText(refusals: LintFinding[]): string {
  const texts = refusals.map(
    ({ message, evidence }) => `${message} (${evidence})`,
  );
  const names = refusals.map(({ guardrail }) => guardrail);
  const overridable = OVERRIDABLE_GUARDRAILS.filter(name =>
    names.includes(name),
  );
  if (overridable.length === names.length) {
    texts.push(
      `In an emergency, people with permission mesh-dr.change.break-glass may override ${overridable
        .map(name => `'${name}'`)
        .join(' and ')} with a reason.`,
    );
  }
  return texts.join(' ');
}

/** Shows the rule as it was seen and as it is. */
export function differenceFrom(
  seen: Pick<Preview, 'before'>,
  now: Preview,
): string {
  return seen.before === now.before
    ? 'Other parts of the same object were edited; the fields of the rule are as previewed'
    : `Previewed was:\n${seen.before}\nnow it is:\n${now.before}`;
}
