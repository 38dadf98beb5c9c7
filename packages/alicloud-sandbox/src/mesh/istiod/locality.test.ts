import { buildCluster } from './config';
import {
  applyLocalityLb,
  groupByLocality,
  parseLocality,
  formatLocality,
} from './locality';
import { Proxy } from '../proxy';
import { createRandom } from '../random';
import { OutlierDetector } from '../envoy/outlier';
import { priorityLoads } from '../envoy/priorityLoad';
import type { Endpoint } from '../types';
import {
  vectorSnapshot,
  vectorProxy,
  type Vector,
} from '../__testUtils__/vectors';
import fixture from '../__fixtures__/localityVectors.json';

const DRAWS = 20_000;
const vectors = fixture.vectors as unknown as Vector[];

/** Shares of localities over many picks of the real balancer, in percent; undefined: no healthy upstream. */
function measure(vector: Vector): Record<string, number> | undefined {
  const proxy = new Proxy(vectorProxy(vector), createRandom(42), {
    now: () => 0,
    sleep: async () => undefined,
  });
  const config = buildCluster(vectorSnapshot(vector), vectorProxy(vector), {
    host: 'reviews.default.svc.cluster.local',
    port: 9080,
  })!;
  // EDS health stands in for ejection: Envoy's balancer does not tell the two apart.
  const groups = config.groups.map(group => {
    const { healthy } = vector.endpoints[formatLocality(group.locality)];
    return {
      ...group,
      endpoints: group.endpoints.map((e, i) => ({
        ...e,
        healthy: i < healthy,
      })),
    };
  });
  const health = { ...config, groups };
  const counts: Record<string, number> = {};
  for (let i = 0; i < DRAWS; i++) {
    const choice = proxy.pick(health);
    if (!choice) {
      return undefined;
    }
    const name = formatLocality(choice.endpoint.locality);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(
    Object.entries(counts).map(([k, n]) => [k, (100 * n) / DRAWS]),
  );
}

describe('locality vectors', () => {
  it('has all 25 of them', () => {
    expect(vectors).toHaveLength(25);
  });

  it.each(vectors.map(v => [v.id, v.desc, v] as const))(
    '%s %s',
    (_, __, vector) => {
      const config = buildCluster(vectorSnapshot(vector), vectorProxy(vector), {
        host: 'reviews.default.svc.cluster.local',
        port: 9080,
      })!;
      expect(
        config.groups.map(g => ({
          loc: formatLocality(g.locality),
          prio: g.priority,
          weight: g.weight,
          endpoints: g.endpoints.length,
        })),
      ).toEqual(vector.istiod);
      expect(config.localityWeighted).toBe(vector.localityWeighted);

      const sets = vector.expected.health.map((_h, p) => {
        const here = config.groups.filter(g => g.priority === p);
        return {
          total: here.reduce((n, g) => n + g.endpoints.length, 0),
          healthy: here.reduce(
            (n, g) =>
              n +
              Math.min(
                g.endpoints.length,
                vector.endpoints[formatLocality(g.locality)].healthy,
              ),
            0,
          ),
        };
      });
      const loads = priorityLoads(sets, config.panicThreshold);
      expect(loads.health).toEqual(vector.expected.health);
      expect(loads.load).toEqual(vector.expected.load);

      const wanted = vector.expected.mode.startsWith('no healthy')
        ? {}
        : vector.expected.share;
      const shares = measure(vector) ?? {};
      const far = Object.entries(wanted).filter(([name, share]) => {
        // Five standard deviations of a binomial draw, and the table's rounding.
        const p = share / 100;
        const error = 500 * Math.sqrt((p * (1 - p)) / DRAWS) + 0.06;
        return Math.abs((shares[name] ?? 0) - share) >= error;
      });
      expect(far).toEqual([]);
      const sum = Object.values(shares).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(Object.keys(wanted).length > 0 ? 100 : 0);
    },
  );
});

describe('ejection vectors', () => {
  const run = (
    local: number,
    remote: number,
    mep: number,
    strictCap: boolean,
  ) => {
    const detector = new OutlierDetector(
      {
        consecutive5xx: 1,
        consecutiveGateway: 0,
        splitLocalOrigin: false,
        consecutiveLocalOrigin: 5,
        intervalMs: 1000,
        baseEjectionMs: 60_000,
        maxEjectionMs: 300_000,
        maxEjectionPercent: mep,
        strictCap,
      },
      () => 0,
      { before: () => undefined, changed: () => undefined },
    );
    const locals = Array.from({ length: local }, (_, i) => `local-${i}`);
    detector.setHosts([
      ...locals,
      ...Array.from({ length: remote }, (_, i) => `remote-${i}`),
    ]);
    locals.forEach(key => detector.record(key, { kind: 'http', status: 503 }));
    return detector.ejectedCount;
  };

  it('has all 10 of them', () => {
    expect(fixture.ejection).toHaveLength(10);
  });

  it.each(fixture.ejection)(
    '$local local, $remote remote, cap $mep %',
    ({ local, remote, mep, ge128, lt128 }) => {
      expect(run(local, remote, mep, true)).toBe(ge128);
      expect(run(local, remote, mep, false)).toBe(lt128);
    },
  );
});

describe("istiod's own expectations", () => {
  const endpoint = (locality: string): Endpoint => ({
    key: locality,
    clusterId: 'c',
    namespace: 'default',
    ip: '10.0.0.1',
    port: 80,
    locality: parseLocality(locality),
    labels: {},
    weight: 1,
    healthy: true,
  });
  const proxy = {
    locality: parseLocality('region1/zone1/subzone1'),
    labels: {},
  };
  const priorities = (localities: string[]) =>
    Object.fromEntries(
      applyLocalityLb(
        groupByLocality(localities.map(endpoint)),
        proxy,
        { failover: [{ from: 'region1', to: 'region2' }] },
        true,
      ).map(g => [formatLocality(g.locality), g.priority]),
    );

  it('I01: same 0, other subzone 1, other zone 2, named region 3, other region 4', () => {
    expect(
      priorities([
        'region1/zone1/subzone1',
        'region1/zone1/subzone2',
        'region1/zone2/subzone1',
        'region2/zone1/subzone1',
        'region3/zone1/subzone1',
      ]),
    ).toEqual({
      'region1/zone1/subzone1': 0,
      'region1/zone1/subzone2': 1,
      'region1/zone2/subzone1': 2,
      'region2/zone1/subzone1': 3,
      'region3/zone1/subzone1': 4,
    });
  });

  it('I02: priorities are compacted', () => {
    expect(
      priorities(['region1/zone1/subzone2', 'region2/zone1/subzone1', '']),
    ).toEqual({
      'region1/zone1/subzone2': 0,
      'region2/zone1/subzone1': 1,
      '': 2,
    });
  });

  it('failoverPriority counts labels in order and accepts fixed values', () => {
    const at = (region: string, version: string) => ({
      ...endpoint(`${region}/a`),
      key: `${region}${version}`,
      labels: { 'topology.kubernetes.io/region': region, version },
    });
    const groups = applyLocalityLb(
      groupByLocality([at('a', 'v1'), at('b', 'v1'), at('b', 'v2')]),
      { locality: parseLocality('a/a'), labels: { version: 'v2' } },
      { failoverPriority: ['topology.kubernetes.io/region=b', 'version'] },
      true,
    );
    expect(
      Object.fromEntries(
        groups.flatMap(g => g.endpoints.map(e => [e.key, g.priority])),
      ),
    ).toEqual({ bv2: 0, bv1: 1, av1: 2 });
  });
});
