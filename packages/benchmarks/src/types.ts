/** Order statistics of one series, in the unit of its case. */
export interface Figures {
  n: number;
  min: number;
  p50: number;
  p99: number;
  max: number;
}

export interface CaseResult {
  case: string;
  unit:
    | 'ms'
    | 's'
    | 'KiB'
    | 'MiB'
    | 'requests'
    | 'pages/s'
    | 'pages/s a core'
    | '×'
    | '% of a core'
    | '% more'
    | 'regions';
  ours: Figures;
  /** The same work by another program, measured in the same run, alternating. Null when no other program does it. */
  peer: (Figures & { name: string }) | null;
  /** Peer's p50 divided by ours, for rates the other way round; above 1 means ours is better. */
  ratio: number | null;
  goal: string;
  met: boolean;
  /** What the figure rests on, a line each. */
  notes?: string[];
}

export interface BenchmarkOptions {
  /** Simulated seconds a second, where the sandbox's time matters; default: the benchmark's own. */
  timeScale?: number;
}

export interface Benchmark {
  name: string;
  /** One line for the list. */
  description: string;
  run(options: BenchmarkOptions): Promise<CaseResult[]>;
}
