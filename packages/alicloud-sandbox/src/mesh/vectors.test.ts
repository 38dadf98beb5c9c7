import type { KubeObject } from '../contract';
import { GVR } from './gvr';
import type { Vector } from './__testUtils__/vectors';
import { HANGZHOU, waitFor, World } from './__testUtils__/world';
import fixture from './__fixtures__/localityVectors.json';

/** Requests a vector is measured with. */
const N = 2500;
/** Points: four standard deviations of one half. */
const TOLERANCE = 4;
/** Requests until every failing host has met some. */
const ROUNDS = 400;
/** Seconds of data-plane time pass in a hundredth of a second. */
const TIME_SCALE = 100;

const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(world => world.stop()));
});

interface Place {
  /** `region/zone`. */
  locality: string;
  total: number;
  failing: number;
}

/** A caller and pods of one service at the places, the failing ones answering 503 until they are told to stop. */
class Scene {
  readonly world = new World({ dataPlaneTimeScale: TIME_SCALE });
  private readonly caller: KubeObject;
  private readonly localities = new Map<string, string>();

  constructor(callerLocality: string, places: Place[]) {
    worlds.push(this.world);
    const { storage } = this.world.fleet.get(HANGZHOU)!;
    const caller = this.world.pod(
      HANGZHOU,
      'caller',
      'default',
      labels(callerLocality, { app: 'caller' }),
      { name: 'caller', image: 'busybox' },
    );
    if (!callerLocality) {
      // A node that says nothing of where it is.
      caller.spec.nodeName = 'nowhere';
    }
    this.caller = storage.create(GVR.pods, caller);
    for (const { locality, total, failing } of places) {
      for (let i = 0; i < total; i++) {
        const name = `reviews-${this.localities.size}`;
        this.localities.set(name, locality);
        const sick: Record<string, string> = i < failing ? { sick: 'yes' } : {};
        storage.create(
          GVR.pods,
          this.world.pod(
            HANGZHOU,
            name,
            'default',
            labels(locality, { app: 'reviews', version: 'v1', ...sick }),
            { name: 'reviews', image: 'examples-bookinfo-reviews-v1:1' },
          ),
        );
      }
    }
    this.world.service(HANGZHOU, 'default', 'reviews', { app: 'reviews' }, [
      { name: 'http', port: 9080, targetPort: 9080 },
    ]);
    this.world.applyToMesh(GVR.virtualServices, 'reviews', {
      hosts: ['reviews'],
      http: [
        {
          route: [{ destination: { host: 'reviews' } }],
          retries: { attempts: 0 },
        },
      ],
    });
  }

  rule(trafficPolicy: unknown): void {
    this.world.applyToMesh(GVR.destinationRules, 'reviews', {
      host: 'reviews',
      trafficPolicy,
    });
  }

  /** Lets the failing pods fail until all are ejected that can be, and workers know it; then they work again. */
  async eject(): Promise<number> {
    const { id } = await this.world.ask('POST', '/faults/pods', {
      namespace: 'default',
      selector: { sick: 'yes' },
      mode: 'http-503',
    });
    await this.shares(ROUNDS);
    const ejected = (await this.world.ask('GET', '/ejections')).proxies.flatMap(
      (proxy: any) => Object.values(proxy.ejected).flat(),
    );
    await this.world.ask('DELETE', `/faults/pods/${id}`);
    const from = performance.now();
    // Two merge windows.
    await waitFor(() => (performance.now() - from) * TIME_SCALE > 2000);
    return ejected.length;
  }

  /** Percent of requests by the place that answered; `failed` for the rest. */
  async shares(n: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const { log } = await this.call();
      const pod = /"podname": "([^"]+)"/.exec(log)?.[1];
      const key = pod ? this.localities.get(pod)! : 'failed';
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return Object.fromEntries(
      Object.entries(counts).map(([key, count]) => [key, (100 * count) / n]),
    );
  }

  private call() {
    const pod = structuredClone(this.caller);
    pod.spec.containers[0].command = [
      'curl',
      '-s',
      'http://reviews:9080/reviews/0',
    ];
    return this.world.podRuntime.run(this.world.fleet.get(HANGZHOU)!, pod);
  }
}

function labels(locality: string, own: Record<string, string>) {
  return locality
    ? { ...own, 'topology.istio.io/locality': locality.replace('/', '.') }
    : own;
}

const OUTLIER = {
  consecutive5xxErrors: 1,
  interval: '1s',
  baseEjectionTime: '1h',
  maxEjectionPercent: 100,
};

describe('locality vectors through pods, sidecars, ejections and requests', () => {
  const vectors = fixture.vectors as unknown as Vector[];

  it.each(vectors.map(v => [v.id, v.desc, v] as const))(
    '%s %s',
    async (_, __, vector) => {
      const places = Object.entries(vector.endpoints).map(
        ([locality, { total, healthy }]) => ({
          locality,
          total,
          failing: total - healthy,
        }),
      );
      const scene = new Scene(vector.proxy, places);
      scene.rule({
        loadBalancer: { localityLbSetting: vector.rule ?? { enabled: false } },
        ...(vector.outlierDetection && {
          outlierDetection: {
            ...OUTLIER,
            minHealthPercent: vector.panicThreshold,
          },
        }),
      });
      const failing = places.reduce((sum, p) => sum + p.failing, 0);
      expect(failing > 0 ? await scene.eject() : 0).toBe(failing);
      const wanted =
        Object.keys(vector.expected.share).length > 0
          ? vector.expected.share
          : { failed: 100 };
      const shares = await scene.shares(N);
      const far = [...Object.keys(wanted), ...Object.keys(shares)].filter(
        key => Math.abs((shares[key] ?? 0) - (wanted[key] ?? 0)) > TOLERANCE,
      );
      expect([far, shares]).toEqual([[], shares]);
    },
    60_000,
  );
});

describe('ejection vectors through pods, sidecars and requests', () => {
  it.each(fixture.ejection.map((e, i) => [`E${i + 1}`, e] as const))(
    '%s %j',
    async (_, { local, remote, mep, ge128 }) => {
      const scene = new Scene('cn-hangzhou/h', [
        { locality: 'cn-hangzhou/h', total: local, failing: local },
        { locality: 'cn-shanghai/b', total: remote, failing: 0 },
      ]);
      scene.rule({
        outlierDetection: { ...OUTLIER, maxEjectionPercent: mep },
      });
      expect(await scene.eject()).toBe(ge128);
    },
    60_000,
  );
});
