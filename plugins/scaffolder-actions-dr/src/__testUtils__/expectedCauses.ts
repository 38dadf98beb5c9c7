import type { Break, Place } from './breaks';

/** What a ping between two ends must be told, in path order. */
export function expectedCauses(broken: Break[], from: Place, to: Place) {
  return broken
    .flatMap(item => {
      const direction =
        !item.sender || item.sender === from
          ? ('there' as const)
          : ('back' as const);
      if (direction === 'back' && item.stateful) return [];
      const rank = item.at === to ? 9 : item.rank;
      return [
        {
          ...item,
          direction,
          order: rank + (direction === 'back' ? 100 : 0),
        },
      ];
    })
    .sort((a, b) => a.order - b.order)
    .map(({ hop, direction, evidence, fix }) => ({
      key: expect.any(String),
      hop,
      direction,
      evidence: expect.stringMatching(evidence),
      fix: expect.stringMatching(fix),
    }));
}
