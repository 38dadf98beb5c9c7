import type { ControlApi } from '../contract';
import type { MeshMetrics } from './meshMetrics';
import { Scraper, type Target } from './scraper';
import { TimeSeriesStore } from './store';

export { createPrometheusSite, PROMETHEUS_PATH } from './site';

/** As in the Prometheus that Istio's samples install. */
const SCRAPE_INTERVAL_MS = 15_000;
const RETENTION_MS = 6 * 3_600_000;
/** 16 bytes each. */
const MAX_SAMPLES = 3_000_000;

/** The mesh's Prometheus: what its proxies counted, over time. In memory only. */
export interface MeshPrometheus {
  readonly store: TimeSeriesStore;
  stop(): void;
}

/**
 * Scrapes all proxies every `intervalMs` of real time (default 15 s), because requests arrive in real time and clients ask
 * for wall-clock times. `POST /metrics/scrape` on the control API scrapes at once.
 */
export function createMeshPrometheus(options: {
  control: ControlApi;
  metrics: MeshMetrics;
  targets: () => Target[];
  intervalMs?: number;
}): MeshPrometheus {
  const {
    control,
    metrics,
    targets,
    intervalMs = SCRAPE_INTERVAL_MS,
  } = options;
  const store = new TimeSeriesStore({
    maxSamples: MAX_SAMPLES,
    retentionMs: RETENTION_MS,
  });
  const scraper = new Scraper(store, targets);
  const timer = setInterval(() => scraper.scrape(Date.now()), intervalMs);
  timer.unref();
  control.route('POST', '/metrics/scrape', () => {
    const time = scraper.scrape(Date.now());
    return { time: new Date(time).toISOString(), samples: store.samples };
  });
  control.route('POST', '/reset', () => {
    metrics.clear();
    scraper.clear();
  });
  return { store, stop: () => clearInterval(timer) };
}
