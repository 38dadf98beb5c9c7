import {
  environmentResources,
  type ResourceKind,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';
import { CREATION_MS, criticalCreation, REMOVAL_MS } from './criticalPath';
import {
  looksUntil,
  minimalCreation,
  minimalRemoval,
  sortCalls,
} from './minimum';
import { CLUSTERS_PER_REGION, guide, large, REGIONS } from './specs';

const count = (spec: ReturnType<typeof guide>, kind: ResourceKind) =>
  environmentResources(spec).filter(resource => resource.kind === kind).length;

describe('criticalCreation', () => {
  it.each([
    ['the guide', guide('guide')],
    ['many regions', large('large')],
  ])('follows a cluster from its VPC on: %s', (_, spec) => {
    const { path, seconds } = criticalCreation(spec);
    expect(path.map(key => key.split('/')[0])).toEqual([
      'vpc',
      'vswitch',
      'cluster',
    ]);
    const { vpc, vswitch, cluster } = CREATION_MS;
    expect(seconds).toBe((vpc + vswitch + cluster) / 1000);
  });
});

describe('the environment of many regions', () => {
  it('has so many clusters, and links every region with every other', () => {
    const spec = large('large');
    const n = REGIONS.length;
    expect(count(spec, 'cluster')).toBe(n * CLUSTERS_PER_REGION);
    expect(count(spec, 'peer-attachment')).toBe((n * (n - 1)) / 2);
    expect(count(spec, 'transit-router')).toBe(n);
  });
});

describe('looksUntil', () => {
  const pace = { minIntervalMs: 10, maxIntervalMs: 100, growth: 0.1 };

  it('counts the first look, and the one that sees it', () => {
    expect(looksUntil(0, pace)).toBe(1);
    expect(looksUntil(1, pace)).toBe(2);
    expect(looksUntil(10, pace)).toBe(2);
    expect(looksUntil(11, pace)).toBe(3);
  });

  it('spaces looks by the time waited, up to the longest interval', () => {
    // Evenly up to 100, then 110, 121, …
    expect(looksUntil(100, pace)).toBe(11);
    expect(looksUntil(121, pace)).toBe(13);
    const late = looksUntil(10_000, pace);
    expect(looksUntil(11_000, pace) - late).toBe(10);
  });
});

describe('minimalCreation', () => {
  it('has the writes that the guide names, and a look-up of each thing', () => {
    const spec = guide('guide');
    const { writes, lookUps } = minimalCreation(spec);
    const links = count(spec, 'route-link');
    const routes = count(spec, 'pod-routes');
    const all = environmentResources(spec).length;
    // Each link is associated and propagated; each of the two nodes of a cluster has a route.
    expect(writes).toBe(all + links + routes);
    expect(lookUps).toBe(
      all + links + routes + count(spec, 'vpc') + count(spec, 'transit-router'),
    );
  });
});

describe('minimalRemoval', () => {
  it('has a delete and a look for each thing, and waits for what takes time', () => {
    const kinds = ['vpc', 'cluster', 'pod-routes'];
    expect(minimalRemoval(kinds, guide('guide'))).toEqual({
      writes: 4,
      lookUps: 3,
      polls: 2 + looksUntil(REMOVAL_MS.cluster),
    });
  });
});

describe('sortCalls', () => {
  it('tells writes, looks beyond the first and everything else apart', () => {
    const spec = guide('guide');
    const kinds = environmentResources(spec).map(({ kind }) => kind);
    const first = kinds.reduce(
      (sum, kind) =>
        sum + (kind === 'route-link' || kind === 'pod-routes' ? 2 : 1),
      0,
    );
    expect(
      sortCalls(
        {
          'Vpc.CreateVpc': 3,
          'Cbn.PublishRouteEntries': 4,
          'Vpc.DescribeVpcs': first + 20,
          'CS.DescribeClustersV1': 2,
          'Vpc.DescribeZones': 5,
        },
        kinds,
      ),
    ).toEqual({ writes: 7, polls: 22, others: first + 5 });
  });
});
