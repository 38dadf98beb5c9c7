import { compile, type Compiled } from './compile';
import { applyEdits, unedited } from './edits';
import { evaluate, type Evaluation } from './evaluate';
import { Modes } from './modes';
import { Outcome } from './outcome';
import type { WhatIfEdit, WhatIfResult, WhatIfSnapshot } from './types';

interface Base {
  compiled: Compiled;
  modes: Modes;
  before: Evaluation;
}

const bases = new WeakMap<WhatIfSnapshot, Base>();

/**
 * What would happen if: calls through a graph of services before and after edits, once ejections have settled. Pure and
 * without a clock, for browser and server; everything that does not hang on the edits is worked out once per snapshot.
 *
 * Shares are expectations by the rules of each hop; `failedPercent` takes every call that is not optional to be needed, and
 * leaves retries out.
 *
 * @param snapshot - services, hops and entries as they are
 * @param edits - applied one after the other
 * @param proposed - the same graph with rules as somebody proposes them, for comparing whole rule sets; edits are then made
 *   to it
 * @throws RangeError when the graph or an edit names what is not there
 */
export function simulate(
  snapshot: WhatIfSnapshot,
  edits: WhatIfEdit[],
  proposed: WhatIfSnapshot = snapshot,
): WhatIfResult {
  const { compiled, before } = baseOf(snapshot);
  const target = baseOf(proposed);
  const after =
    edits.length === 0
      ? target.before
      : evaluate(
          target.compiled,
          applyEdits(target.compiled, edits),
          target.modes,
        );
  return new Outcome(
    snapshot,
    { compiled, evaluation: before },
    { compiled: target.compiled, evaluation: after },
  );
}

function baseOf(snapshot: WhatIfSnapshot): Base {
  let base = bases.get(snapshot);
  if (!base) {
    const compiled = compile(snapshot);
    const modes = new Modes(compiled.places);
    base = {
      compiled,
      modes,
      before: evaluate(compiled, unedited(compiled), modes),
    };
    bases.set(snapshot, base);
  }
  return base;
}
