import { randomInt } from 'node:crypto';
import type { Persistence } from './contract';
import { createSource, type SeededSource } from './random';

interface Kept {
  seed: number;
  starts: number;
}

/**
 * The source of everything random in this run. The seed is the given one, or else the one that the state was begun
 * with, or else a new one; a restart on the same state goes on with other draws of the same seed.
 */
export function createRunSource(
  persistence: Persistence,
  given: number | undefined,
): SeededSource {
  let earlier: Kept | undefined;
  let run: Kept = { seed: 0, starts: 0 };
  persistence.register({
    snapshotKey: 'run',
    dump: () => run,
    load: state => {
      earlier = state as Kept;
    },
  });
  run = {
    seed: given ?? earlier?.seed ?? randomInt(2 ** 31),
    starts: earlier ? earlier.starts + 1 : 0,
  };
  persistence.changed();
  return createSource(run.seed, run.starts);
}
