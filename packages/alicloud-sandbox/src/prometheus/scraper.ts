import { BUCKETS, DURATION, REQUESTS, UP } from './catalog';
import { Labels, NAME } from './labels';
import type { Counters, ProxyMetrics } from './meshMetrics';
import { STALE, Series, TimeSeriesStore } from './store';

/** Where Istio's agent serves a proxy's metrics. */
const METRICS_PORT = 15020;

/** Something that is scraped. */
export interface Target {
  pod: {
    clusterId: string;
    namespace: string;
    name: string;
    uid: string;
    ip: string;
  };
  meshId: string;
  /** Whether the scrape reaches it. */
  up: boolean;
  /** Undefined: it has counted nothing yet. */
  metrics?: ProxyMetrics;
}

interface Scraped {
  up: Series;
  series: Map<Counters, Series[]>;
}

/**
 * The scrapes of a Prometheus beside the mesh: every target's counters become samples, and what is gone is marked stale.
 * Timestamps are wall-clock times, because that is what clients ask for.
 */
export class Scraper {
  private readonly known = new Map<string, Scraped>();
  private latest = 0;

  constructor(
    private readonly store: TimeSeriesStore,
    private readonly targets: () => Target[],
  ) {}

  /**
   * One scrape of everything. Two scrapes never happen at the same time.
   * @param wallTime - milliseconds since the epoch
   * @returns the time of the samples
   */
  scrape(wallTime: number): number {
    const now = Math.max(wallTime, this.latest + 1);
    this.latest = now;
    const present = new Set<string>();
    for (const target of this.targets()) {
      present.add(target.pod.uid);
      this.scrapeOne(target, now);
    }
    for (const [uid, scraped] of this.known) {
      if (!present.has(uid)) {
        this.store.append(scraped.up, now, STALE);
        this.end(scraped, now);
        this.known.delete(uid);
      }
    }
    this.store.prune(now);
    return now;
  }

  /** Forgets what was scraped. */
  clear(): void {
    this.known.clear();
    this.store.clear();
  }

  private scrapeOne(target: Target, now: number): void {
    const { pod, meshId, metrics } = target;
    let scraped = this.known.get(pod.uid);
    if (!scraped) {
      scraped = {
        up: this.store.series(meshId, { [NAME]: UP, ...targetLabels(pod) }),
        series: new Map(),
      };
      this.known.set(pod.uid, scraped);
    }
    this.store.append(scraped.up, now, target.up ? 1 : 0);
    if (!target.up) {
      this.end(scraped, now);
      return;
    }
    for (const counters of metrics?.counters.values() ?? []) {
      if (counters) this.sample(scraped, target, counters, now);
    }
  }

  private sample(
    { series }: Scraped,
    { pod, meshId }: Target,
    counters: Counters,
    now: number,
  ): void {
    let rows = series.get(counters);
    if (!rows) {
      const labels = { ...counters.labels, ...targetLabels(pod) };
      rows = metricLabels(labels).map(l => this.store.series(meshId, l));
      series.set(counters, rows);
    }
    const [requests, sum, count, ...buckets] = rows;
    this.store.append(requests, now, counters.requests);
    this.store.append(sum, now, counters.sumMs);
    this.store.append(count, now, counters.requests);
    let cumulative = 0;
    buckets.forEach((bucket, i) => {
      cumulative += counters.buckets[i];
      this.store.append(bucket, now, cumulative);
    });
  }

  private end({ series }: Scraped, now: number): void {
    for (const rows of series.values()) {
      rows.forEach(row => this.store.append(row, now, STALE));
    }
    series.clear();
  }
}

function targetLabels({ ip, namespace, name }: Target['pod']): Labels {
  return {
    instance: `${ip}:${METRICS_PORT}`,
    job: 'kubernetes-pods',
    namespace,
    pod: name,
  };
}

/** Label sets of the counter, then the histogram's sum, count and buckets. */
function metricLabels(labels: Labels): Labels[] {
  return [
    { ...labels, [NAME]: REQUESTS },
    { ...labels, [NAME]: `${DURATION}_sum` },
    { ...labels, [NAME]: `${DURATION}_count` },
    ...[...BUCKETS.map(String), '+Inf'].map(le => ({
      ...labels,
      [NAME]: `${DURATION}_bucket`,
      le,
    })),
  ];
}
