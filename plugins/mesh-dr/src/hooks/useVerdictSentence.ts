import type { Verdict } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from './useText';

/** The value `targets` is an English phrase; reduced to names and numbers it fits into a sentence of any language. */
function neutral(values: Verdict['values']): Verdict['values'] {
  const { targets } = values;
  if (typeof targets !== 'string') return values;
  const single = /^(\d+) % of calls go to (\S+)$/.exec(targets);
  return {
    ...values,
    targets: single
      ? `${single[2]} (${single[1]} %)`
      : targets.replace(/^calls go to /, ''),
  };
}

/** Says a verdict in the reader's language. */
export function useVerdictSentence(): (verdict: Verdict) => string {
  const { dynamic } = useText();
  return ({ key, values, sentence }) =>
    dynamic(`verdict.${key}`, neutral(values), sentence);
}
