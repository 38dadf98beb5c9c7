import { buildGraph, walk, type GraphNode } from './graph';

const node = (key: string, ...dependencies: string[]): GraphNode => ({
  key,
  dependencies,
});

/** A promise and its handles. */
function gate() {
  let open!: () => void;
  const passed = new Promise<void>(resolve => {
    open = resolve;
  });
  return { open, passed };
}

describe('walk', () => {
  it('starts a node the moment its own dependencies are done, whatever else still runs', async () => {
    const slow = gate();
    const graph = buildGraph([
      node('slow'),
      node('fast'),
      node('after-fast', 'fast'),
      node('after-both', 'slow', 'after-fast'),
    ]);
    const order: string[] = [];
    const done = walk(graph, async ({ key }) => {
      if (key === 'slow') await slow.passed;
      order.push(key);
      if (key === 'after-fast') slow.open();
    });
    const outcomes = await done;
    expect(order).toEqual(['fast', 'after-fast', 'slow', 'after-both']);
    expect([...outcomes.values()].every(o => o.state === 'done')).toBe(true);
  });

  it('skips what depends on a failure, and nothing else', async () => {
    const graph = buildGraph([
      node('bad'),
      node('good'),
      node('child', 'bad'),
      node('grandchild', 'child'),
      node('other', 'good'),
    ]);
    const outcomes = await walk(graph, async ({ key }) => {
      if (key === 'bad') throw new Error('no');
    });
    expect(Object.fromEntries(outcomes)).toEqual({
      bad: { state: 'failed', error: new Error('no') },
      good: { state: 'done' },
      child: { state: 'skipped', because: ['bad'] },
      grandchild: { state: 'skipped', because: ['child'] },
      other: { state: 'done' },
    });
  });

  it('begins nothing after a cancel', async () => {
    const controller = new AbortController();
    const visited: string[] = [];
    const outcomes = await walk(
      buildGraph([node('first'), node('second', 'first')]),
      async ({ key }) => {
        visited.push(key);
        controller.abort();
      },
      { signal: controller.signal },
    );
    expect(visited).toEqual(['first']);
    expect(outcomes.get('second')).toEqual({ state: 'cancelled' });
  });
});

describe('buildGraph', () => {
  it('refuses cycles, unknown dependencies and twins', () => {
    expect(() => buildGraph([node('a', 'b'), node('b', 'a')])).toThrow(
      /Dependency Cycle Found/,
    );
    expect(() => buildGraph([node('a', 'nowhere')])).toThrow(
      'depends on nowhere',
    );
    expect(() => buildGraph([node('a'), node('a')])).toThrow('share the key');
  });
});
