import { dueTurns, startInCycle } from './order';

describe('order of weighted turns', () => {
  it('puts turns that are due at the same moment together', () => {
    // Due: 1/3, 1/2, 2/3, and both at 1.
    expect(dueTurns([3, 2])).toEqual([[0], [1], [0], [0, 1]]);
    expect(dueTurns([30, 20])).toEqual(dueTurns([3, 2]));
  });

  it('finds where a sequence starts, whichever turn of a group came first', () => {
    const cycle = dueTurns([3, 2]);
    expect(startInCycle([0, 1, 0, 0, 1, 0, 1, 0, 1, 0], cycle)).toBe(0);
    expect(startInCycle([0, 1, 0, 1, 0, 0, 1, 0, 0, 1], cycle)).toBe(0);
    expect(startInCycle([1, 0, 1, 0, 0, 1, 0, 0, 1], cycle)).toBe(1);
  });

  it.each([
    ['a turn moved', [0, 0, 0, 1, 1, 0, 1, 0, 0, 1]],
    ['a turn missing', [0, 1, 0, 0, 1, 0, 0, 0, 1]],
    ['a turn twice', [0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1]],
  ])('finds no start with %s', (_, picks) => {
    expect(startInCycle(picks, dueTurns([3, 2]))).toBeUndefined();
  });

  it('is strict about two neighbours that share no deadline', () => {
    const cycle = dueTurns([47, 24, 30]);
    const picks = Array.from({ length: 3 }, () => cycle.flat()).flat();
    expect(startInCycle(picks, cycle)).toBe(0);
    [picks[0], picks[1]] = [picks[1], picks[0]];
    expect(startInCycle(picks, cycle)).toBeUndefined();
  });
});
