import {
  ackContracts,
  asmContracts,
  cenContracts,
  vpcContracts,
} from './contracts';
import { DURATIONS, DURATION_TABLE } from './durations';

describe('the table of durations', () => {
  const known = new Set(
    [ackContracts, asmContracts, cenContracts, vpcContracts].flatMap(of =>
      Object.keys(of),
    ),
  );

  it.each(Object.entries(DURATION_TABLE))(
    'names operations that exist, and a source: %s',
    (step, { operation, seconds, because }) => {
      const names = operation.match(/\b[A-Z][a-z]+(?:[A-Z]\w+)+/g) ?? [];
      expect(names.filter(name => !known.has(name))).toEqual([]);
      expect(names.length).toBeGreaterThan(0);
      expect(because).not.toBe('');
      expect(DURATIONS[step as keyof typeof DURATIONS]).toBe(seconds * 1000);
    },
  );

  it('lets nodes leave, and join, before the task about them ends', () => {
    expect(DURATIONS.nodeLeft).toBeLessThan(DURATIONS.nodePoolScaled);
    expect(DURATIONS.nodeInstanceRunning).toBeLessThan(
      DURATIONS.nodePoolScaled,
    );
  });
});
