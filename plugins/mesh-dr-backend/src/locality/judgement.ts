import { InputError } from '@backstage/errors';
import type { Preview } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** Throws InputError with every refusal and its remedy. */
export function assertApplicable({ findings }: Preview): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  if (refusals.length > 0) {
    throw new InputError(
      refusals
        .map(
          ({ message, fix }) =>
            `${message}${fix ? ` Remedy: ${fix.label}.` : ''}`,
        )
        .join(' '),
    );
  }
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
