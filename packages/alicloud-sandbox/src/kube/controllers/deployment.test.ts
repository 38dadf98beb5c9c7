import { share } from './deployment';

describe('percentages of a rollout', () => {
  it.each([
    ['25%', 4, true, 1],
    ['25%', 1, true, 1],
    ['25%', 1, false, 0],
    [2, 10, false, 2],
  ])('%s of %i (up: %s) are %i', (value, total, up, expected) => {
    expect(share(value, total, up)).toBe(expected);
  });
});
