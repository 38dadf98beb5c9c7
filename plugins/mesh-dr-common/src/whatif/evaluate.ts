import type { Compiled, CompiledHop } from './compile';
import type { Edited } from './edits';
import { PoolMatrix, type Row } from './matrix';
import type { Modes } from './modes';

/** Calls on their way through the graph, as numbers. */
export interface Evaluation {
  edited: Edited;
  /** Calls per second that arrive, by node and place. */
  flow: Float64Array;
  /** Fraction of requests at a node and place that succeed with all they need. */
  success: Float64Array;
  /** Puts the fractions of a hop's calls from a place, by place of the callee, into view. */
  view(hop: CompiledHop, caller: number, row: Row): void;
  /** Endpoints of a pool that a proxy takes out of use because they fail. */
  ejected(pool: number): number;
  /** Calls and bits per second from region to region, all hops. */
  calls: Float64Array;
  bits: Float64Array;
}

/** Lets requests flow from the entries through all hops, and their success back. */
export function evaluate(
  compiled: Compiled,
  edited: Edited,
  modes: Modes,
): Evaluation {
  const { places, nodes, regions, entries, hops } = compiled;
  const evaluation: Evaluation = {
    edited,
    flow: new Float64Array(nodes.length * places.length),
    success: new Float64Array(nodes.length * places.length).fill(1),
    ...viewer(compiled, edited, modes),
    calls: new Float64Array(regions.length * regions.length),
    bits: new Float64Array(regions.length * regions.length),
  };
  entries.forEach(({ node }, i) => {
    const { place, rate } = edited.entering[i];
    evaluation.flow[node * places.length + place] += rate;
  });
  for (const hop of hops) {
    forward(compiled, evaluation, hop);
  }
  for (let i = hops.length - 1; i >= 0; i--) {
    backward(compiled, evaluation, hops[i]);
  }
  return evaluation;
}

/** Rows of hops; each pool's are worked out once, whoever asks. */
function viewer(
  compiled: Compiled,
  { state }: Edited,
  modes: Modes,
): Pick<Evaluation, 'view' | 'ejected'> {
  const matrices: PoolMatrix[] = [];
  const matrix = (pool: number) =>
    (matrices[pool] ??= new PoolMatrix(
      compiled,
      state,
      modes,
      compiled.pools[pool],
      state.rules[pool],
    ));
  const view: Evaluation['view'] = (hop, caller, row) => {
    const [first] = hop.pools;
    if (hop.pools.length === 1 && first.part === 1) {
      matrix(first.pool).view(caller, row);
      return;
    }
    const sum = new Float64Array(compiled.places.length);
    for (const { pool, part } of hop.pools) {
      matrix(pool).view(caller, row);
      for (let place = 0; place < sum.length; place++) {
        sum[place] += part * row.data[row.offset + place];
      }
    }
    row.data = sum;
    row.offset = 0;
  };
  return { view, ejected: pool => matrix(pool).ejected };
}

// Hops are looked at one after the other, so that one view suffices.
const seen: Row = { data: new Float64Array(0), offset: 0 };

/** Passes the calls of one hop on. What arrives where everything is down goes no further. */
function forward(
  { places, regions }: Compiled,
  evaluation: Evaluation,
  hop: CompiledHop,
): void {
  const { edited, flow, calls, bits } = evaluation;
  const down = edited.state.down[hop.from];
  const size = 8 * (hop.hop.bytesPerCall ?? 0);
  const from = hop.from * places.length;
  const to = hop.to * places.length;
  for (let caller = 0; caller < places.length; caller++) {
    const amount = flow[from + caller] * hop.calls;
    if (amount > 0 && down[caller] === 0) {
      evaluation.view(hop, caller, seen);
      const { data, offset } = seen;
      const link = places[caller].regionIndex * regions.length;
      for (let place = 0; place < places.length; place++) {
        const part = amount * data[offset + place];
        if (part > 0) {
          flow[to + place] += part;
          const end = link + places[place].regionIndex;
          calls[end] += part;
          bits[end] += part * size;
        }
      }
    }
  }
}

/** What the callees of one hop mean for the success of its callers; callees have been settled before. */
function backward(
  { places }: Compiled,
  evaluation: Evaluation,
  hop: CompiledHop,
): void {
  const { edited, flow, success } = evaluation;
  const down = edited.state.down[hop.from];
  const downThere = edited.state.down[hop.to];
  const from = hop.from * places.length;
  const to = hop.to * places.length;
  for (let caller = 0; caller < places.length; caller++) {
    if (down[caller] === 1) {
      success[from + caller] = 0;
    } else if (flow[from + caller] > 0 && !hop.hop.optional) {
      evaluation.view(hop, caller, seen);
      const { data, offset } = seen;
      let good = 0;
      for (let place = 0; place < places.length; place++) {
        if (downThere[place] === 0) {
          good += data[offset + place] * success[to + place];
        }
      }
      // More or fewer calls than one: each has to succeed.
      success[from + caller] *= hop.calls === 1 ? good : good ** hop.calls;
    }
  }
}
