import { MergeWindow } from './mergeWindow';

describe('MergeWindow', () => {
  it('delivers the first change at once and the next one a whole window later', () => {
    const window = new MergeWindow();
    expect(window.changed(2, 5000)).toEqual([0, 1]);
    expect(window.changed(2, 5400)).toEqual([]);
    expect(window.changed(2, 5800)).toEqual([]);
    expect(window.delivered(6399)).toEqual([]);
    expect(window.delivered(6400)).toEqual([0, 1]);
    expect(window.delivered(9999)).toEqual([]);
  });

  it('counts the window from the delivery of what was merged', () => {
    const window = new MergeWindow();
    window.changed(1, 0);
    window.changed(1, 500);
    window.delivered(1500);
    expect(window.changed(1, 2000)).toEqual([]);
    expect(window.delivered(3000)).toEqual([0]);
    expect(window.changed(1, 4001)).toEqual([0]);
  });

  it('hosts that come or go are delivered at once, with what was pending in their priority', () => {
    const window = new MergeWindow();
    window.changed(2, 0);
    window.changed(2, 100);
    window.replaced([1], 200);
    expect(window.delivered(1100)).toEqual([0]);
    expect(window.changed(2, 1150)).toEqual([]);
  });
});
