import { environmentResources } from './environment';
import { EXPECTED_CREATE_MS } from './durations';
import { buildGraph } from './graph';
import { criticalPath } from './plan';
import type { ResourceKind } from './types';
import { guideSpec } from './__testUtils__/sandbox';

describe('the critical path', () => {
  const graph = buildGraph(environmentResources(guideSpec()));
  const expected = (key: string) =>
    EXPECTED_CREATE_MS[graph.getNodeData(key).kind as ResourceKind];

  it('of the guide leads through a cluster to the publication of its Pod routes', () => {
    const { path, ms } = criticalPath(graph, expected);
    expect(path.map(key => key.split('/')[0])).toEqual([
      'vpc',
      'vswitch',
      'cluster',
      'pod-routes',
    ]);
    expect(ms).toBe(path.map(expected).reduce((sum, item) => sum + item, 0));
  });

  it('leaves out what takes no time', () => {
    const { path, ms } = criticalPath(graph, key =>
      key === 'cen' || key.startsWith('peer-attachment') ? 1000 : 0,
    );
    expect(path).toEqual(['cen', 'peer-attachment/cn-hangzhou/cn-shanghai']);
    expect(ms).toBe(2000);
  });

  it('is empty when everything exists', () => {
    expect(criticalPath(graph, () => 0)).toEqual({ path: [], ms: 0 });
  });

  it('is at least as long as any chain through the graph', () => {
    const { ms } = criticalPath(graph, expected);
    for (const key of graph.overallOrder()) {
      let length = expected(key);
      let at = key;
      for (;;) {
        const [before] = graph.directDependenciesOf(at);
        if (!before) break;
        at = before;
        length += expected(at);
      }
      expect(length).toBeLessThanOrEqual(ms);
    }
  });
});
