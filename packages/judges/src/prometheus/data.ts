/** One series and its samples, times in milliseconds since the epoch. */
export interface Recorded {
  labels: Record<string, string>;
  times: number[];
  values: number[];
}

export const SCRAPES = 120;
const INTERVAL_MS = 15_000;
const BOUNDS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

interface Life {
  from?: number;
  to?: number;
  resets?: number[];
  gaps?: number[];
  speed?: number;
}

const LIVES: Record<string, Life> = {
  v1: {},
  v2: { resets: [31, 32, 77] },
  v3: { from: 40, gaps: [50, 51, 52, 60] },
  v4: { to: 80, gaps: [5] },
};

/** mulberry32: the same samples in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  /* eslint-disable no-bitwise */
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  /* eslint-enable no-bitwise */
}

/**
 * Half an hour of a mesh's metrics as scrapes leave them: not quite every 15 s, with counters that are reset, that begin
 * late, end early or have gaps, histograms and gauges.
 */
export function recordMesh(startMs: number): Recorded[] {
  const random = randomFrom(42);
  const series: Recorded[] = [];
  const instants = Array.from(
    { length: SCRAPES },
    (_, i) => startMs + i * INTERVAL_MS + Math.floor(random() * 400),
  );
  const record = (
    labels: Record<string, string>,
    value: (i: number) => number | undefined,
  ) => {
    const one: Recorded = { labels, times: [], values: [] };
    instants.forEach((time, i) => {
      const sample = value(i);
      if (sample === undefined) return;
      one.times.push(time);
      one.values.push(sample);
    });
    series.push(one);
  };
  const counter = (life: Life) => {
    // Above zero from the first: how far a counter may be extrapolated towards zero changed with Prometheus 2.52.
    let total = 500 + Math.floor(random() * 100);
    return (i: number) => {
      if (i < (life.from ?? 0) || i >= (life.to ?? SCRAPES)) return undefined;
      if (life.resets?.includes(i)) total = 0;
      total += Math.floor(random() * (life.speed ?? 40));
      return life.gaps?.includes(i) ? undefined : total;
    };
  };
  for (const reporter of ['source', 'destination']) {
    for (const [version, life] of Object.entries(LIVES)) {
      for (const code of ['200', '503']) {
        record(
          {
            __name__: 'istio_requests_total',
            reporter,
            source_workload: 'productpage-v1',
            destination_service_name: 'reviews',
            destination_version: version,
            response_code: code,
            pod: `reviews-${version}`,
          },
          counter({ ...life, speed: code === '200' ? 40 : 3 }),
        );
      }
    }
  }
  for (const version of ['v1', 'v2']) {
    const counts = BOUNDS.map(() => 500).concat(500);
    const labels = { reporter: 'source', destination_version: version };
    const name = 'istio_request_duration_milliseconds';
    const rows = instants.map(() => {
      counts.forEach((_, i) => {
        counts[i] += Math.floor(random() * (i < 7 ? 9 : 2));
      });
      return counts.map((_, i) =>
        counts.slice(0, i + 1).reduce((a, b) => a + b, 0),
      );
    });
    [...BOUNDS.map(String), '+Inf'].forEach((le, b) =>
      record({ __name__: `${name}_bucket`, ...labels, le }, i => rows[i][b]),
    );
    record(
      { __name__: `${name}_count`, ...labels },
      i => rows[i][BOUNDS.length],
    );
    record({ __name__: `${name}_sum`, ...labels }, i => rows[i][3] * 7.25);
  }
  for (const pod of ['reviews-v1', 'reviews-v2', 'ratings']) {
    record({ __name__: 'queue_length', pod, zone: `zone-${pod.length}` }, () =>
      Number(((random() - 0.3) * 100).toFixed(3)),
    );
    record(
      { __name__: 'build_info', pod, release: `1.${pod.length}` },
      () => 1,
    );
  }
  return series;
}

/** The samples in OpenMetrics' text format, as `promtool` reads them. */
export function openMetrics(series: Recorded[]): string {
  const families = new Map<string, Recorded[]>();
  for (const one of series) {
    const family = one.labels.__name__.replace(
      /_(?:total|bucket|count|sum)$/,
      '',
    );
    families.set(family, [...(families.get(family) ?? []), one]);
  }
  const lines = [...families].flatMap(([family, members]) => [
    `# TYPE ${family} ${typeOf(members[0].labels.__name__)}`,
    ...members.flatMap(({ labels, times, values }) => {
      const { __name__: name, ...rest } = labels;
      const pairs = Object.entries(rest).map(([k, v]) => `${k}="${v}"`);
      return times.map(
        (time, i) => `${name}{${pairs.join(',')}} ${values[i]} ${time / 1000}`,
      );
    }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

function typeOf(name: string): string {
  return name.endsWith('_total') ? 'counter' : 'unknown';
}
