import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  formatQuestion,
  parseQuestion,
  type WhatIfQuestion,
} from '../lib/whatIf';

/** Name of the page's query parameter; there and empty means that nothing is asked yet. */
const PARAMETER = 'what-if';

/** The what-if of the page's address, so that it can be shared and survives a reload. */
export interface WhatIfInAddress {
  /** Absent while the reader looks at what is. */
  question?: WhatIfQuestion;
  /** `undefined` ends the what-if. */
  ask: (question: WhatIfQuestion | undefined) => void;
}

export function useWhatIf(): WhatIfInAddress {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.get(PARAMETER);
  const question = useMemo(
    () => (text === null ? undefined : parseQuestion(text)),
    [text],
  );
  const ask = useCallback(
    (next: WhatIfQuestion | undefined) =>
      setParameters(
        previous => {
          const changed = new URLSearchParams(previous);
          if (next) changed.set(PARAMETER, formatQuestion(next));
          else changed.delete(PARAMETER);
          return changed;
        },
        // A press is no page of its own: Back leaves the tab.
        { replace: true, preventScrollReset: true },
      ),
    [setParameters],
  );
  return { question, ask };
}
