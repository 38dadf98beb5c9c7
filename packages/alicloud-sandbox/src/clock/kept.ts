import { createClock, type SimulationClock } from '.';
import type { ControlApi } from '../contract';
import type { StatePersistence } from '../state';
import { addClockRoutes } from './routes';

/** A clock that goes on after a restart where the state was last seen, with its routes on the control API. */
export function createKeptClock(options: {
  timeScale: number;
  persistence: StatePersistence;
  control: ControlApi;
}): SimulationClock {
  const { timeScale, persistence, control } = options;
  let steppedMs = 0;
  const kept: { clock?: SimulationClock } = {};
  persistence.register({
    snapshotKey: 'clock',
    dump: () => ({ steppedMs: kept.clock?.stepped() ?? steppedMs }),
    load: state => {
      ({ steppedMs } = state as { steppedMs: number });
    },
  });
  const { elapsedMs } = persistence;
  const clock = createClock({ timeScale, elapsedMs, steppedMs });
  kept.clock = clock;
  persistence.keepTime(clock.elapsed);
  addClockRoutes(clock, control, () => {
    persistence.changed();
    persistence.noteTime();
  });
  return clock;
}
