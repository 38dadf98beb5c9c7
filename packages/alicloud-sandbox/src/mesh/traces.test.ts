import { TraceLog, type HopTrace } from './traces';

const hop = (requestId: string) => ({ requestId } as HopTrace);

describe('TraceLog', () => {
  it('keeps the newest, and shows them newest first', () => {
    const log = new TraceLog(3);
    const ids = (limit: number) => log.latest(limit).map(h => h.requestId);
    log.add(hop('a'));
    log.add(hop('b'));
    expect(ids(10)).toEqual(['b', 'a']);
    for (const id of 'cdefg') log.add(hop(id));
    expect(ids(10)).toEqual(['g', 'f', 'e']);
    expect(ids(2)).toEqual(['g', 'f']);
    expect(ids(0)).toEqual([]);
    log.clear();
    log.add(hop('h'));
    expect(ids(10)).toEqual(['h']);
  });
});
