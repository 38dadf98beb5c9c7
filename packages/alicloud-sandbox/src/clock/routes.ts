import type { SimulationClock } from '.';
import type { ControlApi } from '../contract';
import { ControlError } from '../control';

/** A step longer than this is a mistake: it would let a year of simulated minutes happen one by one. */
const LONGEST_STEP_MS = 366 * 24 * 3600_000;
const FASTEST = 1_000_000;

/**
 * `GET /clock` reads the clock; `POST /clock` sets `timeScale`, or steps `advanceMs` forward and answers when all that
 * was due in it has happened, or both in this order. `noteTime` makes the new time durable.
 */
export function addClockRoutes(
  clock: SimulationClock,
  control: ControlApi,
  noteTime: () => void = () => {},
): void {
  control.route('GET', '/clock', () => clock.read());
  control.route('POST', '/clock', async ({ body }) => {
    const { timeScale, advanceMs, ...others } = body ?? {};
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw new ControlError(
        400,
        `${unknown} is not a field of the clock: give timeScale, advanceMs or both`,
      );
    }
    if (timeScale === undefined && advanceMs === undefined) {
      throw new ControlError(
        400,
        'The body is empty: give timeScale (simulated seconds per second), advanceMs (simulated milliseconds) or both',
      );
    }
    check('timeScale', timeScale, FASTEST);
    check('advanceMs', advanceMs, LONGEST_STEP_MS);
    if (timeScale !== undefined) clock.setTimeScale(timeScale);
    if (advanceMs !== undefined) await clock.advance(advanceMs);
    noteTime();
    return clock.read();
  });
}

function check(field: string, value: unknown, most: number) {
  if (value === undefined) return;
  if (typeof value === 'number' && value > 0 && value <= most) return;
  throw new ControlError(
    400,
    `${field} must be a number above 0 and at most ${most}, got ${JSON.stringify(
      value,
    )}`,
  );
}
